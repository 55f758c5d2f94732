import Content
import DirectoryClient
import Library
import NodeControl
import Wire

/// What a name means where one's own publication wins.
extension MemberSession {
    /// What this member publishes from here, and only where there is no such thing what the others do.
    ///
    /// - Parameter path: behind the name; what of it is left leads into a folder that is one content.
    func resolve(
        _ text: String, _ path: [String] = []
    ) async throws(NodeFailure) -> (name: FileName, content: ContentID, path: [String]) {
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
            if !reading.select([own]).isEmpty { return (reading.name, file.content, path) }
            nearest = nearest ?? (reading, own)
        }
        do throws(NodeFailure) {
            let resolved = try await downloads.resolve(text, path)
            return (resolved.name, resolved.content, resolved.path)
        } catch {
            // The only one who has published it is this member, and not what was asked for.
            guard let nearest, case .noSuchChoice(_, _, choices: [], absent: []) = error else { throw error }
            throw NameResolution.noSuchChoice(nearest.reading, of: [nearest.own])
        }
    }
}

extension MemberSession {
    /// The directory knows neither a member nor a group of that name. False where it does not say.
    func isUnknown(_ name: UserName) async -> Bool {
        do {
            try await parts.client.check(readers: [name])
        } catch .refused(.noSuchReader(_)) {
            return true
        } catch {}
        return false
    }
}
