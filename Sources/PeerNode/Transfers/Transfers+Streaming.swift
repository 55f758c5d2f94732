import Content
import NodeControl

/// Transfers of what somebody reads while it comes.
extension Transfers {
    /// Begins one at once, whatever is in the queue. It goes on by itself, and nobody waits for its end.
    ///
    /// - Returns: What is meant, and who brings it; nil where the very content stands there.
    func beginReading(
        _ request: DownloadRequest
    ) async throws(NodeFailure) -> (meant: Downloads.Meant, job: TransferJob?) {
        let (meant, isThere) = try await downloads.understand(request) { _ in }
        guard !isThere else { return (meant, nil) }
        guard let job = try await take(meant, atOnce: true, isAwaited: false).job else { throw .cancelled }
        return (meant, job)
    }

    /// Who goes on with a transfer when a job of it is over; nil where nobody does.
    func next(after job: TransferJob) async -> TransferJob? {
        await waitForEnd(of: job)
        return jobs[job.number]
    }
}
