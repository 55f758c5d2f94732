import Content
import NIOCore
import Wire

/// What ``TrackerSwarms`` guards.
struct TrackerState: Sendable {
    /// Swarms that one sweep looks at: a matter of a millisecond, however many there are.
    private static let sweptAtOnce = 4_096
    /// Peers for who does not say how many.
    private static let standardWanted = 50

    let limits: TrackerLimits
    var epoch = 0
    private(set) var count = 0
    private var swarms = Slab<TrackerSwarm>()
    private var places: [SwarmKey: Int32] = [:]
    private var ofContents: [ContentID: [Int32]] = [:]
    private var ofHashes: [TruncatedInfoHash: [Int32]] = [:]
    private var ofMembers: [PackedName: Int] = [:]
    /// Where the next sweep begins.
    private var hand = 0

    init(limits: TrackerLimits) { self.limits = limits }

    func isFresh(_ key: SwarmKey, now: Int64) -> Bool { places[key].map { isFresh($0, now: now) } ?? false }

    private func isFresh(_ place: Int32, now: Int64) -> Bool {
        let checked = swarms[Int(place)].checked
        return swarms[Int(place)].epoch == epoch && now - checked < TrackerSwarms.freshness
    }

    // MARK: Answers

    mutating func announce(
        _ announce: TrackerAnnounce, _ key: SwarmKey, by admission: TrackerSwarms.Admission, at place: TrackerPlace,
        now: Int64, into buffer: inout ByteBuffer
    ) -> TrackerSwarms.Outcome {
        guard admission.epoch == epoch, let number = places[key], isFresh(number, now: now) else { return .unknown }
        let member = admission.passkey.member
        if announce.event == .stopped {
            if swarms[Int(number)].unlist(place, of: member) { unlisted(member) }
        } else if place.port > 0 {
            let client = TrackerClient(
                place: place, member: member, issued: admission.passkey.issued, isWhole: announce.isWhole,
                lapses: now + TrackerSwarms.lapse)
            let mayAdd = count < limits.clients && ofMembers[member, default: 0] < limits.perMember
            if case .added = swarms[Int(number)].list(client, mayAdd: mayAdd) {
                count += 1
                ofMembers[member, default: 0] += 1
            }
        }
        let counts = swarms[Int(number)].counts(now: now)
        TrackerAnswer.writeAnnounce(
            to: announce.transaction, interval: TrackerSwarms.interval, leechers: counts.partial,
            seeders: counts.whole, into: &buffer)
        guard announce.event != .stopped else { return .answered }
        let wanted = announce.wanted < 0 ? Self.standardWanted : Int(announce.wanted)
        let most = place.isShort ? TrackerAnswer.shortPeerLimit : TrackerAnswer.longPeerLimit
        swarms[Int(number)].write(min(wanted, most), to: place, of: member, now: now, into: &buffer)
        return .answered
    }

    func scrape(_ scrape: TrackerScrape, now: Int64, into buffer: inout ByteBuffer) -> [SwarmKey] {
        let numbers = scrape.infoHashes.flatMap { ofHashes[$0] ?? [] }
        let stale = numbers.filter { !isFresh($0, now: now) }.map { swarms[Int($0)].key }
        guard stale.isEmpty else { return stale }
        TrackerAnswer.writeScrape(to: scrape.transaction, into: &buffer)
        for hash in scrape.infoHashes {
            let counts = (ofHashes[hash] ?? []).map { swarms[Int($0)].counts(now: now) }
            TrackerAnswer.writeScraped(
                seeders: counts.reduce(0) { $0 + $1.whole }, leechers: counts.reduce(0) { $0 + $1.partial },
                into: &buffer)
        }
        return []
    }

    func clients(of content: ContentID, now: Int64) -> [(client: TrackerClient, infoHash: TruncatedInfoHash)] {
        (ofContents[content] ?? []).map { swarms[Int($0)] }.flatMap { swarm in
            swarm.clients.filter { $0.lapses > now }.map { ($0, swarm.key.infoHash) }
        }
    }

    func hasClients(of content: ContentID) -> Bool {
        (ofContents[content] ?? []).contains { !swarms[Int($0)].clients.isEmpty }
    }

    // MARK: Changes

    mutating func change(_ contents: some Sequence<ContentID>) {
        for content in contents {
            for number in ofContents[content] ?? [] { swarms[Int(number)].open(TrackerSources(), now: 0, epoch: -1) }
        }
    }

    mutating func open(
        _ key: SwarmKey, _ sources: TrackerSources, now: Int64, epoch: Int, isGood: (PackedName, UInt32) -> Bool
    ) {
        let number = places[key] ?? insert(key)
        swarms[Int(number)].open(sources, now: now, epoch: epoch)
        for client in swarms[Int(number)].unlist(where: { !isGood($0.member, $0.issued) }) {
            unlisted(client.member)
        }
    }

    private mutating func insert(_ key: SwarmKey) -> Int32 {
        let number = Int32(swarms.reserve())
        swarms.put(TrackerSwarm(key: key), at: Int(number))
        places[key] = number
        ofContents[key.content, default: []].append(number)
        ofHashes[key.infoHash, default: []].append(number)
        return number
    }

    mutating func close(_ key: SwarmKey) {
        guard let number = places.removeValue(forKey: key) else { return }
        for client in swarms[Int(number)].clients { unlisted(client.member) }
        swarms.release(Int(number))
        ofContents[key.content]?.removeAll { $0 == number }
        if ofContents[key.content]?.isEmpty == true { ofContents[key.content] = nil }
        ofHashes[key.infoHash]?.removeAll { $0 == number }
        if ofHashes[key.infoHash]?.isEmpty == true { ofHashes[key.infoHash] = nil }
    }

    private mutating func unlisted(_ member: PackedName) {
        count -= 1
        let left = ofMembers[member, default: 0] - 1
        ofMembers[member] = left > 0 ? left : nil
    }

    mutating func sweep(now: Int64) {
        for _ in 0..<min(swarms.end, Self.sweptAtOnce) {
            hand = hand + 1 < swarms.end ? hand + 1 : 0
            guard swarms.contains(hand) else { continue }
            for client in swarms[hand].unlist(where: { $0.lapses <= now }) { unlisted(client.member) }
            guard swarms[hand].clients.isEmpty, now - swarms[hand].checked >= TrackerSwarms.lapse else { continue }
            close(swarms[hand].key)
        }
    }
}
