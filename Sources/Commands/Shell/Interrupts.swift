import Synchronization

/// Takes Ctrl-C to what is running.
package final class Interrupts: Sendable {
    private enum Step<Result: Sendable>: Sendable {
        case ended(Result)
        case interrupted
    }

    private let running = Mutex<AsyncStream<Void>.Continuation?>(nil)

    package init() {}

    /// Cancels the running work; false where none is, or where it was told already.
    package func interrupt() -> Bool {
        let told = running.withLock { running in
            defer { running = nil }
            return running
        }
        told?.yield()
        return told != nil
    }

    /// Runs the work so that ``interrupt()`` cancels it, and returns what it comes to, cancelled or not.
    package func interruptible<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) async -> Result {
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        running.withLock { $0 = continuation }
        return await withTaskGroup(of: Step<Result>.self) { group in
            group.addTask { .ended(await work()) }
            group.addTask {
                for await _ in signals { break }
                return .interrupted
            }
            while true {
                let step = await group.next()
                group.cancelAll()
                if case .ended(let result) = step {
                    running.withLock { $0 = nil }
                    return result
                }
            }
        }
    }
}
