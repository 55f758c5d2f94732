import Content
import Library
import Logging
import NodeControl
import Transfer
import Wire

/// Fetches a published folder, or a part of it: finds its dictionary, looks at what stands there, takes what the local
/// disk has already, fetches the rest, names it, and serves it on.
struct FolderDownload: Sendable {
    let downloads: Downloads
    /// As it is published.
    let name: FileName
    let content: ContentID
    let origin: PublicationID
    /// From the folder on; empty for all of it.
    let path: [String]
    let progress: Downloads.Report

    private var threads: NodeThreads { downloads.threads }
    private var holdings: FolderHoldings { downloads.folders }
    private var text: String { ([name.text] + path).joined(separator: "/") }

    func run(_ request: DownloadRequest) async throws(NodeFailure) -> DownloadOutcome {
        let target = try await DownloadTarget.of(request, named: try targetName)
        do {
            let info = try await dictionary(target)
            guard let layout = ContentLayout(info), layout.id == content else {
                throw NodeFailure.folderUnusable(name: name.text)
            }
            guard let part = FolderPart(of: layout, at: path.map { Array($0.utf8) }) else {
                throw NodeFailure.notInFolder(name: name.text, path: path.joined(separator: "/"))
            }
            if try await isThere(part, target) { return .alreadyThere(path: target.path) }
            let partial = try await threads.files.run { [threads] _ in
                try PartialFolder.checkNames(of: part, as: target.name, in: target.folder)
                return try PartialFolder(of: part, in: target.folder, threads: threads.syncing)
            }
            let sources = try await fill(partial, info, target)
            return .completed(
                name: text, path: target.path, size: part.size, files: part.isFile ? nil : part.files.count,
                sources: sources.map(\.text).sorted())
        } catch {
            throw NodeFailure(writing: error, to: target.path)
        }
    }

    /// A part goes by the last component of its path.
    private var targetName: FileName {
        get throws(NodeFailure) {
            guard let last = path.last else { return name }
            do { return try FileName(last) } catch {
                throw .notInFolder(name: name.text, path: path.joined(separator: "/"))
            }
        }
    }

    private func dictionary(_ target: DownloadTarget) async throws -> InfoDictionary {
        do {
            return try await FolderDictionary(downloads: downloads).find(content)
        } catch let failure as MetadataFailure {
            switch failure {
            case .malformed: throw NodeFailure.folderUnusable(name: name.text)
            case .noSources:
                throw NodeFailure.sourcesLost(
                    name: text, partial: target.path, done: 0, total: content.size, reasons: [])
            }
        }
    }

    private func isThere(_ part: FolderPart, _ target: DownloadTarget) async throws -> Bool {
        let pace = ProgressPace()
        let found = try await ExistingFile.compare(target.path, with: part, hasher: threads.hasher) { done, total in
            hashing(done, total, pace)
        }
        switch found {
        case .absent: return false
        case .different: throw NodeFailure.targetExists(path: target.path)
        case .identical:
            try? await threads.files.run { _ in try PartialFolder.removeLeftovers(of: part, in: target.folder) }
            return true
        }
    }

    private func hashing(_ done: Int64, _ total: Int64, _ pace: ProgressPace) {
        guard let rate = pace.rate(done: done, isLast: done == total) else { return }
        progress(
            NodeProgress(
                activity: .hashing, name: text, done: done, total: total, rate: rate.bytesPerSecond, sources: 0))
    }

    // MARK: Fetching

    /// - Returns: Who gave of it.
    private func fill(
        _ partial: PartialFolder, _ info: InfoDictionary, _ target: DownloadTarget
    ) async throws -> [UserName] {
        let part = partial.part
        var verified = Set(partial.resumed)
        let copies = LocalCopies(record: downloads.record, holdings: downloads.holdings, folders: holdings)
        let layers = try await copies.fill(partial, but: verified, threads)
        for (file, _) in layers { verified.formUnion(part.layout.geometry.pieces(ofFiles: file..<file + 1)) }
        let known = PieceHashes(part.layout, layers: layers.map(\.layer))
        guard !part.pieces.allSatisfy(verified.contains) else {
            try await prove(partial, target)
            _ = try await name(partial, target)
            return []
        }
        let plan = plan(partial, verified, known)
        await holdings.begin(content, origin: origin)
        guard let run = downloads.swarms.fetch(plan.plan) else {
            await holdings.drop(content)
            throw CancellationError()
        }
        plan.dialling.serve(run)
        let summary = try await fetched(run, partial, plan.reporter)
        do {
            try await prove(partial, target)
            let stamps = try await name(partial, target)
            await serve(info, summary.hashes, stamps, part, target, by: run)
            return Array(summary.bytes.keys)
        } catch {
            run.stop()
            await holdings.drop(content)
            throw error
        }
    }

