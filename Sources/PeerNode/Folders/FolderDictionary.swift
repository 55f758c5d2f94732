import Content
import Library
import Transfer
import Wire

/// Where the info dictionary of a folder comes from: from what this member publishes himself, or from those who have
/// the folder.
struct FolderDictionary: Sendable {
    let downloads: Downloads

    /// Throws ``MetadataFailure``, ``RecordFailure`` or `CancellationError`.
    func find(_ content: ContentID) async throws -> InfoDictionary {
        for file in try await downloads.record.files(holding: content) {
            if let known = try await downloads.record.folder(named: file.name) { return known.info }
        }
        return try await fetch(content)
    }

    private func fetch(_ content: ContentID) async throws -> InfoDictionary {
        var limits = MetadataLimits()
        limits.patience = downloads.limits.patience
        let run = MetadataRun<MemberLink>(InfoHash(content.root), limits: limits, logger: downloads.logger)
        let dialling = downloads.dialling(content, InfoHash(content.root).truncated)
        dialling.give { run.add($0) }
        guard let result = await run.run(askForSources: { await dialling.ask($0) }) else { throw CancellationError() }
        return try result.get()
    }
}
