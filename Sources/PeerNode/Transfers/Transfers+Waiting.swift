import Content
import Library
import NodeControl

/// Who asks again for what waits in the queue.
extension Transfers {
    /// What a transfer brings at the moment; nil where nothing comes.
    func content(of text: String) throws(NodeFailure) -> ContentID? { jobs[try find(text)]?.content }

    /// What a request means, and whether that is there. Where nobody who is online has it, and a transfer of that name is
    /// not finished, that is what goes on.
    func understand(
        _ request: DownloadRequest, _ progress: @escaping Downloads.Report
    ) async throws(NodeFailure) -> (meant: Downloads.Meant, isThere: Bool) {
        do throws(NodeFailure) {
            return try await downloads.understand(request, progress: progress)
        } catch {
            guard case .notFound(_, let owners) = error, let waiting = await waiting(for: request, owners) else {
                throw error
            }
            throw waiting
        }
    }

    private func waiting(for request: DownloadRequest, _ owners: [AbsentOwner]) async -> NodeFailure? {
        let open = known.values.filter { record in
            record.text == request.name && queue.items[record.number].map { $0.wish != .finished } ?? false
        }
        guard request.output == nil, let record = open.min(by: { $0.number < $1.number }) else { return nil }
        perform(queue.resume(record.number, at: now))
        await store(record.number)
        return .waitsInQueue(
            name: record.text, number: record.number, done: jobs[record.number]?.progress.done ?? record.verified,
            total: record.size ?? record.content.size, owners: owners)
    }
}
