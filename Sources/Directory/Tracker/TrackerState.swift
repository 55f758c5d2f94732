import Content
import NIOCore
import Wire

/// What ``TrackerSwarms`` guards.
///
/// A swarm is there as long as it has a client; a content as long as it has a swarm, or was looked at a moment ago. So
/// there are no more swarms than clients, whatever info-hashes are said.
struct TrackerState: Sendable {
    /// What one sweep looks at: a matter of a millisecond, however much there is.
    private static let sweptAtOnce = 4_096
    private static let clientsSweptAtOnce = 32_768
    /// Peers for who does not say how many.
    private static let standardWanted = 50
    /// Of one info-hash, swarms that a scrape counts: there is one, unless somebody says it of other contents.
    private static let scrapedPerHash = 4
    /// Swarms that the directory is asked about for one scrape.
    private static let lookedAtPerScrape = 16
    /// Clients of a content that peers of ours are told of, of one member and in all.
    private static let toldPerMember = 4
    private static let toldAtMost = 256
    /// Contents among which one is sought that can give way.
    private static let evictionTries = 64

    let limits: TrackerLimits
    var epoch = 0
    var looks = TrackerLooks()
    private(set) var count = 0
    private var swarms = Slab<TrackerSwarm>()
    private var contents = Slab<TrackerContent>()
    private var places: [SwarmKey: Int32] = [:]
    private var ofContents: [ContentID: Int32] = [:]
    /// The first of each: others follow it.
    private var ofHashes: [TruncatedInfoHash: Int32] = [:]
    private var ofMembers: [PackedName: Int] = [:]
    /// Where the next sweep begins, and the search for what gives way.
    private var hand = 0
    private var contentHand = 0
    private var evictionHand = 0

    init(limits: TrackerLimits) { self.limits = limits }

    var swarmCount: Int { places.count }
    var contentCount: Int { ofContents.count }

    func isFresh(_ key: SwarmKey, now: Int64) -> Bool {
        places[key].map { isFresh($0, now: now) } ?? isFresh(key.content, now: now)
    }

    func isFresh(_ content: ContentID, now: Int64) -> Bool {
        ofContents[content].map { isFresh(content: $0, now: now) } ?? false
    }

    private func isFresh(_ place: Int32, now: Int64) -> Bool {
        swarms[Int(place)].epoch == epoch && isFresh(content: swarms[Int(place)].content, now: now)
    }

    private func isFresh(content place: Int32, now: Int64) -> Bool {
        contents[Int(place)].epoch == epoch && now - contents[Int(place)].checked < TrackerSwarms.freshness
    }

    // MARK: Announces

    mutating func announce(
        _ announce: TrackerAnnounce, _ key: SwarmKey, by admission: TrackerSwarms.Admission, at place: TrackerPlace,
        now: Int64, into buffer: inout ByteBuffer
    ) -> TrackerSwarms.Outcome {
        guard admission.epoch == epoch else { return .unknown }
        let member = admission.passkey.member
        if announce.event == .stopped {
            stop(announce, key, of: member, at: place, now: now, into: &buffer)
            return .answered
        }
        let number: Int32
        if let known = places[key] {
            guard isFresh(known, now: now) else { return .unknown }
            number = known
        } else {
            guard let content = ofContents[key.content], isFresh(content: content, now: now) else { return .unknown }
            guard place.port > 0, mayAdd(of: member), let inserted = insert(key, content, by: member) else {
                // It would be listed nowhere, so nothing is kept for it.
                var none = TrackerSwarm(
                    key: key, content: content, founder: member, epoch: epoch,
                    turn: Int(announce.transaction))
                let sources = contents[Int(content)].sources
                Self.answer(announce, &none, sources, to: place, of: member, now: now, into: &buffer)
                return .answered
            }
            number = inserted
        }
        if place.port > 0 {
            let client = TrackerClient(
                place: place, member: member, issued: admission.passkey.issued, isWhole: announce.isWhole,
                lapses: now + TrackerSwarms.lapse)
            let mayAdd = mayAdd(of: member)
            if case .added = swarms[Int(number)].list(client, mayAdd: mayAdd) {
                count += 1
                ofMembers[member, default: 0] += 1
            }
        }
        let sources = contents[Int(swarms[Int(number)].content)].sources
        Self.answer(announce, &swarms[Int(number)], sources, to: place, of: member, now: now, into: &buffer)
        return .answered
    }

