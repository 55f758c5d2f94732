import Content
import Wire

/// Hashes that a download wants, and which link was asked for which: any link will do, since what it answers
/// is proven. A link that does not answer in time, or rejects, is passed over for the next.
struct HashInquiries {
    enum Purpose: Hashable {
        /// A run of the piece layer.
        case layer
        /// The hashes of a suspect piece's blocks.
        case blame(PieceIndex)
    }

    struct Inquiry {
        let range: HashRange
        let purpose: Purpose
        let request: HashRequest
        let since: Duration
        fileprivate var asked: (link: LinkID, since: Duration)?
        /// Links that rejected it or did not answer.
        fileprivate(set) var refused: Set<LinkID> = []
        /// When one did so last.
        fileprivate var lastRefusal: Duration = .zero
    }

    /// So many at a time are asked of one link.
    private static let perLink = 16
    /// So that a link which has nothing to tell is asked less than it takes for a flood.
    private static let retryAfter: Duration = .seconds(1)

    private var inquiries: [Inquiry] = []
    /// Links that rejected something, and since when they are left in peace.
    private var resting: [LinkID: Duration] = [:]
    /// Links that were not left in peace so long, as they announced a piece: once each time.
    private var hurried: Set<LinkID> = []

    var isEmpty: Bool { inquiries.isEmpty }
    var count: Int { inquiries.count }

    /// - Parameter root: of the file in whose tree the range is.
    mutating func want(_ range: HashRange, of root: Hash256, for purpose: Purpose, at now: Duration) {
        inquiries.append(
            Inquiry(range: range, purpose: purpose, request: range.request(root: root), since: now))
    }

    mutating func forget(_ purpose: Purpose) { inquiries.removeAll { $0.purpose == purpose } }

    /// What to ask a link for now.
    mutating func take(for link: LinkID, at now: Duration) -> [HashRequest] {
        guard inquiries.contains(where: { $0.asked == nil }), resting[link].map({ now - $0 >= Self.retryAfter }) ?? true
        else { return [] }
        if resting.removeValue(forKey: link) != nil { hurried.remove(link) }
        var room = Self.perLink - inquiries.count { $0.asked?.link == link }
        var requests: [HashRequest] = []
        for position in inquiries.indices where room > 0 {
            guard inquiries[position].asked == nil, !inquiries[position].refused.contains(link) else { continue }
            inquiries[position].asked = (link, now)
            requests.append(inquiries[position].request)
            room -= 1
        }
        return requests
    }

    /// What an answer is for, whichever link was asked last: several pieces of equal files, or nothing where it was
    /// answered before.
    func inquiries(for request: HashRequest) -> [Inquiry] { inquiries.filter { $0.request == request } }

    /// A run of the layer was told.
    mutating func answered(_ request: HashRequest) {
        inquiries.removeAll { $0.request == request && $0.purpose == .layer }
    }

    mutating func rejected(_ request: HashRequest, by link: LinkID, at now: Duration) {
        resting[link] = now
        for position in inquiries.indices where inquiries[position].request == request {
            refuse(position, by: link, at: now)
        }
    }

    /// A link announced a piece, so that it may know hashes by now: where it rejected before, it is asked again at once. Of
    /// those who begin together, nobody waits then for longer than the first needs.
    mutating func announced(_ link: LinkID) {
        guard resting[link] != nil, hurried.insert(link).inserted else { return }
        resting[link] = nil
        for position in inquiries.indices { inquiries[position].refused.remove(link) }
    }

    mutating func linkClosed(_ link: LinkID, at now: Duration) {
        resting[link] = nil
        hurried.remove(link)
        for position in inquiries.indices {
            refuse(position, by: link, at: now)
            inquiries[position].refused.remove(link)
        }
    }

    /// Passes over links that had `limit` to answer and did not.
    mutating func expire(after limit: Duration, at now: Duration) {
        for position in inquiries.indices {
            guard let asked = inquiries[position].asked, now - asked.since >= limit else { continue }
            refuse(position, by: asked.link, at: now)
        }
    }

    /// Inquiries that all of these links refused.
    func hopeless(among links: some Collection<LinkID>) -> [Inquiry] {
        inquiries.filter { inquiry in inquiry.asked == nil && links.allSatisfy(inquiry.refused.contains) }
    }

    /// Lets links be asked again that refused, a while ago: who has no hashes yet may get some.
    mutating func retry(_ purpose: Purpose, at now: Duration) {
        for position in inquiries.indices where inquiries[position].purpose == purpose {
            guard now - inquiries[position].lastRefusal >= Self.retryAfter else { continue }
            inquiries[position].refused.removeAll()
        }
    }

    private mutating func refuse(_ position: Int, by link: LinkID, at now: Duration) {
        inquiries[position].lastRefusal = now
        if inquiries[position].asked?.link == link { inquiries[position].asked = nil }
        inquiries[position].refused.insert(link)
    }
}
