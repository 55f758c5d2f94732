import Content
import DirectoryClient
import Wire

extension Downloads {
    /// Who may bring what a job fetches; nil where the directory does not say.
    func prospect(of job: TransferJob) async -> Prospect? {
        do {
            let holders = blocked.allowed(try await client.holders(job.content)).map(\.user)
            return Prospect(
                of: job.content, blocked.allowed(try await publications(of: job)), holders: holders,
                but: job.banned.union([user]))
        } catch {
            return nil
        }
    }

    /// What is published under its name, and in its place in folders of that name that are shared.
    private func publications(of job: TransferJob) async throws(DirectoryClientFailure) -> [Finding] {
        var found = try await client.lookup(job.name)
        let path = job.path.compactMap { try? FileName($0) }
        guard job.content.kind == .file, !path.isEmpty, path.count == job.path.count else { return found }
        for folder in found.filter(\.isParent).prefix(SharedNames.mostFolders) {
            if let below = try await client.descend(from: folder.publication, path) { found.append(below) }
        }
        return found
    }
}
