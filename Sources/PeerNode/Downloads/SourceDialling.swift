import Connectivity
import Content
import DirectoryClient
import Logging
import Synchronization
import Transfer
import Wire

/// Finds holders of one content and dials them, whenever its download would like more links.
final class SourceDialling: Sendable {
    private struct State {
        /// Not to be dialled again before: after failures, with growing patience.
        var notBefore: [UserName: ContinuousClock.Instant] = [:]
        var failures: [UserName: Int] = [:]
    }

    private static let atOnce = 8
    private static let linksWanted = 32

    private let content: ContentID
    private let infoHash: TruncatedInfoHash
    private let client: DirectoryClient
    private let dialer: LinkDialer
    private let peerID: PeerID
    private let logger: Logger
    private let state = Mutex(State())
    private let found: AsyncStream<MemberLink>.Continuation
    /// For the download.
    let links: AsyncStream<MemberLink>

    init(
        content: ContentID, infoHash: TruncatedInfoHash, client: DirectoryClient, dialer: LinkDialer, peerID: PeerID,
        logger: Logger
    ) {
        self.content = content
        self.infoHash = infoHash
        self.client = client
        self.dialer = dialer
        self.peerID = peerID
        self.logger = logger
        (links, found) = AsyncStream.makeStream()
    }

    /// Asks the directory and dials who is not linked, not banned, and did not just fail. Returns when all
    /// those dials have ended; each link goes to the download as soon as it is there.
    func ask(_ request: SourceRequest) async {
        let holders: [Holder]
        do {
            holders = try await client.holders(content)
        } catch {
            return logger.debug("Holders could not be asked for", metadata: ["reason": "\(error)"])
        }
        let now = ContinuousClock.now
        let notBefore = state.withLock { $0.notBefore }
        let wanted = holders.filter { holder in
            !request.linked.contains(holder.user) && !request.banned.contains(holder.user)
                && (notBefore[holder.user].map { $0 <= now } ?? true)
        }
        let places = max(0, Self.linksWanted - request.linked.count)
        await withTaskGroup(of: Void.self) { group in
            for (number, holder) in wanted.shuffled().prefix(places).enumerated() {
                if number >= Self.atOnce { await group.next() }
                group.addTask { await self.dial(holder) }
            }
        }
    }

    private func dial(_ holder: Holder) async {
        do throws(DialFailure) {
            let link = try await dialer.dial(
                holder.user, at: holder.endpoints, greeting: PeerHandshake(infoHash: infoHash, peerID: peerID))
            state.withLock { $0.failures[holder.user] = nil }
            if case .enqueued = found.yield(MemberLink(link: link)) { return }
            await link.close()
        } catch {
            guard !Task.isCancelled else { return }
            logger.debug("No link to a holder", metadata: ["member": "\(holder.user)", "reason": "\(error.attempts)"])
            state.withLock { state in
                let failures = state.failures[holder.user, default: 0] + 1
                state.failures[holder.user] = failures
                state.notBefore[holder.user] = .now + .seconds(min(60, 1 << min(failures, 6)))
            }
        }
    }

    /// No further links come; those that nobody took are closed.
    func end() async {
        found.finish()
        for await link in links { await link.close() }
    }
}
