package import NodeControl
import Wire

/// Torrent files and identities: what other programs take part with.
extension Node {
    package func exportTorrent(name: String, to path: String) async throws(NodeFailure) -> ExportedTorrent {
        try await TorrentExport(session: member()).run(name, to: path)
    }

    package func importTorrent(
        path: String, content: String?, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Publishing {
        try await TorrentImport(session: member()).run(path, content: content, progress: progress).publishing
    }

    package func exportIdentity(to folder: String, days: Int) async throws(NodeFailure) -> ExportedIdentity {
        precondition(ExportedIdentity.dayRange.contains(days), "faces know the bounds")
        return try await IdentityExport(session: member()).run(to: folder, days: days)
    }
}
