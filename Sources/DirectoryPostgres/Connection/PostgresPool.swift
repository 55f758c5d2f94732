import Directory
import Dispatch
import Logging
import NIOPosix
import Synchronization

/// Threads that wait for the database, each with a connection of its own, so that nobody else does.
final class PostgresPool: Sendable {
    /// Where a work takes its connection from; it tells by itself whoever asked for it.
    private typealias Work = @Sendable (PostgresLink) -> Void

    private struct State {
        var waiting = PoolLines<Work>()
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Counts what waits.
    private let signal = DispatchSemaphore(value: 0)
    private let threads: NIOThreadPool
    private let count: Int

    /// Beyond them the database is taken for one that does not answer.
    private static let longestQueue = 1_000
    /// Whoever has waited so long for a connection is told so: clients do not wait longer for an answer, and whoever asks
    /// anew need not wait for what nobody wants any more.
    private static let longestWait = Duration.seconds(9)

    init(_ address: PostgresAddress, connections count: Int, log: Logger, timings: StoreTimings? = nil) {
        self.count = count
        threads = NIOThreadPool(numberOfThreads: count)
        threads.start()
        for _ in 0..<count {
            threads.submit { [self] _ in
                let link = PostgresLink(address, log: log, timings: timings)
                while let work = next() { work(link) }
            }
        }
    }

    private func next() -> Work? {
        signal.wait()
        return state.withLock { $0.waiting.next() }
    }

    /// Ends the threads once they have done what waits.
    func close() async {
        state.withLock { $0.isClosed = true }
        for _ in 0..<count { signal.signal() }
        try? await threads.shutdownGracefully()
    }

    func perform<Value: Sendable>(
        _ line: PoolLine = .writing, _ body: @escaping @Sendable (PostgresLink) throws -> Value
    ) async throws(DirectoryStoreError) -> Value {
        let result: Result<Value, DirectoryStoreError> = await withCheckedContinuation { continuation in
            let begun = ContinuousClock.now
            let isTaken = submit(line) { link in
                guard ContinuousClock.now - begun < Self.longestWait else {
                    return continuation.resume(returning: .failure(Self.busy))
                }
                do { continuation.resume(returning: .success(try body(link))) } catch {
                    continuation.resume(returning: .failure(DirectoryStoreError(error)))
                }
            }
            if !isTaken { continuation.resume(returning: .failure(Self.busy)) }
        }
        return try result.get()
    }

    private static var busy: DirectoryStoreError { .away(detail: "too much waits for it") }

    /// What nobody waits for. False, and it is not done, where too much waits already.
    @discardableResult
    func submit(_ line: PoolLine = .writing, _ body: @escaping @Sendable (PostgresLink) -> Void) -> Bool {
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.waiting.count < Self.longestQueue else { return false }
            state.waiting.append(body, to: line)
            return true
        }
        if isTaken { signal.signal() }
        return isTaken
    }
}
