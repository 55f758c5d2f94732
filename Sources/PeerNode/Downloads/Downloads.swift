import Connectivity
import Content
import DirectoryClient
import Library
import Logging
import NodeControl
import Synchronization
import Transfer
import Wire

/// Fetches what the member asks for.
struct Downloads: Sendable {
    let user: UserName
    let client: DirectoryClient
    let dialer: LinkDialer
    let swarms: Swarms
    let holdings: Holdings
    let folders: FolderHoldings
    let record: PublishedFiles
    let certificatePEM: String
    let threads: NodeThreads
    let limits: DownloadLimits
    let peerID: PeerID
    let notices: Notices
    let logger: Logger

    typealias Report = @Sendable (NodeProgress) -> Void

    /// From the name to the file: resolves, looks at what stands there, fetches, names.
    func download(
        _ request: DownloadRequest, progress: @escaping Report
    ) async throws(NodeFailure) -> DownloadOutcome {
        let (text, path) = NameQuery.splitPath(request.name)
        let (name, content, origin) = try await resolve(text)
        if content.kind == .folder {
            return try await FolderDownload(
                downloads: self, name: name, content: content, origin: origin, path: path, progress: progress
            ).run(request)
        }
        guard path.isEmpty else { throw .notInFolder(name: name.text, path: path.joined(separator: "/")) }
        let target = try await DownloadTarget.of(request, named: name)
        do {
            if let outcome = try await lookAtTarget(target, content, progress) { return outcome }
            let partial = try await threads.files.run { [threads] _ in
                try PartialFile.checkName(target.name, in: target.folder)
                return try PartialFile(
                    of: content, geometry: Geometry(canonicalFor: content), in: target.folder, threads: threads.syncing)
            }
            let fetched = content == .empty ? nil : try await fetch(content, origin, name, into: partial, progress)
            let sources = try await finish(partial, target, fetched, progress)
            return .completed(
                name: name.text, path: target.path, size: content.size, files: nil,
                sources: sources.map(\.text).sorted())
        } catch {
            throw NodeFailure(writing: error, to: target.path)
        }
    }

    // MARK: What is meant

    func resolve(_ text: String) async throws(NodeFailure) -> (FileName, ContentID, PublicationID) {
        var nearest: (reading: NameQuery, findings: [Finding])?
        for reading in NameQuery.readings(of: text) {
            let findings: [Finding]
            do {
                findings = try await client.lookup(reading.name)
            } catch {
                throw NodeFailure(error, user: user)
            }
            let meant = reading.select(findings)
            if !meant.isEmpty {
                let (content, origin) = try NameResolution.content(of: meant, named: text)
                return (reading.name, content, origin)
            }
            if !findings.isEmpty { nearest = nearest ?? (reading, findings) }
        }
        guard let nearest else { throw .notFound(name: text, absent: []) }
        throw NameResolution.noSuchChoice(nearest.reading, of: nearest.findings)
    }

    private func lookAtTarget(
        _ target: DownloadTarget, _ content: ContentID, _ progress: @escaping Report
    ) async throws -> DownloadOutcome? {
        switch try await compare(target.path, with: content, target.name, progress) {
        case .absent: return nil
        case .different: throw NodeFailure.targetExists(path: target.path)
        case .identical:
            try? await threads.files.run { _ in try PartialFile.removeLeftovers(of: content, in: target.folder) }
            return .alreadyThere(path: target.path)
        }
    }

    /// What an earlier get had verified lay about since, where any program may have written into it: it is read
    /// again before it gets its name.
    private func checkResumed(
        _ partial: PartialFile, _ target: DownloadTarget, _ progress: @escaping Report
    ) async throws {
        guard !partial.resumed.isEmpty else { return }
        guard try await compare(partial.path, with: partial.content, target.name, progress) != .identical else {
            return
        }
        try await threads.files.run { _ in try partial.discard() }
        throw NodeFailure.partialSpoiled(path: target.path)
    }

    private func compare(
        _ path: String, with content: ContentID, _ name: String, _ progress: @escaping Report
    ) async throws -> ExistingFile {
        let pace = ProgressPace()
        return try await ExistingFile.compare(path, with: content, hasher: threads.hasher) { done, total in
            guard let rate = pace.rate(done: done, isLast: done == total) else { return }
            progress(
                NodeProgress(
                    activity: .hashing, name: name, done: done, total: total, rate: rate.bytesPerSecond, sources: 0))
        }
    }

