import Content
import DirectoryClient
import NodeControl
import Transfer
import Wire

/// Why nobody gives any more of what was to be fetched. Links end without a word, whatever the reason: the directory knows
/// who has what by now.
extension Downloads {
    /// How each source ended; who of them is away, who shares it no longer, and who has something else in its place.
    ///
    /// - Parameters:
    ///   - ends: How the last link of each member ended, as far as that is known.
    ///   - partial: Where what has come is kept.
    func lost(
        _ job: TransferJob, _ ends: [UserName: LinkEnd] = [:], partial: String, done: Int64, total: Int64
    ) async -> NodeFailure {
        var missed = Set(ends.keys).union(job.missed)
        let replacer = await replacer(of: job)
        // That is why, and no way to them has to be looked for.
        if let replacer { missed.remove(replacer) }
        let withdrawn = await withdrawn(job, among: missed.union(job.owner.map { [$0] } ?? []), but: replacer)
        missed.subtract(withdrawn)
        var reasons = replacer.map { ["\($0) has something else under this name by now"] } ?? []
        reasons += withdrawn.map(Self.withdrawal(by:))
        reasons += ends.filter { missed.contains($0.key) }.sorted { $0.key < $1.key }
            .map { "\($0.key): \($0.value.sentence)" }
        let gone = ((replacer.map { [$0] } ?? []) + withdrawn).map(\.text)
        return await telling(
            .sourcesLost(
                name: job.text, partial: partial, done: done, total: total, reasons: reasons,
                missed: missed.map(\.text).sorted(), withdrawn: gone.isEmpty ? nil : gone))
    }

    static func withdrawal(by member: UserName) -> String { "\(member) no longer shares it" }

    /// Those of the members, by name, who are online and neither have it any more, as the directory says, nor have only paused it:
    /// they withdrew or deleted it, or are not to give it to this member any more.
    ///
    /// - Parameter replacer: Of whom that is known already.
    func withdrawn(
        _ job: TransferJob, among members: Set<UserName>, but replacer: UserName? = nil
    ) async -> [UserName] {
        guard !members.isEmpty, let online = await online() else { return [] }
        let suspects = members.filter { online.contains($0.text) && $0 != replacer && $0 != user }
        guard !suspects.isEmpty, let holders = try? await client.holders(job.content),
            let published = try? await publications(of: job, but: [])
        else { return [] }
        let have = holders.map(\.user) + published.filter { $0.content == job.content }.map(\.owner)
        let gone = suspects.subtracting(have)
        // Who has left meanwhile has nothing any more either, and has withdrawn nothing.
        guard !gone.isEmpty, let still = await self.online(since: now) else { return [] }
        return gone.filter { still.contains($0.text) }.sorted()
    }

    /// Who publishes another content now in the place of what the job fetches: a publication that is replaced keeps its id.
    private func replacer(of job: TransferJob) async -> UserName? {
        let findings = (try? await client.lookup(job.name)) ?? []
        guard let now = findings.first(where: { $0.publication == job.origin }), let content = now.content,
            content != job.content
        else { return nil }
        return now.owner
    }
}
