import Glibc
import UnixSignals

/// Work that Ctrl-C and SIGTERM end, after what is half made was removed: it has the network's key in it.
enum Interruption {
    static func removing<Value: Sendable>(
        _ remove: @escaping @Sendable () -> Void, in work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try work() }
            group.addTask {
                for await caught in signals {
                    remove()
                    let number = caught == .sigint ? SIGINT : SIGTERM
                    signal(number, SIG_DFL)
                    kill(getpid(), number)
                }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() { if let value { return value } }
            throw CancellationError()
        }
    }
}
