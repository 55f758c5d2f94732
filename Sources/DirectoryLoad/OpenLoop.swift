import Content
import Directory
import Glibc
import Histogram
import Wire

/// What a network does all day: everybody says that he is there, at the intervals that the server asks for, and requests of
/// all kinds come at their times, whether or not the server keeps up. How long one took is counted from the time at which
/// it was to be sent, so that a server that stands still is charged for all that would have come meanwhile.
final class OpenLoop {
    enum Kind: String, CaseIterable {
        case heartbeat, sources, lookup, search, publish, login, comeback

        /// Of a hundred requests that are no heartbeats.
        var share: Int {
            switch self {
            case .heartbeat: 0
            case .sources: 45
            case .lookup: 20
            case .search: 15
            case .publish: 15
            case .login: 3
            case .comeback: 2
            }
        }
    }

    private struct Outstanding {
        let kind: Kind
        let member: Int
        let intended: Int64
        var isRepeated = false
    }

    /// After which a request counts as lost, in nanoseconds; a heartbeat is sent again after that.
    private static let patience: Int64 = 2_000_000_000
    static let largest: UInt64 = 60_000_000

    private let members: Members
    /// Requests a second, besides heartbeats.
    private let rate: Double
    private var outstanding: [UInt32: Outstanding] = [:]
    private var order: [(time: Int64, transaction: UInt32)] = []
    private var oldest = 0
    private var transaction: UInt32 = 0
    private var beats: BeatWheel
    private var random = Xorshift()
    private(set) var latencies: [Kind: Histogram<UInt64>] = [:]
    private(set) var sent: [Kind: Int] = [:]
    private(set) var lost: [Kind: Int] = [:]
    private(set) var refused: [String: Int] = [:]
    private(set) var longestInterval: Int64 = 0

    init(_ members: Members, rate: Double) {
        self.members = members
        self.rate = rate
        beats = BeatWheel(members: members.all.count, now: nanoseconds() / 1_000_000)
        reset()
    }

    func reset() {
        for kind in Kind.allCases { latencies[kind] = Histogram(highestTrackableValue: Self.largest) }
        sent = [:]
        lost = [:]
        refused = [:]
        members.refusals = [:]
    }

    /// Lets all members come in, whose heartbeats begin at once.
    func gather(_ progress: (Int) -> Void) {
        attach()
        var toldAt = nanoseconds()
        while members.hereCount < members.all.count {
            turn()
            let now = nanoseconds()
            if now - toldAt > 5_000_000_000 {
                toldAt = now
                progress(members.hereCount)
            }
        }
    }

    func run(seconds: Double) {
        let begun = nanoseconds()
        let end = begun + Int64(seconds * 1e9)
        var next = begun
        while true {
            let now = nanoseconds()
            guard now < end else { break }
            while rate > 0, next <= now {
                ask(at: next)
                next += Int64(-log(Double.random(in: .leastNonzeroMagnitude...1, using: &random)) / rate * 1e9)
            }
            turn()
        }
        let rest = nanoseconds() + Self.patience
        while !outstanding.isEmpty, nanoseconds() < rest { turn() }
        expire(nanoseconds() + Self.patience)
    }

    private func attach() {
        members.onArrival = { [self] member in
            let now = nanoseconds() / 1_000_000
            let interval = members.all[member].interval
            // Spread: those who come together do not stay so.
            beats.put(member, at: now + Int64.random(in: interval / 2...interval, using: &random))
        }
        members.onAnswer = { [self] member, transaction, plaintext in
            guard let request = outstanding.removeValue(forKey: transaction.rawValue) else { return }
            take(plaintext, request, member)
        }
    }

    private func turn() {
        let now = nanoseconds()
        beats.due(now / 1_000_000) { member in
            guard members.isHere(member) else { return }
            send(.heartbeat, heartbeat, of: member, intended: now)
        }
        if !members.step(now: now / 1_000_000) { members.sockets[0].wait(1) }
        expire(now)
    }

    private let heartbeat = DirectoryMessage.request(TransactionID(rawValue: 0), .heartbeat).encoded

    private func send(_ kind: Kind, _ plaintext: [UInt8], of member: Int, intended: Int64, isRepeated: Bool = false) {
        transaction = (transaction + 1) & (Members.ownTransactions - 1)
        var plaintext = plaintext
        plaintext.replaceSubrange(
            plaintext.count - 11..<plaintext.count - 7, with: transaction.bigEndianBytes)
        outstanding[transaction] = Outstanding(kind: kind, member: member, intended: intended, isRepeated: isRepeated)
        order.append((nanoseconds(), transaction))
        if !isRepeated { sent[kind, default: 0] += 1 }
        members.seal(plaintext, of: member)
    }

