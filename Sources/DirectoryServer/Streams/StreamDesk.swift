import Directory
import NIOCore
import Wire

/// All streams, which are the first loop's: a stream is where a client comes by TCP, a session may be any loop's.
///
/// What comes on them goes the way of datagrams, through the first loop's gate and, where the session is another's, from there to
/// that one; what goes out comes back here.
final class StreamDesk {
    private var table: StreamTable
    private var open: [StreamNumber: StreamHandler] = [:]
    /// Written to and not flushed.
    private var written: Set<StreamNumber> = []
    private let clock: DirectoryClock
    private let metrics: ServerMetrics
    /// Of this loop; set before anything is accepted.
    private let handler: DirectoryHandler
    /// Told of sessions whose stream is closed.
    var detached: (SessionID, StreamNumber) -> Void = { _, _ in }

    init(limits: SessionLimits, clock: DirectoryClock, metrics: ServerMetrics, handler: DirectoryHandler) {
        table = StreamTable(limits: limits)
        self.clock = clock
        self.metrics = metrics
        self.handler = handler
    }

    var count: Int { open.count }

    // MARK: What comes in

    /// As what it is known from now on; nil where there is no place.
    func admit(_ stream: StreamHandler, from remote: Remote) -> Remote? {
        switch table.admit(from: remote.origin, now: clock.monotonic()) {
        case .refused:
            metrics.streamEnded(.refused)
            return nil
        case .admitted(let number, let other):
            open[number] = stream
            if let other { end(other, .displaced) }
            return remote.on(number)
        }
    }

    func isProven(_ stream: StreamNumber) -> Bool { table.isProven(stream) }

    func heard(_ stream: StreamNumber) { table.heard(stream, now: clock.monotonic()) }

    func take(_ datagram: ByteBuffer, from remote: Remote) {
        datagram.withUnsafeReadableBytes { handler.take($0, onStreamFrom: remote) }
    }

    func readAll() { handler.finishReading() }

    func prove(_ proofs: [StreamProof]) {
        for proof in proofs { table.prove(proof, now: clock.monotonic()) }
    }

    /// False where the stream is closed.
    func attach(_ stream: StreamNumber, to session: SessionID) -> Bool {
        table.attach(stream, to: session, now: clock.monotonic())
    }

    // MARK: What goes out

    func send(_ answers: [StreamAnswer]) {
        for answer in answers {
            guard let stream = open[answer.stream] else { continue }
            if stream.write(answer.frame) {
                written.insert(answer.stream)
            } else {
                end(answer.stream, .slow)
            }
        }
        for stream in written { open[stream]?.flush() }
        written.removeAll(keepingCapacity: true)
    }

    // MARK: Ends

    func end(_ stream: StreamNumber, _ reason: StreamEnd) {
        guard let handler = open[stream] else { return }
        metrics.streamEnded(reason)
        handler.close()
        closed(stream)
    }

    func closed(_ stream: StreamNumber) {
        open[stream] = nil
        if let session = table.remove(stream) { detached(session, stream) }
    }

    func ended(_ sessions: [SessionID]) {
        guard table.count > 0 else { return }
        for session in sessions { table.ended(session, now: clock.monotonic()) }
    }

    /// - Parameter idle: Milliseconds without a byte after which a stream is closed.
    func tidy(idle: Int64) {
        for (stream, reason) in table.overdue(now: clock.monotonic(), idle: idle) {
            switch reason {
            case .idle: end(stream, .idle)
            case .unproven: end(stream, .unproven)
            }
        }
    }

    func closeAll() { for stream in Array(open.keys) { end(stream, .serverEnds) } }
}

/// A datagram that goes out on a stream, with its length before it.
struct StreamAnswer: Sendable {
    let stream: StreamNumber
    let frame: ByteBuffer

    init(_ datagram: some Collection<UInt8>, on stream: StreamNumber) {
        self.stream = stream
        var frame = ByteBufferAllocator().buffer(capacity: StreamFrame.headerByteCount + datagram.count)
        StreamFrame.write(datagram, into: &frame)
        self.frame = frame
    }
}

/// Why the server closed a stream.
enum StreamEnd: Int, CaseIterable {
    /// There was no place: all were members'.
    case refused
    /// It was a stranger's, and gave way to a newcomer.
    case displaced
    /// Nothing authentic came in time, or nobody signed in.
    case unproven
    /// No byte came for too long.
    case idle
    /// The other end did not read what was sent to it.
    case slow
    /// It brought no datagrams.
    case malformed
    case serverEnds

    var label: String { SnakeCase.of("\(self)") }
}
