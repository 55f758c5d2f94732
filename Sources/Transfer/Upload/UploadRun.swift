package import Logging

/// Serves one content over one accepted link, until the link ends or ``stop()`` is called.
package final class UploadRun<Link: PeerLink>: Sendable {
    private let link: Link
    private let source: any ContentSource

    /// - Parameter slots: bounds how many links are served at the same time; one for the whole node.
    package init(
        link: Link, source: any ContentSource, slots: UploadSlots, limits: UploadLimits = UploadLimits(),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.link = link
        self.source = source
    }

    /// Serves. Returns when the link is closed, within a second after ``stop()`` or cancellation.
    package func run() async -> UploadSummary {
        await link.close()
        return UploadSummary(bytes: 0, end: .stopped)
    }

    /// The content is withdrawn: no further byte of it is sent. Does not wait.
    package func stop() {}
}
