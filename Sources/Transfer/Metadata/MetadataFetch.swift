package import Content
import Wire

/// Fetches the info dictionary that an info-hash names from several links (BEP 9), as a state machine: events in,
/// actions out, no clocks, no tasks.
///
/// Only the whole can be checked. So at first all links that claim the same size give a part each; where that comes
/// out wrong and more than one took part, each link gives the whole alone, and whoever gives a false one is passed
/// over. Once the dictionary is there, what others gave before tells who lied.
package struct MetadataFetch: Sendable {
    private struct Source {
        let size: Int
        /// Pieces it was asked for, and when.
        var open: [Int: Duration] = [:]
        var isPassedOver = false
    }

    private let infoHash: InfoHash
    private let limits: MetadataLimits
    private var sources: [LinkID: Source] = [:]
    private var attempt: MetadataAttempt?
    /// Attempts of several links that came out wrong, by size.
    private var spoiled: [Int: MetadataTestimony] = [:]
    /// When a piece came last, or a link was passed over while others are left to be tried.
    private var lastProgress: Duration = .zero
    private var now: Duration = .zero
    private var actions: [MetadataAction] = []
    /// Finished or failed.
    package private(set) var isOver = false

    package init(infoHash: InfoHash, limits: MetadataLimits = MetadataLimits()) {
        self.infoHash = infoHash
        self.limits = limits
    }

    /// Takes what happened since the last time, and says what is to be done.
    ///
    /// - Parameter now: Time since the fetch began.
    package mutating func take(_ events: [MetadataEvent], at now: Duration) -> [MetadataAction] {
        self.now = now
        defer { actions = [] }
        for event in events where !isOver { take(event, at: now) }
        if !isOver { ask(at: now) }
        return actions
    }

    private mutating func take(_ event: MetadataEvent, at now: Duration) {
        switch event {
        case .offered(let link, let size): offered(link, size)
        case .received(let link, .data(let piece, let size, let bytes)): received(piece, size, bytes, link, at: now)
        case .received(let link, .reject(let piece)):
            if sources[link]?.open[piece] != nil { passOver(link, .rejected) }
        case .received(_, .request): break
        case .closed(let link):
            takeBack(link)
            sources[link] = nil
        case .tick: tick(at: now)
        }
    }

    private mutating func offered(_ link: LinkID, _ size: Int) {
        guard sources[link] == nil, sources.count < limits.links else { return }
        sources[link] = Source(size: size)
        if !(1...MetadataMessage.maximumSize).contains(size) { passOver(link, .badSize) }
    }

    private mutating func received(_ piece: Int, _ size: Int, _ bytes: [UInt8], _ link: LinkID, at now: Duration) {
        // What comes after its time, or unasked, is thrown away.
        guard sources[link]?.open[piece] != nil else { return }
        guard size == sources[link]?.size, attempt?.length(of: piece) == bytes.count else {
            return passOver(link, .badPiece)
        }
        sources[link]?.open[piece] = nil
        lastProgress = now
        attempt?.take(piece, bytes, from: link)
        if attempt?.isComplete == true { judge() }
    }

    // MARK: The whole

    private mutating func judge() {
        guard let attempt else { return }
        self.attempt = nil
        let bytes = attempt.bytes
        guard Hash256(hashing: bytes) == infoHash.hash else {
            if let link = attempt.soleSender {
                passOver(link, .lied)
            } else {
                spoiled[attempt.size] = attempt.testimony
            }
            return
        }
        isOver = true
        for liar in Set(spoiled.values.flatMap { $0.liars(against: bytes) }).sorted() { passOver(liar, .lied) }
        do throws(MetainfoError) {
            actions.append(.finished(try InfoDictionary(decoding: bytes)))
        } catch {
            actions.append(.failed(.malformed(error)))
        }
    }

    // MARK: Asking

    private func isAsked(_ link: LinkID, for attempt: MetadataAttempt) -> Bool {
        guard let source = sources[link], !source.isPassedOver, source.size == attempt.size else { return false }
        return attempt.only == nil || attempt.only == link
    }

    private mutating func ask(at now: Duration) {
        let links = sources.keys.filter { sources[$0]?.isPassedOver == false }.sorted()
        // What nobody goes on with makes way, where somebody else could begin.
        if let current = attempt, !links.isEmpty, !links.contains(where: { isAsked($0, for: current) }) {
            attempt = nil
        }
        if attempt == nil { attempt = nextAttempt(among: links) }
        guard let current = attempt else { return }
        for link in links where isAsked(link, for: current) {
            while let open = sources[link]?.open.count, open < limits.window, let piece = attempt?.nextMissing() {
                sources[link]?.open[piece] = now
                actions.append(.request(link, piece: piece))
            }
        }
    }

    /// The size that most links claim, where it was not tried with all of them; else one link alone.
    private func nextAttempt(among links: [LinkID]) -> MetadataAttempt? {
        let sizes = links.compactMap { sources[$0]?.size }
        let votes = Dictionary(sizes.filter { spoiled[$0] == nil }.map { ($0, 1) }, uniquingKeysWith: +)
        if let size = votes.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key {
            return MetadataAttempt(size: size)
        }
        guard let link = links.first, let size = sources[link]?.size else { return nil }
        return MetadataAttempt(size: size, only: link)
    }

    private mutating func passOver(_ link: LinkID, _ fault: MetadataFault) {
        takeBack(link)
        sources[link]?.isPassedOver = true
        actions.append(.passOver(link, fault))
        // Several silent ones, each tried alone, take longer than patience lasts.
        if sources.values.contains(where: { !$0.isPassedOver }) { lastProgress = now }
    }

    private mutating func takeBack(_ link: LinkID) {
        for piece in sources[link]?.open.keys.sorted() ?? [] { attempt?.giveBack(piece) }
        sources[link]?.open = [:]
    }

    // MARK: Time

    private mutating func tick(at now: Duration) {
        for link in sources.keys.sorted() {
            guard let oldest = sources[link]?.open.values.min(), now - oldest >= limits.answerAfter else { continue }
            passOver(link, .stalled)
        }
        if now - lastProgress >= limits.patience {
            isOver = true
            actions.append(.failed(.noSources))
        }
    }
}
