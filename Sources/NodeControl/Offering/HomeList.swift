import Dispatch
import Synchronization

/// Knows the home folders of this computer's users. It asks the system on a thread of its own, once for all who want them at the
/// time, and nobody waits longer for that than he can: where accounts come from another computer that may take seconds.
package final class HomeList: Sendable {
    package static let ofSystem = HomeList(ask: { HomeFolders.ofSystem })

    private struct State {
        var known: (homes: HomeFolders, time: ContinuousClock.Instant)?
        var isAsking = false
        var waiters: [Int: AsyncStream<Void>.Continuation] = [:]
        var lastWaiter = 0
    }

    /// More do not wait while the system hangs.
    package static let mostWaiting = 100

    /// What was answered holds for so long.
    private static let life = Duration.seconds(300)
    private let queue = DispatchQueue(label: "bittrickle.homes")
    private let ask: @Sendable () -> HomeFolders
    private let patience: @Sendable () async -> Void
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameters:
    ///   - ask: Blocks.
    ///   - patience: Returns when nobody wants to wait any longer.
    package init(
        ask: @escaping @Sendable () -> HomeFolders,
        patience: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .seconds(2)) },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.ask = ask
        self.patience = patience
        self.now = now
    }

    /// What the system says in time; else what it said last, or those that every system has.
    package var homes: HomeFolders {
        get async {
            let (answers, answer) = AsyncStream.makeStream(of: Void.self)
            let time = now()
            let (waiter, asks) = state.withLock { state -> (Int?, Bool) in
                if let known = state.known, time - known.time < Self.life { return (nil, false) }
                guard state.waiters.count < Self.mostWaiting else { return (nil, false) }
                state.lastWaiter += 1
                state.waiters[state.lastWaiter] = answer
                defer { state.isAsking = true }
                return (state.lastWaiter, !state.isAsking)
            }
            if asks { queue.async { self.learn(self.ask()) } }
            if let waiter {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { for await _ in answers {} }
                    group.addTask { await self.patience() }
                    await group.next()
                    group.cancelAll()
                }
                state.withLock { _ = $0.waiters.removeValue(forKey: waiter) }
            }
            return state.withLock { $0.known?.homes } ?? HomeFolders([])
        }
    }

    private func learn(_ homes: HomeFolders) {
        let time = now()
        let waiters = state.withLock { state in
            state.known = (homes, time)
            state.isAsking = false
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.finish() }
    }
}
