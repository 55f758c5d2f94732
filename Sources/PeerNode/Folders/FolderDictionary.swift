import Content
import Library
import NodeControl
import Transfer
import Wire

/// Where the info dictionary of a folder comes from: from what this member publishes or holds himself, from an earlier run
/// of the same download, or from those who have the folder.
struct FolderDictionary: Sendable {
    let downloads: Downloads

    /// What of a folder is meant by a path in it, and its dictionary. Throws ``NodeFailure``, ``RecordFailure`` or
    /// `CancellationError`.
    ///
    /// - Parameter job: What waits for whoever may come; without one this fails when nobody gives the dictionary.
    func part(
        of content: ContentID, at path: [String], named name: FileName, for job: TransferJob? = nil
    ) async throws -> (info: InfoDictionary, part: FolderPart) {
        let dialling = downloads.dialling(content, InfoHash(content.root).truncated)
        let info: InfoDictionary
        do {
            info = try await find(content, dialling, job)
        } catch let failure as MetadataFailure {
            switch failure {
            case .malformed: throw NodeFailure.folderUnusable(name: name.text)
            case .noSources:
                throw await downloads.telling(
                    .sourcesLost(
                        name: name.text, partial: "", done: 0, total: content.size, reasons: [],
                        missed: dialling.missed.map(\.text)))
            }
        }
        // Nobody of ours publishes such names, which stand for what is not whole yet.
        let isHidden = info.files.contains { $0.path.contains(where: HiddenNames.contains) }
        guard !isHidden, let layout = ContentLayout(info), layout.id == content else {
            throw NodeFailure.folderUnusable(name: name.text)
        }
        guard let part = FolderPart(of: layout, at: path.map { Array($0.utf8) }) else {
            throw NodeFailure.notInFolder(name: name.text, path: path.joined(separator: "/"))
        }
        return (info, part)
    }

    private func find(
        _ content: ContentID, _ dialling: SourceDialling, _ job: TransferJob?
    ) async throws -> InfoDictionary {
        for file in try await downloads.record.files(holding: content) {
            if let known = try await downloads.record.folder(named: file.name) { return known.info }
        }
        for place in downloads.folders.whole(of: content) {
            if let known = await downloads.folders.folder(at: place) { return known.info }
        }
        if let kept = try await downloads.record.dictionary(of: content) { return kept }
        let fetched = try await fetch(content, dialling, job)
        // Who goes on with a part of the folder need not ask for it again.
        try? await downloads.record.keep(fetched, of: content)
        return fetched
    }

    private func fetch(
        _ content: ContentID, _ dialling: SourceDialling, _ job: TransferJob?
    ) async throws -> InfoDictionary {
        var limits = MetadataLimits()
        limits.patience = downloads.limits.patience
        limits.isPatient = job != nil
        let run = MetadataRun(
            InfoHash(content.root), limits: limits, ticket: { dialling.shownTicket }, logger: downloads.logger)
        job?.search(by: run, from: dialling)
        dialling.give { run.add($0) }
        guard let result = await run.run(askForSources: { await dialling.ask($0) }) else { throw CancellationError() }
        return try result.get()
    }
}
