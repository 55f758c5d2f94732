import Connectivity
import Content
import DirectoryClient
import Library
import NIOCore
import NodeControl
import Wire

/// Writes the torrent of a publication, for standard clients: its info-hash is among those that who serves the
/// content under that name answers to (``SharedContents``, ``Holdings``).
struct TorrentExport: Sendable {
    let session: MemberSession

    func run(_ text: String, to path: String) async throws(NodeFailure) -> ExportedTorrent {
        guard let target = AbsolutePath.of(path) else { throw .noSuchFile(path: path) }
        let (name, content, _) = try await session.resolve(text)
        guard content != .empty else { throw .nothingToFetch(name: name.text) }
        do {
            let torrent =
                try await content.kind == .file ? torrent(of: content, named: name) : torrent(ofFolder: content, name)
            guard let torrent else { throw NodeFailure.piecesUnknown(name: name.text) }
            let (tracker, url) = await tracker(of: content)
            let (info, bytes) = (torrent.info, torrent.encoded(announcingTo: url))
            // Whoever reads the address can announce as this member.
            try await session.parts.threads.files.run { _ in
                try NewFile.write(bytes, to: target, isPrivate: url != nil)
            }
            let isHeld =
                await content.kind == .file
                ? session.holdings.exported(content, as: name) : session.entries.isWhole(content)
            let isPublished = await session.sharing.isShared(content, as: name)
            return ExportedTorrent(
                name: name.text, path: target, size: content.size, infoHash: info.infoHash.description,
                tracker: tracker,
                ownPort: isHeld || isPublished ? session.parts.listener.port : nil, holders: await holders(of: content))
        } catch {
            throw NodeFailure(making: error, at: target)
        }
    }

    /// A directory that is away spoils no torrent, but who exports it hears of that.
    private func tracker(of content: ContentID) async -> (TorrentTracker, url: String?) {
        do throws(DirectoryClientFailure) {
            guard let path = try await session.parts.client.trackerPath(for: content) else { return (.none, nil) }
            return (.server, "udp://\(session.server)\(path)")
        } catch {
            return (error == .refused(.noSuchPublication) ? .notForEverybody : .unknown, nil)
        }
    }

    /// Nil where nothing here has the hashes of its pieces.
    private func torrent(of content: ContentID, named name: FileName) async throws -> Metainfo? {
        let info = try InfoDictionary.single(
            name: name.bytes, content: content, certificate: Array(session.parts.authority.certificatePEM.utf8))
        let layer = try await session.parts.record.layer(of: content)
        guard let known = layer ?? PieceLayer(ofSmall: content, pieceLength: info.pieceLength) else { return nil }
        return try Metainfo(info: info, layers: [known])
    }

    /// Of a folder there is the canonical torrent only: any other name would make another swarm.
    private func torrent(ofFolder content: ContentID, _ name: FileName) async throws -> Metainfo? {
        for file in try await session.parts.record.files(holding: content) {
            guard let folder = try await session.parts.record.folder(named: file.name) else { continue }
            return try torrent(of: folder)
        }
        for place in session.folders.whole(of: content) {
            if let folder = await session.folders.folder(at: place) { return try torrent(of: folder) }
        }
        return nil
    }

    private func torrent(of folder: HashedFolder) throws -> Metainfo {
        let layers = folder.info.files.indices.compactMap { folder.hashes.layer(ofFile: $0) }
        return try Metainfo(info: folder.info, layers: layers)
    }

    /// For who has to be told where to dial: none where the directory is away, which spoils no torrent.
    private func holders(of content: ContentID) async -> [HolderAddresses] {
        let holders = (try? await session.parts.client.holders(content)) ?? []
        return session.blocked.allowed(holders).map {
            HolderAddresses(member: $0.user.text, addresses: $0.endpoints.compactMap { HostPort($0)?.description })
        }
    }
}