    private func ask(at intended: Int64) {
        let member = Int.random(in: 0..<members.all.count, using: &random)
        guard members.isHere(member) else { return }
        var chance = Int.random(in: 0..<100, using: &random)
        let kind = Kind.allCases.first { kind in
            chance -= kind.share
            return chance < 0
        }
        if kind == .comeback {
            // As whoever starts his program anew: another session, in place of the one before.
            sent[.comeback, default: 0] += 1
            members.begin(member, now: nanoseconds() / 1_000_000)
            return
        }
        guard let kind, let request = request(kind, member) else { return }
        let plaintext = DirectoryMessage.request(TransactionID(rawValue: 0), request).encoded
        send(kind, plaintext, of: member, intended: intended)
    }

    private func request(_ kind: Kind, _ member: Int) -> DirectoryRequest? {
        let population = members.population
        let other = Int.random(in: 0..<members.all.count, using: &random)
        switch kind {
        case .heartbeat, .comeback: return nil
        case .sources:
            return .holders(
                population.content(Int.random(in: 0..<population.contents, using: &random)), PageWindow())
        case .lookup: return .lookup(name: population.name(0, of: other), PageWindow())
        case .search:
            let query = SearchQuery(words: [Array(" \(other)-".utf8)])
            let number = Int64.random(in: 0...Int64.max, using: &random)
            return .search(Search(query, number: number), PageWindow(wanted: 1))
        case .publish:
            let name = population.news(of: member)
            if Bool.random(using: &random) { return .unpublish([name]) }
            return .publish([PublicationDraft(name: name, content: population.content(other))])
        case .login: return .login(population.login(member, key: members.key))
        }
    }

    private func take(_ plaintext: UnsafeRawBufferPointer, _ request: Outstanding, _ member: Int) {
        let now = nanoseconds()
        if !request.isRepeated {
            let micros = UInt64(max(0, now - request.intended) / 1_000)
            latencies[request.kind]?.record(min(micros, Self.largest))
        }
        switch request.kind {
        case .heartbeat:
            if case .answer(_, .heartbeat(let pulse))? = try? DirectoryMessage(decoding: Array(plaintext)) {
                members.setInterval(pulse.interval, of: member)
                longestInterval = max(longestInterval, pulse.interval)
                beats.put(member, at: now / 1_000_000 + pulse.interval)
            } else {
                refused["heartbeat", default: 0] += 1
                members.begin(member, now: now / 1_000_000)
            }
        default:
            // Refusals end with `1:y1:ee`.
            if plaintext[plaintext.count - 2] == UInt8(ascii: "e"),
                case .answer(_, .refusal(let refusal))? = try? DirectoryMessage(decoding: Array(plaintext))
            {
                refused["\(request.kind) \(refusal)", default: 0] += 1
            }
        }
    }

    private func expire(_ now: Int64) {
        while oldest < order.count, now - order[oldest].time > Self.patience {
            if let request = outstanding.removeValue(forKey: order[oldest].transaction) {
                lost[request.kind, default: 0] += 1
                latencies[request.kind]?.record(UInt64(Self.patience / 1_000))
                if request.kind == .heartbeat {
                    send(.heartbeat, heartbeat, of: request.member, intended: now, isRepeated: true)
                }
            }
            oldest += 1
        }
        if oldest > 1 << 20 {
            order.removeFirst(oldest)
            oldest = 0
        }
    }
}

/// Members by the millisecond in which they are to be heard next.
private struct BeatWheel {
    private static let size: Int64 = 1 << 17
    /// Of each member, as he may have come back meanwhile.
    private var next: [Int64]
    private var slots: [[(member: Int32, due: Int64)]]
    private var at: Int64

    init(members: Int, now: Int64) {
        next = Array(repeating: 0, count: members)
        slots = Array(repeating: [], count: Int(Self.size))
        at = now
    }

    mutating func put(_ member: Int, at due: Int64) {
        let due = max(due, at + 1)
        next[member] = due
        slots[Int(due % Self.size)].append((Int32(member), due))
    }

    mutating func due(_ now: Int64, _ body: (Int) -> Void) {
        while at < now {
            at += 1
            let slot = Int(at % Self.size)
            guard !slots[slot].isEmpty else { continue }
            let waiting = slots[slot]
            slots[slot] = waiting.filter { $0.due > at }
            for one in waiting where one.due <= at && next[Int(one.member)] == one.due { body(Int(one.member)) }
        }
    }
}

/// Fast, and the same each time.
private struct Xorshift: RandomNumberGenerator {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
