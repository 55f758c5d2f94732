import Synchronization

/// Notices when this computer is elsewhere: at once where the system says that something changed, else within the pace.
package struct NetworkWatch: Sendable {
    /// What changes together is looked at together.
    private static let settling = Duration.milliseconds(50)

    private let pace: Duration
    private let look: @Sendable () -> NetworkPlace

    package init(pace: Duration = .seconds(2), look: @escaping @Sendable () -> NetworkPlace = NetworkPlace.current) {
        self.pace = pace
        self.look = look
    }

    /// Runs until the task is cancelled.
    ///
    /// - Parameter report: One movement after the other.
    package func run(_ report: @Sendable (Movement) async -> Void) async {
        let signals = NetworkSignals()
        var keeper = PlaceKeeper(look())
        await withTaskGroup(of: Void.self) { group in
            let (looks, sink) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: pace)
                    sink.yield()
                }
            }
            if let signals {
                group.addTask {
                    for await _ in signals.stream {
                        try? await Task.sleep(for: Self.settling)
                        sink.yield()
                    }
                }
            }
            for await _ in looks {
                guard let movement = keeper.found(look(), disturbed: signals?.takeDisturbed() ?? []) else { continue }
                await report(movement)
            }
            group.cancelAll()
        }
    }
}
