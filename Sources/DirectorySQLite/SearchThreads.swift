import Dispatch
import Foundation
import Synchronization

/// Where searches look through the names in memory: for milliseconds, in which nothing else waits for the thread. On the tasks' own
/// threads, of which there is one for each processor, all other requests would stand behind them.
final class SearchThreads: Sendable {
    private let queues: [DispatchQueue]
    /// Of each queue: searches that run in it, or wait for that.
    private let loads: Mutex<[Int]>

    init(count: Int = max(2, ProcessInfo.processInfo.activeProcessorCount)) {
        // Below the loops of a server, as what reads the file.
        queues = (0..<count).map { DispatchQueue(label: "search \($0)", qos: .utility) }
        loads = Mutex(Array(repeating: 0, count: count))
    }

    /// How many there are at a time is the caller's business.
    func run<Value: Sendable>(_ search: @escaping @Sendable () -> Value) async -> Value {
        let place = loads.withLock { loads in
            let place = loads.indices.min { loads[$0] < loads[$1] } ?? 0
            loads[place] += 1
            return place
        }
        return await withCheckedContinuation { continuation in
            queues[place].async { [self] in
                let value = search()
                loads.withLock { $0[place] -= 1 }
                continuation.resume(returning: value)
            }
        }
    }
}
