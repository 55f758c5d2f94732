import Connectivity
import Content
import Library
import NodeControl
import Transfer
import Wire

/// Opens files to be read: what is here from where it lies, everything else while it is fetched.
struct Streaming: Sendable {
    let session: MemberSession

    private var here: WhatIsHere { session.here }
    private var threads: NodeThreads { session.parts.threads }

    func open(_ text: String, in directory: String) async throws(NodeFailure) -> any FileStream {
        let (published, inner) = NameQuery.splitPath(text)
        // The start of a path of this computer is no name.
        guard !["", ".", ".."].contains(published) else { throw .notFound(name: text, absent: []) }
        let (name, content, path) = try await session.resolve(published, inner)
        let file = try await self.file(name, content, path)
        if let whole = await whole(file) { return whole }
        let request = DownloadRequest(name: text, directory: directory)
        let (meant, job) = try await session.transfers.beginReading(request)
        // It may have been replaced meanwhile.
        let coming = meant.content == content ? file : try await self.file(meant.name, meant.content, meant.path)
        guard let job else { return try await whole(coming, at: meant.target.path) }
        return ComingFile(
            coming, by: job, of: session.transfers, threads: threads, patience: session.downloads.limits.patience
        ) { path throws(NodeFailure) in
            if let whole = await whole(coming) { return whole }
            return try await whole(coming, at: path)
        }
    }

    /// Which file is meant. Where it is one in a folder that is not here, others have to be asked what the folder is.
    private func file(
        _ name: FileName, _ content: ContentID, _ path: [String]
    ) async throws(NodeFailure) -> StreamedFile {
        guard content.kind == .folder else {
            guard path.isEmpty else { throw .notInFolder(name: name.text, path: path.joined(separator: "/")) }
            return StreamedFile(name, content)
        }
        let part: FolderPart
        do {
            part = try await FolderDictionary(downloads: session.downloads).part(
                of: content, at: path, named: name
            ).part
        } catch {
            throw NodeFailure(reading: error)
        }
        guard let file = StreamedFile(part) else {
            throw .isDirectory(path: ([name.text] + path).joined(separator: "/"))
        }
        return file
    }

    // MARK: What is here

    /// Nil where it is not here, as far as is known.
    private func whole(_ file: StreamedFile) async -> WholeFile? {
        guard file.size > 0 else { return WholeFile(file.name, size: 0, bytes: nil, threads: threads) }
        if file.publication.kind == .folder, let whole = await wholeInFolder(file) { return whole }
        for known in here.files(of: file.content, await published(file.content)) + (await shared(file.content)) {
            if let whole = await whole(file, at: known.path, known.stamp, changed: known.changed) { return whole }
        }
        guard let proven = session.proven[file.content] else { return nil }
        return await whole(file, at: proven.path, proven.stamp) {}
    }

    private func published(_ content: ContentID) async -> [LocalFile] {
        guard let hash = infoHash(of: content) else { return [] }
        return await here.sharing.files(for: hash)
    }

    /// In folders that are shared from here.
    private func shared(_ content: ContentID) async -> [WhatIsHere.File] {
        guard let hash = infoHash(of: content) else { return [] }
        return here.files(await here.shares.files(for: hash))
    }

    private func infoHash(of content: ContentID) -> TruncatedInfoHash? {
        InfoHashes.canonical(content, certificate: Array(session.parts.authority.certificatePEM.utf8))
    }

    private func wholeInFolder(_ file: StreamedFile) async -> WholeFile? {
        await here.folder(of: file.publication, await published(file.publication)) { folder in
            do {
                let served = try await threads.files.run { _ in
                    let served = try ServedFolder(path: folder.path, hashed: folder.hashed)
                    // The others need not be looked at.
                    _ = try served.bytes(at: file.start, count: 1)
                    return served
                }
                return WholeFile(
                    file.name, size: file.size, bytes: served, from: file.start, threads: threads,
                    changed: folder.changed)
            } catch {
                if let failure = error as? FileFailure, failure.isChange { await folder.changed() }
                return nil
            }
        }
    }

    private func whole(
        _ file: StreamedFile, at path: String, _ stamp: FileStamp, changed: @escaping @Sendable () async -> Void
    ) async -> WholeFile? {
        do {
            let bytes = try await threads.files.run { _ in try StampedFile(path: path, stamp: stamp) }
            return WholeFile(file.name, size: file.size, bytes: bytes, threads: threads, changed: changed)
        } catch {
            if let failure = error as? FileFailure, failure.isChange { await changed() }
            return nil
        }
    }

    /// What stands where it was to be fetched to, and has to be read through.
    private func whole(_ file: StreamedFile, at path: String) async throws(NodeFailure) -> WholeFile {
        do {
            let hashed = try await threads.hasher.hash(path)
            guard hashed.layer.content == file.content else { throw FileFailure(.changed, path: path) }
            session.proven.insert(file.content, path: path, stamp: hashed.stamp)
            let bytes = try await threads.files.run { _ in try StampedFile(path: path, stamp: hashed.stamp) }
            return WholeFile(file.name, size: file.size, bytes: bytes, threads: threads)
        } catch {
            throw NodeFailure(reading: error)
        }
    }
}
