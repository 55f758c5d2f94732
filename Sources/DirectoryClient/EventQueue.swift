import Synchronization

/// Hands ``PendingEvents`` to their one reader.
final class EventQueue: Sendable {
    private let pending = Mutex(PendingEvents())
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init() { (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    var stream: AsyncStream<DirectoryEvent> { AsyncStream(unfolding: { await self.next() }) }

    func tell(_ event: DirectoryEvent) {
        pending.withLock { $0.add(event) }
        wake.yield()
    }

    /// What was told before is still taken.
    func finish() { wake.finish() }

    private func next() async -> DirectoryEvent? {
        while true {
            if let event = pending.withLock({ $0.take() }) { return event }
            var iterator = wakes.makeAsyncIterator()
            guard await iterator.next() != nil else { return pending.withLock { $0.take() } }
        }
    }
}
