import DirectoryClient
import Logging
import NodeControl
import Synchronization
import Wire

/// Tells of questions that others ask, and of answers to one's own, each once a session.
final class AskWatch: Sendable {
    private struct State {
        /// Of the last pulse that was followed; nil before the first.
        var serial: Int64?
        var told: Set<Int64> = []
        /// One's own that were answered; nil before the first look.
        var answered: Set<Int64>?
    }

    private let client: DirectoryClient
    private let blocked: BlockList
    private let notices: Notices
    private let logger: Logger
    private let state = Mutex(State())

    init(client: DirectoryClient, blocked: BlockList, notices: Notices, logger: Logger) {
        self.client = client
        self.blocked = blocked
        self.notices = notices
        self.logger = logger
    }

    /// Looks, where the directory says that there is something new.
    ///
    /// - Returns: Whether there is, since the last look.
    func follow(_ serial: Int64) async -> Bool {
        let known = state.withLock { $0.serial }
        guard serial != known else { return false }
        do {
            let asks = blocked.allowed(try await client.asks())
            let own = try await client.asked()
            state.withLock { $0.serial = serial }
            tell(asks, own)
            return known != nil
        } catch {
            // The next pulse tries again.
            logger.info("Questions could not be asked for", metadata: ["reason": "\(error)"])
            return false
        }
    }

    private func tell(_ asks: [AskEntry], _ own: [AskEntry]) {
        let (new, news) = state.withLock { state in
            let new = asks.filter { !state.told.contains($0.id) }
            state.told = Set(asks.map(\.id))
            let answered = own.filter { $0.state != .open }
            // What was answered before this session was seen, or will be, where it is tried again.
            let news = state.answered.map { known in answered.filter { !known.contains($0.id) } } ?? []
            state.answered = Set(answered.map(\.id))
            return (new, news)
        }
        for ask in new { notices.tell(.asked(id: ask.id, name: ask.name.text, member: ask.member.text)) }
        for ask in news {
            notices.tell(
                .answered(name: ask.name.text, owner: ask.member.text, isGranted: ask.state == .granted))
        }
    }
}
