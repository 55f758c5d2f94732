import Content
import Library
import NodeControl
import Wire

/// Who asks again for what waits in the queue.
extension Transfers {
    /// What a transfer brings at the moment; nil where nothing comes.
    func content(of text: String) throws(NodeFailure) -> ContentID? { jobs[try find(text)]?.content }

    /// What a request means, and whether that is there. Where nobody who is online has it, and a transfer of it is
    /// not finished, that is what goes on: by itself, or, where it was interrupted or nothing stays, for whoever asks, who waits as he did before.
    func understand(
        _ request: DownloadRequest, _ progress: @escaping Downloads.Report
    ) async throws(NodeFailure) -> (meant: Downloads.Meant, isThere: Bool) {
        do throws(NodeFailure) {
            return try await downloads.understand(request, progress: progress)
        } catch {
            guard case .notFound(_, let owners) = error, let record = await unfinished(request) else { throw error }
            let goesOn = queue.items[record.number]?.wish == .wanted && request.waits != true
            guard goesOn || owners.isEmpty else { return (Downloads.Meant(record), false) }
            throw await waiting(record, owners.isEmpty ? try await downloads.owner(of: record) : owners)
        }
    }

    /// The transfer that a request goes on with: of the very content that those have published who are away, for the same place.
    /// Where they have something else by now, or which of several is not said, that of the same name.
    ///
    /// What was interrupted in another folder stays so; whoever asks is told of one that goes on there.
    private func unfinished(_ request: DownloadRequest) async -> TransferRecord? {
        guard known.values.contains(where: { isOpen($0) }) else { return nil }
        if let meant = try? await downloads.understand(request, waits: true, progress: { _ in }).meant {
            let wanted = TransferRecord(meant)
            let same = known.values.filter {
                isOpen($0) && $0.sharesPartial(with: wanted) && $0.target == wanted.target
            }
            if let last = same.max(by: { $0.number < $1.number }) { return last }
        }
        guard request.output == nil, let here = AbsolutePath.of(request.directory) else { return nil }
        let (name, path) = NameQuery.splitPath(request.name)
        let place = DownloadTarget(folder: here, name: path.last ?? name)
        let text = ([name] + path).joined(separator: "/")
        let named = known.values.filter { isOpen($0) && $0.text == text }.sorted { $0.number < $1.number }
        return named.last { $0.destination == place }
            ?? named.first { queue.items[$0.number]?.wish == .wanted }
    }

    /// A file that was begun of a folder that others share, for the place of that request; nil for none that may go on: then
    /// also what is said of all of them, where their owners are here and share them no longer.
    ///
    /// - Parameter waited: were waited for.
    func begun(
        below request: DownloadRequest, but waited: Set<DownloadRequest>
    ) async -> (file: DownloadRequest?, loss: NodeFailure?) {
        let files = known.values.filter {
            $0.isBelow(request) && [.wanted, .paused].contains(queue.items[$0.number]?.wish)
        }
        var withdrawn: [TransferRecord] = []
        var owners: Set<UserName> = []
        for record in files.sorted(by: { $0.number < $1.number }) {
            let file = DownloadRequest(
                name: record.text, output: record.destination.path, directory: record.folder, waits: request.waits,
                isContinued: request.isContinued)
            guard !waited.contains(file) else { continue }
            guard let prospect = try? await downloads.prospect(of: TransferJob(record)), prospect.isOver else {
                return (file, nil)
            }
            withdrawn.append(record)
            owners.formUnion(prospect.withdrawn)
        }
        guard let first = withdrawn.first, let way = AskedName(request.name).way(to: first) else { return (nil, nil) }
        let loss = NodeFailure.sourcesLost(
            name: request.name,
            partial: "/" + first.folder.pathParts.dropLast(way.path.count - 1).joined(separator: "/"),
            done: withdrawn.map(\.verified).saturatingSum, total: withdrawn.map { $0.size ?? 0 }.saturatingSum,
            reasons: owners.sorted().map(Downloads.withdrawal(by:)), missed: [],
            withdrawn: owners.sorted().map(\.text))
        return (nil, loss)
    }

    /// - Returns: When it is there, or when waiting for it was in vain: then why.
    func wait(
        for file: DownloadRequest, _ progress: @escaping Downloads.Report
    ) async throws(NodeFailure) -> NodeFailure? {
        do throws(NodeFailure) {
            _ = try await download(file, progress: progress)
            return nil
        } catch {
            switch error {
            case .sourcesLost: return error
            default: throw error
            }
        }
    }

    private func isOpen(_ record: TransferRecord) -> Bool {
        switch queue.items[record.number]?.wish {
        case .wanted, .paused, .failed: true
        case .finished, .cancelled, nil: false
        }
    }

    private func waiting(_ record: TransferRecord, _ owners: [AbsentOwner]) async -> NodeFailure {
        perform(queue.resume(record.number, at: now))
        await store(record.number)
        return .waitsInQueue(
            name: record.text, number: record.number, done: jobs[record.number]?.progress.done ?? record.verified,
            total: record.size ?? record.content.size, owners: owners)
    }
}

extension TransferRecord {
    fileprivate var destination: DownloadTarget { DownloadTarget(folder: folder, name: target) }
}

extension Downloads.Meant {
    /// What was meant when a transfer was begun.
    fileprivate init(_ record: TransferRecord) {
        self.init(
            name: record.name, content: record.content, origin: record.origin, path: record.path,
            target: record.destination, owner: record.owner)
    }
}