    private func plan(
        _ partial: PartialFolder, _ verified: Set<PieceIndex>, _ known: PieceHashes
    ) -> (plan: FetchPlan, dialling: SourceDialling, reporter: DownloadReporter) {
        let part = partial.part
        let dialling = downloads.dialling(content, InfoHash(content.root).truncated)
        let reporter = DownloadReporter(name: text, progress: progress, notices: downloads.notices)
        let plan = FetchPlan(
            part.layout, verified: verified.sorted(), wanted: part.isWhole ? nil : Array(part.pieces), hashes: known,
            store: PartialFolderStore(folder: partial),
            source: PartialFolderSource(folder: partial, threads: threads), limits: downloads.limits,
            askForSources: { await dialling.ask($0) }, progress: { reporter.report($0) },
            notice: { notice in
                if case .sourceLost(let member, _) = notice { dialling.lost(member) }
                reporter.tell(notice)
            })
        return (plan, dialling, reporter)
    }

    private func fetched(
        _ run: Swarms.Run, _ partial: PartialFolder, _ reporter: DownloadReporter
    ) async throws -> DownloadSummary {
        do throws(DownloadFailure) {
            return try await run.fetched()
        } catch {
            // The run has written all that it will write; it may hold the folder a moment longer.
            partial.release()
            await holdings.drop(content)
            switch error {
            case .cancelled: throw CancellationError()
            case .storeFailed(let reason): throw reason
            case .sourcesLost(let ends):
                // Nothing of it is worth keeping.
                if reporter.verified == 0 { try? await threads.files.run { _ in try partial.discard() } }
                throw NodeFailure.sourcesLost(
                    name: text, partial: partial.path, done: reporter.verified, total: partial.part.size,
                    reasons: ends.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.sentence)" })
            }
        }
    }

    // MARK: Whole

    /// What an earlier get had verified lay about since, where any program may have written into it: it is read again
    /// before it gets its name.
    private func prove(_ partial: PartialFolder, _ target: DownloadTarget) async throws {
        let geometry = partial.part.layout.geometry
        var files: [Int] = []
        for piece in partial.resumed {
            let file = geometry.file(of: piece)
            if files.last != file, partial.part.files.contains(file) { files.append(file) }
        }
        guard !files.isEmpty else { return }
        let total = files.reduce(Int64(0)) { $0 + partial.part.layout.content(of: $1).size }
        let pace = ProgressPace()
        let isSound = try await threads.files.run { [files] flag in
            var done: Int64 = 0
            return try files.allSatisfy { file in
                guard try partial.prove(file, flag: flag) != nil else { return false }
                done += partial.part.layout.content(of: file).size
                hashing(done, total, pace)
                return true
            }
        }
        guard !isSound else { return }
        try await threads.files.run { _ in try partial.discard() }
        throw NodeFailure.partialSpoiled(path: target.path)
    }

    private func name(_ partial: PartialFolder, _ target: DownloadTarget) async throws -> [FileStamp] {
        try await threads.files.run { _ in try partial.finish(as: target.name) }
    }

    private func serve(
        _ info: InfoDictionary, _ hashes: PieceHashes, _ stamps: [FileStamp], _ part: FolderPart,
        _ target: DownloadTarget, by run: Swarms.Run
    ) async {
        guard part.isWhole, let hashed = HashedFolder(info: info, hashes: hashes, stamps: stamps),
            let served = try? await threads.files.run({ _ in try ServedFolder(path: target.path, hashed: hashed) }),
            await holdings.finish(FolderHoldings.Folder(path: target.path, hashed: hashed))
        else {
            run.stop()
            return await holdings.drop(content)
        }
        run.seed(from: FolderSource(folder: served, threads: threads))
    }
}
