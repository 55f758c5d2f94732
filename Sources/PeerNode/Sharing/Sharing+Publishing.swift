import Content
import DirectoryClient
import Library
import NodeControl
import Wire

/// What the member asks for.
extension Sharing {
    /// What publishing a file or folder would publish.
    struct Draft: Sendable {
        let file: LocalFile
        let hashed: HashedContent
        /// Nil where it is a file.
        let folder: FolderContents?
        /// Where what was published under the name until now lies, where that is something else.
        var replaced: String?
        var visibility = Visibility.everybody
    }

    /// Hashes a file or folder, what of it is not known unchanged, and publishes it under its last path component.
    ///
    /// - Parameters:
    ///   - path: as it is called now; it is remembered as an absolute one.
    ///   - visibility: nil for what it was; everybody, where it is new.
    func publish(
        path: String, for visibility: Visibility?, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Draft {
        var draft = try await read(path: path, progress: progress)
        draft.replaced = try await publish(draft.file, draft.hashed, for: visibility)
        draft.visibility = visibilities[draft.file.name] ?? .everybody
        return draft
    }

    /// What publishing a file or folder would publish.
    func read(
        path: String, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Draft {
        let path = try await called(path)
        let name = try Self.name(of: path)
        do {
            do {
                try await threads.files.run { [ownState] _ in try KeptFile.refuse(path, ownState: ownState) }
                let hashed = try await hash(path, name, progress)
                let file = LocalFile(name: name, path: path, stamp: hashed.stamp, content: hashed.layer.content)
                return Draft(file: file, hashed: .file(hashed.layer), folder: nil)
            } catch let failure as FileFailure where failure.reason == .isFolder {
                // What a link leads to now is published: where it leads later may be anywhere.
                let place = try await threads.files.run { _ in Folders.resolved(path) }
                let (stamp, result) = try await hashFolder(place, name, progress)
                let file = LocalFile(name: name, path: place, stamp: stamp, content: result.folder.content)
                return Draft(file: file, hashed: .folder(result.folder), folder: FolderContents(result))
            }
        } catch {
            throw NodeFailure(reading: error)
        }
    }

    /// - Returns: The path of what was published under the name until now, where that is something else.
    func publish(
        _ file: LocalFile, _ hashed: HashedContent, for visibility: Visibility? = nil
    ) async throws(NodeFailure) -> String? {
        do {
            return try await exclusively {
                let former = try await record.file(named: file.name)
                try await putForward(file, hashed, for: visibility, insteadOf: former)
                guard let former, former.publication != nil, former.path != file.path,
                    !former.stamp.isOfSameFile(as: file.stamp)
                else { return nil }
                return former.path
            }
        } catch let failure as DirectoryClientFailure {
            // Nobody knows whether it was published: the directory's list will say.
            fellBehind()
            throw NodeFailure(failure, user: user)
        } catch let refusal as DirectoryRefusal {
            if let name = visibility?.unknownReader(refusal) { throw .noSuchReader(name) }
            throw NodeFailure(refusal, user: user)
        } catch {
            throw NodeFailure(reading: error)
        }
    }

    /// Has what is published be for others from now on; nothing else of it changes.
    func show(_ name: FileName, to visibility: Visibility) async throws(NodeFailure) {
        do {
            try await exclusively {
                let published = try await client.published().first { $0.name == name }
                guard let published, !published.isParent else { throw NodeFailure.notPublished(name: name.text) }
                // What the directory has, which may be another device's.
                let draft = PublicationDraft(name: name, visibility: visibility, content: published.content)
                switch try await client.publish([draft]).first {
                case .published(let id):
                    visibilities[name] = visibility == .everybody ? nil : visibility
                    try await restrictions.note(
                        [(id, visibility != .everybody)], areOthers: visibility.shutsOut(anyOf: published.visibility))
                    await inner.reconsider()
                case .refused(let refusal): throw refusal
                case nil: throw DirectoryRefusal.internalError
                }
            }
        } catch let failure as DirectoryClientFailure {
            // Nobody knows whether it was changed: the directory's list will say.
            fellBehind()
            throw NodeFailure(failure, user: user)
        } catch let refusal as DirectoryRefusal {
            if let name = visibility.unknownReader(refusal) { throw .noSuchReader(name) }
            throw NodeFailure(refusal, user: user)
        } catch {
            throw NodeFailure(reading: error)
        }
    }

    /// Where what is published from here lies, as far as that is known.
    func places() async -> [FileName: String] {
        let files = (try? await record.all()) ?? []
        return Dictionary(files.map { ($0.name, $0.path) }) { $1 }
    }

    func unpublish(_ name: FileName) async throws(NodeFailure) {
        do {
            let wasPublished = try await exclusively {
                let results = try await client.unpublish([name])
                unshare(name)
                visibilities[name] = nil
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

    /// Where the directory refuses it, what was published under the name until now goes on being so; and where it does not
    /// answer to what is for some only, as nobody may see that unasked.
    private func putForward(
        _ file: LocalFile, _ hashed: HashedContent, for visibility: Visibility?, insteadOf former: LocalFile?
    ) async throws {
        var kept: HashedContent?
        if let former { kept = try await record.hashed(former) }
        do {
            try await putForward(file, hashed, for: visibility)
        } catch  where error is DirectoryRefusal || visibility != nil {
            if let former, let kept {
                try await record.store([(former, kept)])
            } else if former == nil {
                try await record.remove([file.name])
            }
            throw error
        }
    }

    /// Records, publishes and serves a hashed file, in this order: what the directory lists was recorded
    /// before, wherever this is interrupted. In its turn.
    ///
    /// - Parameter visibility: nil for what it is.
    func putForward(_ file: LocalFile, _ hashed: HashedContent, for visibility: Visibility? = nil) async throws {
        var file = file
        try await record.store([(file, hashed)])
        let draft = PublicationDraft(name: file.name, visibility: visibility, content: file.content)
        switch try await client.publish([draft]).first {
        case .published(let id): file.publication = id
        case .refused(let refusal): throw refusal
        case nil: throw DirectoryRefusal.internalError
        }
        if let id = file.publication {
            // What was there under the name may have been for some only, and is so still where nothing else was said.
            let known = visibilities[file.name] ?? .everybody
            let now = visibility ?? known
            visibilities[file.name] = now == .everybody ? nil : now
            try await restrictions.note([(id, now != .everybody)], areOthers: now.shutsOut(anyOf: known))
            if visibility != nil { await inner.reconsider() }
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
            if let reading = NodeProgress(reading: name.text, done, total, pace) { progress(reading) }
        }
    }

    /// A folder that was published under this name from here is compared, and only what changed is read.
    func hashFolder(
        _ path: String, _ name: FileName, _ progress: @escaping @Sendable (NodeProgress) -> Void = { _ in }
    ) async throws -> (stamp: FileStamp, result: FolderHasher.Result) {
        let known = try await record.folder(named: name)
        let pace = ProgressPace()
        let hasher = FolderHasher(threads.hasher, ownState: ownState)
        let result = try await hasher.hash(path, known: known, certificate: shared.certificate) { done, total in
            if let reading = NodeProgress(reading: name.text, done, total, pace) { progress(reading) }
        }
        let size = result.folder.content.size
        return (try await threads.files.run { _ in try FileStamp(folder: path, size: size) }, result)
    }

    /// The path, absolute, with the name at its end that stands there: a folder that one is in, or that holds it, goes by the
    /// name that it has.
    func called(_ path: String) async throws(NodeFailure) -> String {
        guard let absolute = AbsolutePath.of(path) else { throw .noSuchFile(path: path) }
        guard absolute.pathParts.last == ".." else { return absolute }
        let real: String
        do { real = try await threads.files.run { _ in Folders.real(absolute) } } catch {
            throw NodeFailure(reading: error)
        }
        // Where nothing is there.
        guard real.pathParts.last != ".." else { throw .noSuchFile(path: path) }
        return real
    }

    private static func name(of path: String) throws(NodeFailure) -> FileName {
        guard let component = path.pathParts.last else { throw .isDirectory(path: path) }
        do {
            return try FileName(component)
        } catch .tooLong(let byteCount) {
            throw .nameTooLong(name: component, bytes: byteCount)
        } catch {
            throw .nameInvalid(name: component)
        }
    }
}
