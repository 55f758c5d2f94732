import Content
import DirectoryClient
import Library
import NodeControl
import Wire

extension Downloads {
    /// Folders of absent members that are looked into, one after another: where there are more, nobody knows.
    private static let mostAbsentFolders = 256

    /// Who may bring what a job fetches; nil where the directory does not say.
    func prospect(of job: TransferJob) async -> Prospect? {
        let others = job.banned.union([user])
        do {
            let holders = blocked.allowed(try await client.holders(job.content)).map(\.user)
            guard let publications = try await publications(of: job, but: others) else { return nil }
            var prospect = Prospect(of: job.content, publications, holders: holders, but: others)
            if prospect.here.isEmpty, prospect.away.isEmpty {
                prospect.withdrawn = await withdrawn(job, among: Set(job.missed + (job.owner.map { [$0] } ?? [])))
            }
            return prospect
        } catch {
            return nil
        }
    }

    /// Who published what nobody does any more, and whether he is here all the same; nobody where that is not known.
    func owner(of record: TransferRecord) async -> [AbsentOwner] {
        guard let owner = record.owner else { return [] }
        let isOnline = await online(since: now)?.contains(owner.text) == true
        return [AbsentOwner(name: owner.text, since: nil, isOnline: isOnline)]
    }

    /// What is published under its name, and in its place in folders of that name that are shared; nil where those are too
    /// many. Whoever is here and has it is among the holders, so only into folders of the absent it is looked, up to the first
    /// that has it.
    func publications(
        of job: TransferJob, but others: Set<UserName>
    ) async throws(DirectoryClientFailure) -> [Finding]? {
        let found = blocked.allowed(try await client.lookup(job.name))
        let path = job.path.compactMap { try? FileName($0) }
        guard job.content.kind == .file, !path.isEmpty, path.count == job.path.count else { return found }
        let folders = found.filter { $0.isParent && $0.absentSince != nil && !others.contains($0.owner) }
        for folder in folders.prefix(Self.mostAbsentFolders) {
            guard let below = try await client.descend(from: folder.publication, path) else { continue }
            if below.content == job.content { return found + [below] }
        }
        return folders.count > Self.mostAbsentFolders ? nil : found
    }
}
