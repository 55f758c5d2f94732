package import Content
package import Logging

/// Fetches one content over however many links come, until it is whole and verified in its store.
package final class DownloadRun<Link: PeerLink>: Sendable {
    private let links: AsyncStream<Link>

    /// - Parameters:
    ///   - content: Not the empty one.
    ///   - verified: Pieces that the store holds and has recorded.
    ///   - links: New links, whoever dialled them; the run closes all that it takes. It may end early.
    ///   - askForSources: Called when more links would help, every ``DownloadLimits/askInterval`` at most, and
    ///     not again before it has returned; new links come through `links`.
    ///   - progress: Called every ``DownloadLimits/progressInterval`` at most, and at the end.
    ///   - notice: Called as it happens. Neither callback may block.
    package init(
        content: ContentID, geometry: Geometry, verified: [PieceIndex], store: any BlockStore,
        links: AsyncStream<Link>, askForSources: @escaping @Sendable (SourceRequest) async -> Void,
        limits: DownloadLimits = DownloadLimits(), clock: any Clock<Duration> = ContinuousClock(), logger: Logger,
        progress: @escaping @Sendable (DownloadProgress) -> Void = { _ in },
        notice: @escaping @Sendable (DownloadNotice) -> Void = { _ in }
    ) {
        self.links = links
    }

    /// Fetches. Called once. When the task is cancelled this returns within a second, with all that is
    /// verified recorded.
    package func run() async throws(DownloadFailure) -> DownloadSummary {
        throw .sourcesLost([:])
    }
}
