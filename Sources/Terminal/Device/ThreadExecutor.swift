import Dispatch

/// Runs one actor on a thread outside the cooperative pool, so that it may block (on a terminal, on a pipe).
///
/// A serial queue of its own gets a thread beyond the pool's whenever the others are busy.
package final class ThreadExecutor: SerialExecutor {
    private let queue: DispatchQueue

    package init(label: String) { queue = DispatchQueue(label: label) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
