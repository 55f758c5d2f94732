import Content

/// What one link is answered about hashes. A request costs its sender a few bytes and us up to 16 MiB read and 256 KiB
/// sent: so one is worked on at a time, few answers wait to be sent, and what is hashed is bounded in the long run.
struct HashJobs: Sendable {
    /// While answers of so many bytes wait to be sent, no further one is made.
    private static let unsentBytes = 512 << 10
    /// Bytes that are hashed at once after a quiet time, and a second: a peer wants hashes of blocks to find a liar.
    static let burst: Int64 = 64 << 20
    static let perTick: Int64 = 1 << 20

    private var queue: [HashJob] = []
    private var isWorking = false
    private(set) var credit: Int64
    /// Answers that were made and not sent: which of all messages each is, its bytes.
    private var unsent: [(number: Int, byteCount: Int)] = []

    /// - Parameter credit: Bytes that may be hashed at once.
    init(credit: Int64 = Self.burst) { self.credit = credit }

    /// Those that wait.
    var count: Int { queue.count }

    /// Bytes of answers that were made and not sent.
    var unsentSize: Int { unsent.reduce(0) { $0 + $1.byteCount } }

    mutating func append(_ job: HashJob) { queue.append(job) }

    /// The next one to be worked on: what is known already does not wait behind what is to be read.
    mutating func next(of geometry: Geometry) -> HashJob? {
        guard !isWorking, unsentSize < Self.unsentBytes,
            let index = queue.firstIndex(where: { $0.pieces.isEmpty || credit > 0 })
        else { return nil }
        isWorking = true
        let job = queue.remove(at: index)
        credit -= job.pieces.reduce(0) { $0 + Int64(geometry.length(of: $1)) }
        return job
    }

    /// - Parameter number: Of the message among all that are sent over this link, from 1 on.
    mutating func answered(_ hashCount: Int, asMessage number: Int) {
        isWorking = false
        unsent.append((number, hashCount * Hash256.byteCount))
    }

    /// So many messages are with the transport since the beginning.
    mutating func sent(_ total: Int) { unsent.removeAll { $0.number <= total } }

    /// A second passed.
    mutating func tick() { credit = min(Self.burst, credit + Self.perTick) }
}
