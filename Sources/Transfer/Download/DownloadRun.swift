package import Content
package import Logging
import Wire

/// Fetches one content over however many links come, until it is whole and verified in its store.
///
/// The shell of ``Download``: ``DownloadLoop`` owns the state, and around it there are two tasks a link, one
/// that reads and one that writes, and one for each ``StoreJob``.
package final class DownloadRun<Link: PeerLink>: Sendable {
    typealias Event = DownloadLoop<Link>.Event

    private let content: ContentID
    private let geometry: Geometry
    private let verified: [PieceIndex]
    private let layer: PieceLayer?
    private let links: AsyncStream<Link>
    private let limits: DownloadLimits
    private let clock: any Clock<Duration>
    private let surroundings: DownloadSurroundings
    private let mailbox = Mailbox<Event>()

    /// - Parameters:
    ///   - content: Not the empty one.
    ///   - verified: Pieces that the store holds and has recorded.
    ///   - layer: The piece layer, where it is known from an earlier run.
    ///   - links: New links, whoever dialled them; the run closes all that it takes. It may end early.
    ///   - askForSources: Called at the start and whenever more links would help, every
    ///     ``DownloadLimits/askInterval`` at most, and not again before it has returned; new links come through
    ///     `links`. Cancelled when the run ends, and is to return soon then.
    ///   - progress: Called every ``DownloadLimits/progressInterval`` at most, and at the end.
    ///   - notice: Called as it happens. Neither callback may block.
    package init(
        content: ContentID, geometry: Geometry, verified: [PieceIndex], layer: PieceLayer? = nil,
        store: any BlockStore, links: AsyncStream<Link>,
        askForSources: @escaping @Sendable (SourceRequest) async -> Void,
        limits: DownloadLimits = DownloadLimits(), clock: any Clock<Duration> = ContinuousClock(), logger: Logger,
        progress: @escaping @Sendable (DownloadProgress) -> Void = { _ in },
        notice: @escaping @Sendable (DownloadNotice) -> Void = { _ in }
    ) {
        self.content = content
        self.geometry = geometry
        self.verified = verified
        self.layer = layer
        self.links = links
        self.limits = limits
        self.clock = clock
        var logger = logger
        logger[metadataKey: "content"] = "\(content.root.short)"
        surroundings = DownloadSurroundings(
            store: store, askForSources: askForSources, progress: progress, notice: notice, logger: logger)
    }

    /// Fetches. Called once. When the task is cancelled this returns within a second, with all that is
    /// verified recorded; a store that hangs can delay it.
    package func run() async throws(DownloadFailure) -> DownloadSummary {
        // Cancellation is an event to the work, which must record what is verified before it ends: inherited by
        // the work's tasks, it would fail the very writes that are to be recorded.
        let work = Task { await self.work() }  // unstructured: shields the last writes from cancellation
        let result = await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            mailbox.post(.cancel)
        }
        return try result.get()
    }

    @concurrent
    private func work() async -> Result<DownloadSummary, DownloadFailure> {
        let download = Download(
            layout: ContentLayout(content, geometry: geometry), verified: verified,
            hashes: layer.map { PieceHashes($0) },
            limits: limits, seed: .random(in: 0...UInt64.max))
        var loop = DownloadLoop<Link>(
            download, mailbox: mailbox, budget: ByteBudget(limit: limits.memoryBudget),
            watch: Stopwatch(clock), surroundings: surroundings)
        let result = await withDiscardingTaskGroup { group in
            group.addTask { await self.acceptLinks() }
            group.addTask { await self.tick() }
            let result = await loop.run(in: &group)
            group.cancelAll()
            return result
        }
        // Links that came while the run ended.
        mailbox.close()
        for case .link(let link) in await mailbox.take() { await link.close() }
        return result
    }

    private func acceptLinks() async {
        for await link in links { mailbox.post(.link(link)) }
        mailbox.post(.download(.noMoreLinks))
    }

    private func tick() async {
        while true {
            do { try await clock.sleep(for: limits.progressInterval) } catch { return }
            mailbox.post(.tick)
        }
    }
}

/// What a download's shell acts upon beside its links.
struct DownloadSurroundings: Sendable {
    let store: any BlockStore
    let askForSources: @Sendable (SourceRequest) async -> Void
    let progress: @Sendable (DownloadProgress) -> Void
    let notice: @Sendable (DownloadNotice) -> Void
    let logger: Logger
}
