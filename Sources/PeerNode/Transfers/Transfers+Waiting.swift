import Content
import Library
import NodeControl

/// Who asks again for what waits in the queue.
extension Transfers {
    /// What a transfer brings at the moment; nil where nothing comes.
    func content(of text: String) throws(NodeFailure) -> ContentID? { jobs[try find(text)]?.content }

    /// What a request means, and whether that is there. Where nobody who is online has it, and a transfer of that name is
    /// not finished, that is what goes on: by itself, or, where it was interrupted, for whoever asks, who waits as he did before.
    func understand(
        _ request: DownloadRequest, _ progress: @escaping Downloads.Report
    ) async throws(NodeFailure) -> (meant: Downloads.Meant, isThere: Bool) {
        do throws(NodeFailure) {
            return try await downloads.understand(request, progress: progress)
        } catch {
            guard case .notFound(_, let owners) = error, let record = unfinished(request) else { throw error }
            let isHalted = queue.items[record.number].map { $0.wish != .wanted } ?? false
            if isHalted, !owners.isEmpty, record.folder == AbsolutePath.of(request.directory) {
                return (Downloads.Meant(record), false)
            }
            throw await waiting(record, owners)
        }
    }

    private func unfinished(_ request: DownloadRequest) -> TransferRecord? {
        guard request.output == nil else { return nil }
        let open = known.values.filter { record in
            record.text == request.name && queue.items[record.number].map { $0.wish != .finished } ?? false
        }
        return open.min { $0.number < $1.number }
    }

    private func waiting(_ record: TransferRecord, _ owners: [AbsentOwner]) async -> NodeFailure {
        perform(queue.resume(record.number, at: now))
        await store(record.number)
        return .waitsInQueue(
            name: record.text, number: record.number, done: jobs[record.number]?.progress.done ?? record.verified,
            total: record.size ?? record.content.size, owners: owners)
    }
}

extension Downloads.Meant {
    /// What was meant when a transfer was begun.
    fileprivate init(_ record: TransferRecord) {
        self.init(
            name: record.name, content: record.content, origin: record.origin, path: record.path,
            target: DownloadTarget(folder: record.folder, name: record.target))
    }
}
