import Directory
import Glibc
import Logging
import NIOPosix
import Synchronization

/// Hears what other servers hand over (LISTEN): on a connection and a thread of its own, as it waits all the time.
final class HandingEar: Sendable {
    /// Of what nobody took yet.
    private static let bound = 1_024
    /// Until a connection that was lost is made again; what is said meanwhile is lost.
    private static let pause: Int32 = 1_000

    let heard: AsyncStream<HandedOver>
    private let sink: AsyncStream<HandedOver>.Continuation
    private let address: PostgresAddress
    private let log: Logger
    private let threads = NIOThreadPool(numberOfThreads: 1)
    /// Closing the one end ends the waiting for the other.
    private let stopReader: Int32
    private let stopWriter: Mutex<Int32>

    init(_ address: PostgresAddress, log: Logger) {
        self.address = address
        self.log = log
        (heard, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.bound))
        var ends: [Int32] = [-1, -1]
        _ = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        stopReader = ends[0]
        stopWriter = Mutex(ends[1])
        threads.start()
    }

    deinit { Glibc.close(stopReader) }

    /// Called once.
    ///
    /// - Parameter server: The number of this one, which does not hear itself.
    func listen(as server: @escaping @Sendable () -> Int64) {
        threads.submit { [self] _ in
            let link = PostgresLink(address, log: log, timings: nil)
            var connection: PostgresConnection?
            while !isStopped(within: 0) {
                do throws(PostgresFailure) {
                    let current = try link.connection()
                    if current !== connection { try current.runAll("LISTEN \(Handing.channel)") }
                    connection = current
                    for payload in try current.told(until: stopReader) {
                        if let handed = Handing.handed(payload, to: server()) { sink.yield(handed) }
                    }
                } catch {
                    connection = nil
                    if isStopped(within: Self.pause) { break }
                }
            }
            sink.finish()
        }
    }

    /// Also where it never listened.
    func close() async {
        stopWriter.withLock { writer in
            if writer >= 0 { Glibc.close(writer) }
            writer = -1
        }
        sink.finish()
        try? await threads.shutdownGracefully()
    }

    private func isStopped(within milliseconds: Int32) -> Bool {
        var end = pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0)
        return poll(&end, 1, milliseconds) != 0
    }
}
