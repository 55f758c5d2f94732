import Content
import Library
import NodeControl
import Wire

/// Publishes a file or a folder that is here, once it proves to be what a torrent made elsewhere describes.
///
/// Of a hybrid the v2 half counts: its roots are the identities that we publish.
struct TorrentImport: Sendable {
    typealias Report = @Sendable (NodeProgress) -> Void

    let session: MemberSession

    func run(
        _ path: String, content place: String?, progress: @escaping Report
    ) async throws(NodeFailure) -> Sharing.Draft {
        guard let torrentPath = AbsolutePath.of(path) else { throw .noSuchFile(path: path) }
        let torrent = try await read(torrentPath)
        let contentPath = try await locate(place, torrentPath, torrent)
        let described = Described(torrent: torrent, path: torrentPath)
        var draft =
            try await torrent.isFolder
            ? folder(at: contentPath, described, progress) : file(at: contentPath, described, progress)
        draft.replaced = try await session.sharing.publish(draft.file, draft.hashed)
        return draft
    }

    /// A torrent, and where it is.
    struct Described: Sendable {
        let torrent: Metainfo
        let path: String

        /// Nil where the torrent has none, which it refuses when it is read.
        func layer(of file: FileTreeEntry) -> PieceLayer? {
            torrent.layers[file.content]
                ?? PieceLayer(ofSmall: file.content, pieceLength: torrent.info.pieceLength)
        }

        func differs(_ path: String, _ difference: ContentDifference, others: Int = 0) -> NodeFailure {
            .contentDiffers(path: path, torrent: self.path, difference: difference, others: others)
        }
    }

    private func read(_ path: String) async throws(NodeFailure) -> Metainfo {
        let limit = Metainfo.maximumByteCount
        do {
            return try await session.parts.threads.files.run { _ -> Metainfo in
                guard try FileStamp(path: path).size <= Int64(limit) else { throw MetainfoError.tooLarge }
                guard let bytes = try StateFile.read(path) else { throw FileFailure(.missing, path: path) }
                return try Metainfo(decoding: bytes)
            }
        } catch let error as MetainfoError {
            throw .torrentUnusable(path: path, fault: TorrentFault(error))
        } catch {
            throw NodeFailure(reading: error)
        }
    }

    /// Where the content is: at the place itself, or under the torrent's name in it.
    private func locate(
        _ place: String?, _ torrentPath: String, _ torrent: Metainfo
    ) async throws(NodeFailure) -> String {
        let bytes = torrent.info.name
        let name = FileTreeEntry.isSafe(bytes) ? String(decoding: bytes, as: UTF8.self) : nil
        guard let place else {
            guard let name else {
                throw .torrentUnusable(path: torrentPath, fault: .malformed("its name is none that a folder can have"))
            }
            return AbsolutePath.of(name, below: torrentPath.pathParts.dropLast().joined(separator: "/"))
        }
        guard let path = AbsolutePath.of(place) else { throw .noSuchFile(path: place) }
        guard let name else { return path }
        let inner = AbsolutePath.of(name, below: path)
        // A folder may be the content itself, under another name than the torrent's, and have a folder of that name in it.
        let isInIt = torrent.isFolder && torrent.info.files.contains { $0.path.first == bytes }
        do {
            return try await session.parts.threads.files.run { _ in
                let isInner = torrent.isFolder ? !isInIt && Folders.exists(inner) : Folders.exists(path)
                return isInner ? inner : path
            }
        } catch {
            throw NodeFailure(reading: error)
        }
    }

    private func file(
        at path: String, _ described: Described, _ progress: @escaping Report
    ) async throws(NodeFailure) -> Sharing.Draft {
        guard let entry = described.torrent.info.files.first, let layer = described.layer(of: entry) else {
            throw .torrentUnusable(path: described.path, fault: .malformed("piece length"))
        }
        let draft = try await session.sharing.read(path: path, progress: progress)
        guard draft.folder == nil else { throw described.differs(draft.file.path, .isFolder) }
        guard draft.file.content == entry.content else {
            let (path, name) = (draft.file.path, draft.file.name.text)
            throw described.differs(path, try await difference(path, draft.file.content, layer, name, progress))
        }
        return draft
    }

    /// The file was hashed by our own pieces; where that gave another root, the torrent's pieces say from where on.
    ///
    /// - Parameter name: For who waits for it.
    func difference(
        _ path: String, _ found: ContentID, _ described: PieceLayer, _ name: String, _ progress: @escaping Report
    ) async throws(NodeFailure) -> ContentDifference {
        guard found.size == described.content.size else {
            return .size(expected: described.content.size, found: found.size)
        }
        let layer: PieceLayer
        do {
            let pace = ProgressPace()
            let hasher = session.parts.threads.hasher
            layer = try await hasher.hash(path, pieceLength: described.geometry.pieceLength) { done, total in
                if let reading = NodeProgress(reading: name, done, total, pace) { progress(reading) }
            }.layer
        } catch {
            throw NodeFailure(reading: error)
        }
        let geometry = described.geometry
        guard layer.geometry == geometry, let piece = geometry.pieces.first(where: { layer[$0] != described[$0] })
        else { throw .changedWhileReading(path: path) }
        return .piece(
            number: piece.value, count: geometry.pieceCount, offset: geometry.offset(of: piece),
            length: geometry.length(of: piece))
    }
}

extension Metainfo {
    /// A tree with one file, which has the torrent's name, is that file (BEP 52); any other is a folder.
    fileprivate var isFolder: Bool { info.files.count != 1 || info.files[0].path != [info.name] }
}

extension TorrentFault {
    init(_ error: MetainfoError) {
        self =
            switch error {
            case .tooLarge: .tooLarge(limit: Metainfo.maximumByteCount)
            case .unsupportedVersion(1): .onlyVersionOne
            case .unsupportedVersion(let version): .malformed("it is of BitTorrent version \(version)")
            case .bencode(.tooMany): .malformed("there is more in it than any torrent needs")
            case .bencode: .malformed("it is not bencoded, or not in the one form that counts")
            case .malformed(let key): .malformed("\"\(key)\" is missing or makes no sense")
            case .unsafePath:
                .malformed(
                    "a name in it is none that a file can have: empty, \"..\", no UTF-8, with a slash in it, or too long"
                )
            case .conflictingPaths: .malformed("two of its files have one path")
            case .pieceLayer: .malformed("the hashes of its pieces do not make the root of their file")
            case .missingPieceLayer: .malformed("the hashes of its pieces are missing")
            }
    }
}