    // MARK: Fetching

    /// A content that is here, under no name yet; its run goes on until it is told the name, or stopped.
    private struct Fetched {
        let run: Swarms.Run
        let summary: DownloadSummary
    }

    private func fetch(
        _ content: ContentID, _ origin: PublicationID, _ name: FileName, into partial: PartialFile,
        _ progress: @escaping Report
    ) async throws -> Fetched {
        guard let dictionary = InfoDictionary.canonical(content, certificate: Array(certificatePEM.utf8)) else {
            throw NodeFailure.internalError(detail: "no info dictionary for \(content.root)")
        }
        let infoHash = dictionary.infoHash.truncated
        let dialling = dialling(content, infoHash)
        let reporter = DownloadReporter(name: name.text, progress: progress, notices: notices)
        let plan = FetchPlan(
            ContentLayout(content, geometry: partial.geometry), verified: partial.resumed,
            store: PartialStore(file: partial), source: PartialSource(file: partial, threads: threads),
            limits: limits, askForSources: { await dialling.ask($0) }, progress: { reporter.report($0) },
            notice: { notice in
                if case .sourceLost(let member, _) = notice { dialling.lost(member) }
                reporter.tell(notice)
            })
        // Before others are looked for: of two who begin together, one finds the other.
        await holdings.begin(content, infoHash: infoHash, origin: origin)
        guard let run = swarms.fetch(plan) else {
            await holdings.drop(content)
            throw CancellationError()
        }
        dialling.serve(run)
        do throws(DownloadFailure) {
            return Fetched(run: run, summary: try await run.fetched())
        } catch {
            // The run has written all that it will write; it may hold the file a moment longer.
            partial.release()
            await holdings.drop(content)
            let failure = failure(error, name, partial, reporter)
            if case NodeFailure.sourcesLost(_, _, done: 0, _, _) = failure {
                // Nothing of it is worth keeping.
                try? await threads.files.run { _ in try partial.discard() }
            }
            throw failure
        }
    }

    func dialling(_ content: ContentID, _ infoHash: TruncatedInfoHash) -> SourceDialling {
        SourceDialling(
            user: user, content: content, infoHash: infoHash, client: client, dialer: dialer, peerID: peerID,
            logger: logger)
    }

    /// Gives the file its name, from where it is served on.
    ///
    /// - Returns: Who gave of it.
    private func finish(
        _ partial: PartialFile, _ target: DownloadTarget, _ fetched: Fetched?, _ progress: @escaping Report
    ) async throws -> [UserName] {
        do {
            try await checkResumed(partial, target, progress)
            let stamp = try await threads.files.run { _ in try partial.finish(as: target.name) }
            guard let fetched else { return [] }
            if let layer = fetched.summary.hashes.layer(ofFile: 0) {
                await serve(Holdings.File(path: target.path, stamp: stamp, layer: layer), by: fetched.run)
            } else {
                fetched.run.stop()
                await holdings.drop(partial.content)
            }
            return Array(fetched.summary.bytes.keys)
        } catch {
            fetched?.run.stop()
            await holdings.drop(partial.content)
            throw error
        }
    }

    private func serve(_ file: Holdings.File, by run: Swarms.Run) async {
        let served = try? await threads.files.run { _ in
            try ServedFile(path: file.path, stamp: file.stamp, layer: file.layer)
        }
        guard let served, await holdings.finish(file.layer.content, as: file) else {
            run.stop()
            return await holdings.drop(file.layer.content)
        }
        run.seed(from: FileSource(file: served, threads: threads))
    }

    private func failure(
        _ failure: DownloadFailure, _ name: FileName, _ partial: PartialFile, _ reporter: DownloadReporter
    ) -> any Error {
        switch failure {
        case .cancelled: CancellationError()
        case .storeFailed(let error): error
        case .sourcesLost(let ends):
            NodeFailure.sourcesLost(
                name: name.text, partial: partial.path, done: reporter.verified, total: partial.content.size,
                reasons: ends.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.sentence)" })
        }
    }
}
