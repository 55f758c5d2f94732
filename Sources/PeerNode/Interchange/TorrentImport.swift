import Content
import Library
import NodeControl
import Wire

/// Publishes a file that is here, once it proves to be what a torrent made elsewhere describes.
///
/// Of a hybrid the v2 half counts: its roots are the identities that we publish.
struct TorrentImport: Sendable {
    let session: MemberSession

    func run(
        _ path: String, content place: String?, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> (name: FileName, content: ContentID) {
        guard let torrentPath = AbsolutePath.of(path) else { throw .noSuchFile(path: path) }
        let torrent = try await read(torrentPath)
        let described = try single(torrent, torrentPath)
        let contentPath = try await locate(place, torrentPath, String(decoding: torrent.info.name, as: UTF8.self))
        let draft = try await session.sharing.read(path: contentPath, progress: progress)
        let file = draft.file
        guard file.content == described.content else {
            let difference = try await difference(file, described, progress)
            throw .contentDiffers(path: file.path, torrent: torrentPath, difference: difference)
        }
        try await session.sharing.publish(file, draft.hashed)
        return (file.name, file.content)
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

    /// The layer of the one file of a torrent (BEP 52: a tree with one entry, which has the torrent's name).
    private func single(_ torrent: Metainfo, _ path: String) throws(NodeFailure) -> PieceLayer {
        let files = torrent.info.files
        guard files.count == 1, files[0].path == [torrent.info.name] else {
            throw .torrentUnusable(path: path, fault: .severalFiles(count: files.count))
        }
        let empty = PieceLayer(ofSmall: .empty, pieceLength: torrent.info.pieceLength)
        guard let layer = torrent.layers[files[0].content] ?? empty else {
            throw .torrentUnusable(path: path, fault: .malformed("piece length"))
        }
        return layer
    }

    /// Where the content is: a file, or in a folder under the torrent's name, which is a safe one here.
    private func locate(
        _ place: String?, _ torrentPath: String, _ name: String
    ) async throws(NodeFailure) -> String {
        guard let place else {
            return AbsolutePath.of(name, below: torrentPath.split(separator: "/").dropLast().joined(separator: "/"))
        }
        guard let path = AbsolutePath.of(place) else { throw .noSuchFile(path: place) }
        do {
            return try await session.parts.threads.files.run { _ -> String in
                do throws(FileFailure) {
                    _ = try FileStamp(path: path)
                    return path
                } catch {
                    guard error.reason == .isFolder else { throw error }
                    return AbsolutePath.of(name, below: path)
                }
            }
        } catch {
            throw NodeFailure(reading: error)
        }
    }

    /// The file was hashed by our own pieces; where that gave another root, the torrent's pieces say from where on.
    private func difference(
        _ file: LocalFile, _ described: PieceLayer, _ progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> ContentDifference {
        guard file.content.size == described.content.size else {
            return .size(expected: described.content.size, found: file.content.size)
        }
        let found: PieceLayer
        do {
            let pace = ProgressPace()
            let hasher = session.parts.threads.hasher
            found = try await hasher.hash(file.path, pieceLength: described.geometry.pieceLength) { done, total in
                guard let rate = pace.rate(done: done, isLast: done == total) else { return }
                progress(
                    NodeProgress(
                        activity: .hashing, name: file.name.text, done: done, total: total, rate: rate.bytesPerSecond,
                        sources: 0))
            }.layer
        } catch {
            throw NodeFailure(reading: error)
        }
        let geometry = described.geometry
        guard found.geometry == geometry,
            let piece = geometry.pieces.first(where: { found[$0] != described[$0] })
        else { throw .changedWhileReading(path: file.path) }
        return .piece(
            number: piece.value, count: geometry.pieceCount, offset: geometry.offset(of: piece),
            length: geometry.length(of: piece))
    }
}

extension TorrentFault {
    init(_ error: MetainfoError) {
        self =
            switch error {
            case .tooLarge: .tooLarge(limit: Metainfo.maximumByteCount)
            case .unsupportedVersion(1): .onlyVersionOne
            case .unsupportedVersion(let version): .malformed("it is of BitTorrent version \(version)")
            case .bencode: .malformed("it is not bencoded, or not in the one form that counts")
            case .malformed(let key): .malformed("\"\(key)\" is missing or makes no sense")
            case .unsafePath: .malformed("a path in it is none that a folder can hold")
            case .conflictingPaths: .malformed("two of its files have one path")
            case .pieceLayer: .malformed("the hashes of its pieces do not make the root of their file")
            case .missingPieceLayer: .malformed("the hashes of its pieces are missing")
            }
    }
}
