package import Logging
import Wire

/// Keeps a port of the router mapped to the port on which this peer listens, as long as ``run(_:)`` runs.
///
/// What to do is decided by ``MappingKeeper``; this looks at the routes and the clock, and has the routers' clients do what it says.
package struct PortMapper: Sendable {
    private enum Event: Sendable {
        case pause
        case doubted
        /// Nobody will say so any more.
        case undoubted
        case answered(MappingOrder.ID, MappingOutcome)
    }

    /// Quitting waits no longer for what has to be removed.
    private static let goodbye = Duration.seconds(1)
    /// Time that passed and was not waited for: this computer slept.
    private static let sleep = Duration.seconds(30)

    private let port: UInt16
    private let environment: MappingEnvironment
    private let logger: Logger

    /// - Parameter port: on which this peer listens, with TCP.
    package init(port: UInt16, environment: MappingEnvironment, logger: Logger) {
        self.port = port
        self.environment = environment
        self.logger = logger
    }

    /// Runs until the task is cancelled; then it removes what was mapped, for a second at most, and returns.
    ///
    /// - Parameters:
    ///   - doubts: When this computer may be behind another router, though that may have the same address. Nobody else reads them.
    ///   - report: told of every change, renewals included; the last one is that it ended.
    package func run(doubts: AsyncStream<Void>? = nil, _ report: @Sendable (MappingState) -> Void) async {
        var keeper = MappingKeeper(port: port, protocols: environment.clients.map(\.speaks))
        await keep(&keeper, doubts, report)
        let orders = keeper.removals(now: .now)
        // unstructured: it is the cancellation that has it removed; within a second, and waited for.
        await Task { await remove(orders) }.value
        report(keeper.state)
    }

    private func keep(
        _ keeper: inout MappingKeeper, _ doubts: AsyncStream<Void>?, _ report: @Sendable (MappingState) -> Void
    ) async {
        var told: MappingState?
        var lastLook = ContinuousClock.now
        await withTaskGroup(of: Event.self) { group in
            group.addTask { .pause }
            func awaitDoubt() {
                guard let doubts else { return }
                group.addTask {
                    for await _ in doubts { return .doubted }
                    return .undoubted
                }
            }
            awaitDoubt()
            while !Task.isCancelled, let event = await group.next() {
                let now = ContinuousClock.now
                var orders: [MappingOrder] = []
                switch event {
                case .pause:
                    if now - lastLook > environment.pace + Self.sleep { keeper.doubt(now: now) }
                    lastLook = now
                    orders += keeper.found(environment.router(), now: now)
                    orders += keeper.step(now: now, chance: .random(in: 0...1))
                    group.addTask {
                        try? await Task.sleep(for: environment.pace)
                        return .pause
                    }
                case .doubted:
                    keeper.doubt(now: now)
                    orders += keeper.found(environment.router(), now: now)
                    orders += keeper.step(now: now, chance: .random(in: 0...1))
                    awaitDoubt()
                case .undoubted: break
                case .answered(let id, let outcome):
                    orders += keeper.answered(id, outcome, now: now, chance: .random(in: 0...1))
                }
                for order in orders { group.addTask { .answered(order.id, await perform(order)) } }
                if keeper.state != told { report(keeper.state) }
                told = keeper.state
            }
            // What is granted at the last moment is removed as well.
            keeper.end()
            group.cancelAll()
            for await case .answered(let id, let outcome) in group {
                _ = keeper.answered(id, outcome, now: .now, chance: 0)
            }
        }
    }

    private func perform(_ order: MappingOrder) async -> MappingOutcome {
        guard let client = environment.clients.first(where: { $0.speaks == order.by }) else { return .unanswered }
        let outcome = await within(order.limit) { await client.perform(order) } ?? .unanswered
        logger.debug(
            "Port mapping",
            metadata: [
                "by": "\(order.by.rawValue)", "deed": "\(order.deed)", "port": "\(order.external.port)",
                "outcome": "\(outcome)",
            ])
        return outcome
    }

    private func remove(_ orders: [MappingOrder]) async {
        guard !orders.isEmpty else { return }
        _ = await within(Self.goodbye) {
            await withDiscardingTaskGroup { group in
                for order in orders { group.addTask { _ = await perform(order) } }
            }
        }
    }
}
