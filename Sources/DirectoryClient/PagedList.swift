package import Wire

/// A long answer that comes in pages, put together again.
///
/// Pages are committed in order, each only where it joins the one before it by key, so that a list that
/// changes between two windows neither repeats nor skips what stayed. Every window starts behind the
/// last committed page: whatever is asked again includes page 0, to which the server always has an answer.
package struct PagedList: Sendable {
    package enum Progress: Equatable, Sendable {
        /// A repetition, or a page of a window that is over.
        case nothing
        case progress
        /// No page that was asked for is missing: ask for the next window at once.
        case windowFull
        case complete
        case malformed(String)
    }

    /// Pages of a list, so that a faulty server cannot fill the memory: 1 GiB of datagrams.
    package static let maximumPageCount = 1 << 20

    /// The committed pages, in order.
    package private(set) var pages: [DirectoryAnswer] = []
    /// The key behind which the first missing page starts.
    package private(set) var cursor: [UInt8] = []
    /// Pages that came before one that is missing, by their position in the whole list.
    private var ahead: [Int: DirectoryAnswer] = [:]
    private var finalPosition: Int?
    /// Behind the last page that has been asked for.
    private var askedEnd = 0
    /// More is not wanted.
    private let limit: Int

    /// - Parameter limit: Of pages: with so many it is complete, whatever comes behind.
    package init(limit: Int = .max) { self.limit = limit }

    /// The position of the first missing page: page 0 of the next window.
    package var position: Int { pages.count }

    /// The window to ask for now.
    package mutating func nextWindow() -> PageWindow {
        let end = min(position + PageWindow.limit, finalPosition.map { $0 + 1 } ?? .max, limit)
        var wanted: UInt32 = 0
        for number in 0..<(end - position) where ahead[position + number] == nil { wanted |= 1 << UInt32(number) }
        askedEnd = end
        return PageWindow(after: cursor, wanted: wanted)
    }

    /// Takes an answer to the window that started at position `base`.
    package mutating func receive(_ answer: DirectoryAnswer, base: Int) -> Progress {
        guard let frame = answer.pageFrame else {
            return .malformed("an answer without a page to a request for a list")
        }
        guard (0..<PageWindow.limit).contains(frame.number) else {
            return .malformed("page \(frame.number) of a window")
        }
        guard frame.isEmpty == (frame.after == frame.last), frame.isFinal || !frame.isEmpty else {
            return .malformed("a page that leads nowhere")
        }
        let place = base + frame.number
        guard place >= position, ahead[place] == nil else { return .nothing }
        guard place < Self.maximumPageCount else { return .malformed("a list without an end") }
        if place == position, frame.after != cursor { return .nothing }
        if frame.isFinal { finalPosition = min(finalPosition ?? place, place) }
        ahead[place] = answer
        let before = position
        return commit() ? .complete : position < askedEnd || position == before ? .progress : .windowFull
    }

    /// Moves the pages that join from `ahead` to `pages`; true where the list is complete.
    private mutating func commit() -> Bool {
        while let answer = ahead.removeValue(forKey: position), let frame = answer.pageFrame {
            guard frame.after == cursor else {
                ahead = [:]
                finalPosition = nil
                return false
            }
            pages.append(answer)
            cursor = frame.last
            if frame.isFinal || pages.count >= limit { return true }
        }
        return false
    }
}

/// What a page says about itself, whatever its items are.
struct PageFrame: Hashable, Sendable {
    var number: Int
    var after: [UInt8]
    var last: [UInt8]
    var isFinal: Bool
    var isSortedInParts: Bool
    var isEmpty: Bool

    init(_ page: Page<some Hashable & Sendable>) {
        number = page.number
        after = page.after
        last = page.last
        isFinal = page.isFinal
        isSortedInParts = page.isSortedInParts
        isEmpty = page.items.isEmpty
    }
}

extension DirectoryAnswer {
    var pageFrame: PageFrame? {
        switch self {
        case .revocations(let page): PageFrame(page)
        case .peers(let page): PageFrame(page)
        case .published(let page): PageFrame(page)
        case .names(let page): PageFrame(page)
        case .found(let page): PageFrame(page)
        case .holders(let page): PageFrame(page)
        case .listings(let page): PageFrame(page)
        case .asks(let page): PageFrame(page)
        case .devices(let page): PageFrame(page)
        case .invites(let page): PageFrame(page)
        case .members(let page): PageFrame(page)
        case .sessions(let page): PageFrame(page)
        case .groups(let page): PageFrame(page)
        case .groupMembers(let page): PageFrame(page)
        default: nil
        }
    }
}
