import Content
import DirectoryClient
import Logging
import Synchronization
import Wire

/// The ticket for one content that is being fetched: asked for when a holder demands one, and renewed before it ends.
final class ContentTicket: Sendable {
    private struct State {
        var sealed: [UInt8]?
        var obtained: ContinuousClock.Instant?
        /// Shows a ticket to those who are linked.
        var show: (@Sendable ([UInt8]) -> Void)?
    }

    /// A new one is asked for so long after the last, without need.
    private static let renewAfter = Duration.milliseconds(Ticket.lifetime / 4)
    /// And so soon where sources are missing: theirs may be void.
    private static let patience = Duration.seconds(3)

    private let content: ContentID
    private let client: DirectoryClient
    private let logger: Logger
    private let state = Mutex(State())

    init(_ content: ContentID, client: DirectoryClient, logger: Logger) {
        self.content = content
        self.client = client
        self.logger = logger
    }

    var sealed: [UInt8]? { state.withLock { $0.sealed } }

    /// Whoever is linked is shown tickets by this from now on.
    func give(_ show: @escaping @Sendable ([UInt8]) -> Void) {
        let sealed = state.withLock { state in
            state.show = show
            return state.sealed
        }
        if let sealed { show(sealed) }
    }

    /// Sees to it that there is one, where that is possible.
    func obtain() async {
        let isFresh = state.withLock { $0.obtained.map { $0 + Self.patience > .now } ?? false }
        guard !isFresh else { return }
        do {
            let sealed = try await client.ticket(for: content)
            let show = state.withLock { state in
                state.sealed = sealed
                state.obtained = .now
                return state.show
            }
            show?(sealed)
        } catch {
            logger.info("No ticket", metadata: ["content": "\(content.root.short)", "reason": "\(error)"])
        }
    }

    /// Renews what there is as long as the work takes.
    func whileFresh<Value: Sendable>(_ work: @escaping @Sendable () async -> Value) async -> Value {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    do { try await Task.sleep(for: Self.renewAfter) } catch { return }
                    if self.sealed != nil { await self.obtain() }
                }
            }
            defer { group.cancelAll() }
            return await work()
        }
    }
}
