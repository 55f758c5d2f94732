import Content
import Library
import NodeControl
import Wire

/// What a name means where one's own publication wins.
extension MemberSession {
    /// What this member publishes from here, and only where there is no such thing what the others do.
    func resolve(_ text: String) async throws(NodeFailure) -> (FileName, ContentID) {
        var nearest: (reading: NameQuery, own: Finding)?
        for reading in NameQuery.readings(of: text) {
            let known: LocalFile?
            do {
                known = try await parts.record.file(named: reading.name)
            } catch {
                throw NodeFailure(ofState: error)
            }
            guard let file = known, let publication = file.publication else { continue }
            let own = Finding(
                publication: publication, owner: user, content: file.content, absentSince: nil)
            if !reading.select([own]).isEmpty { return (reading.name, file.content) }
            nearest = nearest ?? (reading, own)
        }
        do throws(NodeFailure) {
            let (name, content, _) = try await downloads.resolve(text)
            return (name, content)
        } catch {
            // The only one who has published it is this member, and not what was asked for.
            guard let nearest, case .noSuchChoice(_, _, choices: [], absent: []) = error else { throw error }
            throw NameResolution.noSuchChoice(nearest.reading, of: [nearest.own])
        }
    }
}
