import NIOCore
import Wire

/// What waits to leave a peer: links have their turns, a block each, as TCP streams share a line.
struct SimulatedUplink {
    /// What leaves at once.
    struct Batch {
        var parts: [(link: Int, messages: [PeerMessage])] = []
        /// In bytes.
        var size = 0
    }

    let rate: Double
    /// What is leaving now.
    var leaving: Batch?
    private var queues: [Int: [PeerMessage]] = [:]
    /// By link, where the first message stands that has not left.
    private var heads: [Int: Int] = [:]
    /// Links that have something to send, in the order of their turns.
    private var turns: [Int] = []
    private var nextTurn = 0

    init(rate: Double) { self.rate = rate }

    mutating func append(_ messages: [PeerMessage], on link: Int) {
        guard queues[link] != nil else {
            queues[link] = messages
            turns.append(link)
            return
        }
        queues[link, default: []] += messages
    }

    mutating func forget(_ link: Int) {
        queues[link] = nil
        heads[link] = nil
    }

    /// What links have to say, a long message at most at once: the short ones between are so short that nobody would
    /// wait for them.
    mutating func next() -> Batch? {
        var batch = Batch()
        while nextTurn < turns.count {
            let link = turns[nextTurn]
            guard let queue = queues[link] else {
                passTurn()
                continue
            }
            let head = heads[link] ?? 0
            let long = queue[head...].firstIndex(where: \.isLong)
            if long != nil, !batch.parts.isEmpty { break }
            passTurn()
            let end = long.map { $0 + 1 } ?? queue.count
            let messages = head == 0 && end == queue.count ? queue : Array(queue[head..<end])
            batch.parts.append((link, messages))
            batch.size += messages.reduce(0) { $0 + Self.size($1) }
            if end == queue.count {
                forget(link)
            } else {
                heads[link] = end
                turns.append(link)
            }
            if long != nil { break }
        }
        return batch.parts.isEmpty ? nil : batch
    }

    private mutating func passTurn() {
        nextTurn += 1
        if nextTurn > 1_024, nextTurn * 2 > turns.count {
            turns.removeFirst(nextTurn)
            nextTurn = 0
        }
    }

    private static func size(_ message: PeerMessage) -> Int {
        switch message {
        case .piece(_, _, let data): data.readableBytes + 13
        case .bitfield(let bits): bits.count + 5
        case .hashes(_, let hashes): hashes.count * 32 + 53
        case .have: 9
        case .request, .cancel, .reject: 17
        default: 5
        }
    }
}

extension PeerMessage {
    fileprivate var isLong: Bool {
        switch self {
        case .piece, .hashes: true
        default: false
        }
    }

    /// Bytes of a block in it.
    var blockSize: Int { if case .piece(_, _, let data) = self { data.readableBytes } else { 0 } }
}
