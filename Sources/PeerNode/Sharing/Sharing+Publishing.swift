import Content
import DirectoryClient
import Library
import NodeControl
import Wire

/// What the member asks for.
extension Sharing {
    /// Hashes a file, unless it is known unchanged, and publishes it under its last path component.
    ///
    /// - Parameter path: of the file as it is called now; it is remembered as an absolute one.
    func publish(
        path: String, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> (name: FileName, content: ContentID) {
        let (file, layer) = try await read(path: path, progress: progress)
        try await publish(file, layer)
        return (file.name, file.content)
    }

    /// What publishing a file would publish.
    func read(
        path: String, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> (file: LocalFile, layer: PieceLayer) {
        let name = try Self.name(of: path)
        guard let path = AbsolutePath.of(path) else { throw .noSuchFile(path: path) }
        do {
            let hashed = try await hash(path, name, progress)
            return (
                LocalFile(name: name, path: path, stamp: hashed.stamp, content: hashed.layer.content), hashed.layer
            )
        } catch {
            throw NodeFailure(reading: error)
        }
    }

    func publish(_ file: LocalFile, _ layer: PieceLayer) async throws(NodeFailure) {
        do {
            try await exclusively { try await putForward(file, layer) }
        } catch let failure as DirectoryClientFailure {
            // Nobody knows whether it was published: the directory's list will say.
            fellBehind()
            throw NodeFailure(failure, user: user)
        } catch let refusal as DirectoryRefusal {
            throw NodeFailure(refusal, user: user)
        } catch {
            throw NodeFailure(reading: error)
        }
    }

    func unpublish(_ name: FileName) async throws(NodeFailure) {
        do {
            let wasPublished = try await exclusively {
                let results = try await client.unpublish([name])
                unshare(name)
                try await record.remove([name])
                return results == [true]
            }
            guard wasPublished else { throw NodeFailure.notPublished(name: name.text) }
        } catch let failure as DirectoryClientFailure {
            throw NodeFailure(failure, user: user)
        } catch {
            throw NodeFailure(reading: error)
        }
    }

    /// Records, publishes and serves a hashed file, in this order: what the directory lists was recorded
    /// before, wherever this is interrupted. In its turn.
    func putForward(_ file: LocalFile, _ layer: PieceLayer) async throws {
        var file = file
        try await record.store([(file, layer)])
        let draft = PublicationDraft(name: file.name, content: file.content)
        switch try await client.publish([draft]).first {
        case .published(let id): file.publication = id
        case .refused(let refusal): throw refusal
        case nil: throw DirectoryRefusal.internalError
        }
        if let id = file.publication {
            try await record.setAgreed([file.name: id])
            // What is published is taken for served.
            try await isServing ? client.serve(add: [id]) : client.serve(add: [], remove: [id])
        }
        share(file)
    }

    private func hash(
        _ path: String, _ name: FileName, _ progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws -> HashedFile {
        let stamp = try await threads.files.run { _ in try FileStamp(path: path) }
        if let known = try await record.hashed(path: path, stamp: stamp) { return known }
        let pace = ProgressPace()
        return try await threads.hasher.hash(path) { done, total in
            guard let rate = pace.rate(done: done, isLast: done == total) else { return }
            progress(
                NodeProgress(
                    activity: .hashing, name: name.text, done: done, total: total, rate: rate.bytesPerSecond,
                    sources: 0))
        }
    }

    private static func name(of path: String) throws(NodeFailure) -> FileName {
        let component = path.split(separator: "/").last.map(String.init) ?? path
        // Whatever these are, they are folders.
        guard ![".", "..", "/"].contains(component) else { throw .isDirectory(path: path) }
        do {
            return try FileName(component)
        } catch .tooLong(let byteCount) {
            throw .nameTooLong(name: component, bytes: byteCount)
        } catch {
            throw .nameInvalid(name: component)
        }
    }
}