    private func mayAdd(of member: PackedName) -> Bool {
        count < limits.clients && ofMembers[member, default: 0] < limits.perMember
    }

    private static func answer(
        _ announce: TrackerAnnounce, _ swarm: inout TrackerSwarm, _ sources: TrackerSources, to place: TrackerPlace,
        of member: PackedName, now: Int64, into buffer: inout ByteBuffer
    ) {
        let counts = swarm.counts(sources, now: now)
        TrackerAnswer.writeAnnounce(
            to: announce.transaction, interval: TrackerSwarms.interval, leechers: counts.partial,
            seeders: counts.whole, into: &buffer)
        let wanted = announce.wanted < 0 ? Self.standardWanted : Int(announce.wanted)
        let most = place.isShort ? TrackerAnswer.shortPeerLimit : TrackerAnswer.longPeerLimit
        swarm.write(min(wanted, most), sources, to: place, of: member, now: now, into: &buffer)
    }

    /// Needs no look: it is told of nothing, not even of how many there are, which it has no use for.
    private mutating func stop(
        _ announce: TrackerAnnounce, _ key: SwarmKey, of member: PackedName, at place: TrackerPlace, now: Int64,
        into buffer: inout ByteBuffer
    ) {
        if let number = places[key], swarms[Int(number)].unlist(place, of: member) {
            unlisted(member)
            removeIfEmpty(number)
        }
        TrackerAnswer.writeAnnounce(
            to: announce.transaction, interval: TrackerSwarms.interval, leechers: 0, seeders: 0, into: &buffer)
    }

    // MARK: Other questions

    func scrape(
        _ scrape: TrackerScrape, isFinal: Bool, now: Int64, into buffer: inout ByteBuffer
    ) -> [SwarmKey] {
        var stale: [SwarmKey] = []
        var counted: [TruncatedInfoHash: (whole: Int, partial: Int)] = [:]
        for hash in scrape.infoHashes where counted[hash] == nil {
            var sum = (whole: 0, partial: 0)
            var next = ofHashes[hash]
            for _ in 0..<Self.scrapedPerHash {
                guard let number = next else { break }
                next = swarms[Int(number)].next
                guard isFresh(number, now: now) else {
                    if stale.count < Self.lookedAtPerScrape { stale.append(swarms[Int(number)].key) }
                    continue
                }
                let counts = swarms[Int(number)].counts(
                    contents[Int(swarms[Int(number)].content)].sources, now: now)
                sum = (sum.whole + counts.whole, sum.partial + counts.partial)
            }
            counted[hash] = sum
        }
        guard stale.isEmpty || isFinal else { return stale }
        TrackerAnswer.writeScrape(to: scrape.transaction, into: &buffer)
        for hash in scrape.infoHashes {
            let counts = counted[hash] ?? (0, 0)
            TrackerAnswer.writeScraped(seeders: counts.whole, leechers: counts.partial, into: &buffer)
        }
        return []
    }

    func clients(of content: ContentID, now: Int64) -> [(client: TrackerClient, infoHash: TruncatedInfoHash)]? {
        guard let place = ofContents[content], !contents[Int(place)].swarms.isEmpty else { return [] }
        guard isFresh(content: place, now: now) else { return nil }
        var told: [(client: TrackerClient, infoHash: TruncatedInfoHash)] = []
        var ofMembers: [PackedName: Int] = [:]
        for number in contents[Int(place)].swarms {
            for client in swarms[Int(number)].clients where client.lapses > now {
                guard ofMembers[client.member, default: 0] < Self.toldPerMember else { continue }
                ofMembers[client.member, default: 0] += 1
                told.append((client, swarms[Int(number)].key.infoHash))
                if told.count == Self.toldAtMost { return told }
            }
        }
        return told
    }

    // MARK: Changes

    mutating func change(_ changed: some Sequence<ContentID>) {
        for content in changed {
            looks.change(content)
            guard let place = ofContents[content] else { continue }
            contents[Int(place)].sources = TrackerSources()
            contents[Int(place)].epoch = -1
        }
    }

    mutating func begin(_ content: ContentID) -> TrackerLook { looks.begin(content, epoch: epoch) }

    mutating func open(_ look: TrackerLook, _ sources: TrackerSources, now: Int64) -> Bool {
        guard looks.isCurrent(look), let place = ofContents[look.content] ?? insert(look.content) else { return false }
        contents[Int(place)].sources = sources
        contents[Int(place)].checked = now
        contents[Int(place)].epoch = look.epoch
        return look.epoch == epoch
    }

