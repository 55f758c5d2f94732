import Content

/// The requests that one link has open, and how many it may have.
///
/// The number follows what the link delivers: enough for its round trip and ``queueTime`` on top, so that the
/// other side always has work, and little is bound where a link turns slow. It starts with
/// ``DownloadLimits/initialWindow`` and grows by one for each block, until the measured rate says less. Where there are
/// many links each begins with fewer, and keeps fewer open at least: what waits at one would come sooner from another.
///
/// Times are those of the run.
struct RequestWindow {
    private struct Open {
        let sent: Duration
        let number: Int
    }

    /// What the other side is kept busy with beyond the round trip, and beyond it once more where that is longer, so that a
    /// distant link can show what it carries. What waits there longer would come sooner from others, in a swarm.
    private static let queueTime: Duration = .milliseconds(400)
    /// How often the rate is measured.
    private static let interval: Duration = .milliseconds(250)
    /// How many blocks a peer with no word of it is taken to queue; what others have as default.
    private static let assumedQueue = 250
    /// So many requests that were taken back are remembered, since they may be answered nevertheless.
    private static let rememberedReleases = 4_096

    private let limits: DownloadLimits
    /// What the other side says it queues (`reqq` of BEP 10).
    private var queueOfPeer = Self.assumedQueue
    /// Nil until the measured rate says how many requests the link needs.
    private var target: Int?
    /// Blocks that came before it did.
    private var growth = 0
    /// Links among which the requests are shared out whose number follows no rate.
    private var linkCount = 1

    private var open: [BlockIndex: Open] = [:]
    /// How often each was, and was neither answered nor rejected since.
    private var released: [BlockIndex: Int] = [:]
    private var nextNumber = 0

    /// The fastest answer so far.
    private(set) var roundTrip: Duration?
    /// In bytes a second, smoothed; nil until it was measured.
    private(set) var rate: Double?
    /// Since when bytes are counted: from the first block on that comes after a break, so that the break and the
    /// round trip do not count.
    private var measuredSince: Duration?
    private var bytesSince = 0
    private var blocksSince = 0
    /// In bytes: how large a block is on the average, where files are small ones.
    private var blockSize = Double(Geometry.blockLength)
    /// When a block came last, or the first request was sent after there was none open.
    private(set) var lastSign: Duration
    private(set) var lastDelivery: Duration?
    private var pausedUntil: Duration = .zero

    init(limits: DownloadLimits, at now: Duration) {
        self.limits = limits
        lastSign = now
    }

    var openCount: Int { open.count }
    var limit: Int { max(1, min(target ?? initial + growth, limits.largestWindow, queueOfPeer)) }
    private var initial: Int { min(limits.initialWindow, max(2, limits.initialWindows / linkCount)) }
    private var smallest: Int { min(limits.smallestWindow, max(1, limits.smallestWindows / linkCount)) }
    var space: Int { max(0, limit - open.count) }

    func contains(_ block: BlockIndex) -> Bool { open[block] != nil }

    /// Whether the block was asked for that early, or earlier, not counting the time in which nothing could arrive.
    func isOpen(_ block: BlockIndex, since time: Duration) -> Bool {
        open[block].map { max($0.sent, pausedUntil) <= time } ?? false
    }

    /// Since when the request has been open that was sent first, without the time in which nothing could arrive.
    var oldest: Duration? { open.values.map { max($0.sent, pausedUntil) }.min() }

    /// Open requests, the last one first.
    var openFromLast: [BlockIndex] { open.sorted { $0.value.number > $1.value.number }.map(\.key) }

    /// Seconds until all that is open has come, at the rate so far.
    var secondsLeft: Double {
        guard let rate, rate > 0 else { return open.isEmpty ? 0 : .infinity }
        return Double(open.count) * blockSize / rate
    }

    /// There are so many links, this one counted.
    mutating func isOne(of links: Int) { linkCount = max(1, links) }

    mutating func peerQueues(_ requests: Int) { queueOfPeer = max(1, requests) }

    mutating func sent(_ block: BlockIndex, at now: Duration) {
        if open.isEmpty {
            lastSign = now
            measuredSince = nil
        }
        open[block] = Open(sent: now, number: nextNumber)
        nextNumber += 1
    }

    /// What a block that arrived answers.
    enum Answer {
        case open
        /// A request that was taken back.
        case released
        /// Nothing: nobody asked for it, or it was answered before.
        case nothing
    }

    mutating func arrived(_ block: BlockIndex, bytes: Int, at now: Duration) -> Answer {
        var answer = Answer.open
        if let request = open.removeValue(forKey: block) {
            let time = now - request.sent
            roundTrip = min(roundTrip ?? time, time)
        } else {
            guard settleRelease(block) else { return .nothing }
            answer = .released
        }
        lastSign = now
        lastDelivery = now
        growth += 1
        measure(bytes, at: now)
        return answer
    }

    /// False where the request was not open (any more).
    mutating func rejected(_ block: BlockIndex) -> Bool {
        // Rejects come in the order of the requests: this one is that of the request that was taken back.
        guard !settleRelease(block) else { return false }
        return open.removeValue(forKey: block) != nil
    }

    /// Takes a request back; the peer may have answered it already. False where it was not open.
    mutating func release(_ block: BlockIndex) -> Bool {
        guard open.removeValue(forKey: block) != nil else { return false }
        if released.count >= Self.rememberedReleases { released.removeAll() }
        released[block, default: 0] += 1
        return true
    }

    /// False where no request for it was taken back.
    private mutating func settleRelease(_ block: BlockIndex) -> Bool {
        guard let count = released[block] else { return false }
        released[block] = count > 1 ? count - 1 : nil
        return true
    }

    /// Takes all open requests back, in the order in which they were sent.
    mutating func releaseAll() -> [BlockIndex] {
        let blocks = Array(openFromLast.reversed())
        for block in blocks { _ = release(block) }
        return blocks
    }

    /// Nothing could arrive, for reasons on this side: time did not count.
    mutating func pause(until now: Duration) {
        holdBack(until: now)
        measuredSince = nil
    }

    /// What arrived waits for its turn in a limited rate, which is what the link has.
    mutating func holdBack(until now: Duration) {
        lastSign = now
        pausedUntil = now
    }

    /// The link stalled: it begins with few again.
    mutating func collapse() {
        target = smallest
        rate = nil
    }

    private mutating func measure(_ bytes: Int, at now: Duration) {
        guard let since = measuredSince else {
            measuredSince = now
            (bytesSince, blocksSince) = (0, 0)
            return
        }
        bytesSince += bytes
        blocksSince += 1
        // What was asked for in one go comes in one go: less than a round trip says nothing.
        let elapsed = now - since
        guard elapsed >= max(Self.interval, roundTrip ?? .zero) else { return }
        let measured = Double(bytesSince) / (elapsed / .seconds(1))
        let smoothed = rate.map { ($0 + measured) / 2 } ?? measured
        rate = smoothed
        blockSize = Double(bytesSince) / Double(blocksSince)
        measuredSince = now
        (bytesSince, blocksSince) = (0, 0)
        let trip = roundTrip ?? .zero
        let wanted = smoothed * (trip + max(Self.queueTime, trip)).seconds / max(1, blockSize)
        let bounded = Int(min(max(wanted, Double(smallest)), Double(limits.largestWindow)))
        if target == nil, bounded >= initial + growth { return }
        target = bounded
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
