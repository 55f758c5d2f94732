package import Content
import Wire

/// Fetches the info dictionary that an info-hash names from several links (BEP 9), as a state machine: events in,
/// actions out, no clocks, no tasks.
///
/// Only the whole can be checked. So at first all links that claim the same size give a part each; where that comes
/// out wrong and more than one took part, each link gives the whole alone, and whoever gives a false one is passed
/// over. Tries of different sizes, or of different links, go on side by side, as far as they fit into memory, so that
/// nobody can keep the honest one waiting. Once the dictionary is there, what others gave before tells who lied.
package struct MetadataFetch: Sendable {
    /// Who makes one try at the whole: all links that claim a size, or one alone.
    private enum Party: Hashable {
        case size(Int)
        case link(LinkID)
    }

    private struct Source {
        let size: Int
        /// Pieces it was asked for, and when.
        var open: [Int: Duration] = [:]
        var isPassedOver = false
    }

    private let infoHash: InfoHash
    private let limits: MetadataLimits
    private var sources: [LinkID: Source] = [:]
    private var attempts: [Party: MetadataAttempt] = [:]
    /// Some have no room to try.
    private var isCrowded = false
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
            attempts[.link(link)] = nil
        case .giveUp: giveUpIfHopeless(at: now)
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
        let party = party(of: link)
        guard size == sources[link]?.size, attempts[party]?.length(of: piece) == bytes.count else {
            return passOver(link, .badPiece)
        }
        sources[link]?.open[piece] = nil
        lastProgress = now
        attempts[party]?.take(piece, bytes, from: link)
        if attempts[party]?.isComplete == true { judge(party) }
    }

    private func party(of link: LinkID) -> Party {
        guard let size = sources[link]?.size, spoiled[size] == nil else { return .link(link) }
        return .size(size)
    }

    // MARK: The whole

    private mutating func judge(_ party: Party) {
        guard let attempt = attempts.removeValue(forKey: party) else { return }
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

    private mutating func ask(at now: Duration) {
        let links = sources.keys.filter { sources[$0]?.isPassedOver == false }.sorted()
        let parties = Dictionary(grouping: links, by: party)
        begin(parties, at: now)
        for (party, links) in parties {
            for link in links {
                while let open = sources[link]?.open.count, open < limits.window,
                    let piece = attempts[party]?.nextMissing()
                {
                    sources[link]?.open[piece] = now
                    actions.append(.request(link, piece: piece))
                }
            }
        }
    }

    /// Begins tries of those who make none: first what most links claim, then what is small.
    private mutating func begin(_ parties: [Party: [LinkID]], at now: Duration) {
        let waiting = parties.filter { attempts[$0.key] == nil }.compactMap { party, links in
            links.first.flatMap { link in
                sources[link].map { (party: party, votes: -links.count, size: $0.size, link: link) }
            }
        }
        isCrowded = false
        for next in waiting.sorted(by: { ($0.votes, $0.size, $0.link) < ($1.votes, $1.size, $1.link) }) {
            if !hasRoom(for: next.size) {
                // What nobody goes on with makes way.
                attempts = attempts.filter { parties[$0.key] != nil }
            }
            guard hasRoom(for: next.size) else {
                isCrowded = true
                break
            }
            var only: LinkID?
            if case .link(let link) = next.party { only = link }
            attempts[next.party] = MetadataAttempt(size: next.size, only: only, at: now)
        }
    }

    private func hasRoom(for size: Int) -> Bool {
        attempts.values.reduce(size) { $0 + $1.size } <= limits.memory
    }

    private mutating func passOver(_ link: LinkID, _ fault: MetadataFault) {
        takeBack(link)
        sources[link]?.isPassedOver = true
        actions.append(.passOver(link, fault))
        // Several silent ones, each tried alone, take longer than patience lasts.
        if sources.values.contains(where: { !$0.isPassedOver }) { lastProgress = now }
    }

    private mutating func takeBack(_ link: LinkID) {
        let party = party(of: link)
        for piece in sources[link]?.open.keys.sorted() ?? [] { attempts[party]?.giveBack(piece) }
        sources[link]?.open = [:]
    }

    // MARK: Time

    /// Others are to be tried before patience ends.
    private var answerAfter: Duration { min(limits.answerAfter, limits.patience / 3) }

    private mutating func tick(at now: Duration) {
        for link in sources.keys.sorted() {
            guard let oldest = sources[link]?.open.values.min(), now - oldest >= answerAfter else { continue }
            passOver(link, .stalled)
        }
        if isCrowded {
            for (party, attempt) in attempts where now - attempt.begun >= limits.crowdedFor {
                let slow = sources.keys.filter { sources[$0]?.isPassedOver == false && self.party(of: $0) == party }
                for link in slow.sorted() { passOver(link, .stalled) }
                attempts[party] = nil
            }
        }
        if !limits.isPatient { giveUpIfHopeless(at: now) }
    }

    private mutating func giveUpIfHopeless(at now: Duration) {
        guard now - lastProgress >= limits.patience else { return }
        isOver = true
        actions.append(.failed(.noSources))
    }
}