    mutating func weed(_ key: SwarmKey, isGood: (PackedName, UInt32) -> Bool) {
        guard let number = places[key] else { return }
        swarms[Int(number)].epoch = epoch
        for client in swarms[Int(number)].unlist(where: { !isGood($0.member, $0.issued) }) {
            unlisted(client.member)
        }
        removeIfEmpty(number)
    }

    mutating func close(_ content: ContentID) {
        guard let place = ofContents.removeValue(forKey: content) else { return }
        for number in contents[Int(place)].swarms {
            for client in swarms[Int(number)].clients { unlisted(client.member) }
            remove(number)
        }
        contents.release(Int(place))
    }

    mutating func sweep(now: Int64) {
        var clients = 0
        for _ in 0..<min(swarms.end, Self.sweptAtOnce) where clients < Self.clientsSweptAtOnce {
            hand = hand + 1 < swarms.end ? hand + 1 : 0
            guard swarms.contains(hand) else { continue }
            clients += swarms[hand].clients.count
            for client in swarms[hand].unlist(where: { $0.lapses <= now }) { unlisted(client.member) }
            removeIfEmpty(Int32(hand))
        }
        for _ in 0..<min(contents.end, Self.sweptAtOnce) {
            contentHand = contentHand + 1 < contents.end ? contentHand + 1 : 0
            guard contents.contains(contentHand), contents[contentHand].swarms.isEmpty,
                now - contents[contentHand].checked >= TrackerSwarms.freshness
            else { continue }
            close(contents[contentHand].content)
        }
    }

    // MARK: What is there

    /// Nil where there are too many.
    private mutating func insert(_ content: ContentID) -> Int32? {
        if ofContents.count >= limits.contents { evict() }
        guard ofContents.count < limits.contents else { return nil }
        let place = Int32(contents.reserve())
        contents.put(TrackerContent(content: content), at: Int(place))
        ofContents[content] = place
        return place
    }

    /// Makes room: what has no clients is looked at again when it is wanted.
    private mutating func evict() {
        for _ in 0..<min(contents.end, Self.evictionTries) {
            evictionHand = evictionHand + 1 < contents.end ? evictionHand + 1 : 0
            guard contents.contains(evictionHand), contents[evictionHand].swarms.isEmpty else { continue }
            return close(contents[evictionHand].content)
        }
    }

    /// Nil where the content has too many, or its founder has begun too many of these.
    private mutating func insert(_ key: SwarmKey, _ content: Int32, by founder: PackedName) -> Int32? {
        let others = contents[Int(content)].swarms
        guard others.count < TrackerContent.swarmLimit,
            others.count(where: { swarms[Int($0)].founder == founder }) < TrackerContent.swarmsPerMember
        else { return nil }
        let number = Int32(swarms.reserve())
        var swarm = TrackerSwarm(key: key, content: content, founder: founder, epoch: epoch)
        if let first = ofHashes[key.infoHash] {
            // Behind the first, which stays the one that is counted.
            swarm.previous = first
            swarm.next = swarms[Int(first)].next
            if let next = swarm.next { swarms[Int(next)].previous = number }
            swarms[Int(first)].next = number
        } else {
            ofHashes[key.infoHash] = number
        }
        swarms.put(swarm, at: Int(number))
        places[key] = number
        contents[Int(content)].swarms.append(number)
        return number
    }

    private mutating func removeIfEmpty(_ number: Int32) {
        guard swarms[Int(number)].clients.isEmpty else { return }
        let content = Int(swarms[Int(number)].content)
        contents[content].swarms.removeAll { $0 == number }
        remove(number)
    }

    /// It is no longer its content's.
    private mutating func remove(_ number: Int32) {
        let (key, previous, next) = (
            swarms[Int(number)].key, swarms[Int(number)].previous, swarms[Int(number)].next
        )
        if let previous { swarms[Int(previous)].next = next } else { ofHashes[key.infoHash] = next }
        if let next { swarms[Int(next)].previous = previous }
        places[key] = nil
        swarms.release(Int(number))
    }

    private mutating func unlisted(_ member: PackedName) {
        count -= 1
        let left = ofMembers[member, default: 0] - 1
        ofMembers[member] = left > 0 ? left : nil
    }
}
