import Hummingbird
import NodeControl

extension Routes {
    func interchange(_ api: RouterGroup<Context>) {
        api.post("torrents") { request, _ in
            var request = request
            let torrent = try await body(TorrentBody.self, &request)
            _ = try LocalPath.checked(torrent.path)
            return try await answer { try await node.exportTorrent(name: torrent.name, to: torrent.path) }
        }
        api.post("imports") { request, _ in
            var request = request
            let torrent = try await body(ImportBody.self, &request)
            _ = try LocalPath.checked(torrent.path)
            _ = try torrent.content.map(LocalPath.checked)
            return lines(request) { progress throws(NodeFailure) in
                try await node.importTorrent(path: torrent.path, content: torrent.content, progress: progress)
            }
        }
        api.post("identities") { request, _ in
            var request = request
            let identity = try await body(IdentityBody.self, &request)
            _ = try LocalPath.checked(identity.folder)
            guard ExportedIdentity.dayRange.contains(identity.days) else {
                throw HTTPError(.badRequest, message: "days are out of their range")
            }
            return try await answer { try await node.exportIdentity(to: identity.folder, days: identity.days) }
        }
    }
}
