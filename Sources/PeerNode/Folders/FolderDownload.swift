import Content
import Library
import Logging
import NodeControl
import Transfer
import Wire

/// Fetches a published folder, or a part of it: finds its dictionary, looks at what stands there, takes what the local
/// disk has already, fetches the rest, names it, and serves it on.
struct FolderDownload: Sendable {
    /// What other programs spoil while it is fetched is fetched again, but not without end.
    private static let rounds = 3

    let downloads: Downloads
    let job: TransferJob

    private var content: ContentID { job.content }
    private var target: DownloadTarget { job.target }
    private var threads: NodeThreads { downloads.threads }
    private var holdings: FolderHoldings { downloads.folders }
    private var place: FolderHoldings.Place { FolderHoldings.Place(content: content, path: target.path) }

    func run() async throws(NodeFailure) -> DownloadOutcome {
        do {
            let (info, part) = try await FolderDictionary(downloads: downloads).part(
                of: content, at: job.path, named: job.name, for: job)
            job.learn(size: part.size)
            if try await Self.isThere(part, target, threads, { job.report($0) }) {
                return .alreadyThere(path: target.path)
            }
            let partial = try await threads.files.run { [threads, target] _ in
                try PartialFolder.checkNames(of: part, as: target.name, in: target.folder)
                return try PartialFolder(of: part, in: target.folder, threads: threads.syncing)
            }
            let sources = try await fill(partial, info)
            return .completed(
                name: job.text, path: target.path, size: part.size, files: part.isFile ? nil : part.files.count,
                sources: sources.map(\.text).sorted())
        } catch {
            throw NodeFailure(writing: error, to: target.path)
        }
    }

    /// What a request for a folder means, and whether that is there already. Only where something stands under the
    /// target's name others have to be asked what the folder is.
    static func understand(
        _ request: DownloadRequest, _ name: FileName, _ content: ContentID, _ origin: PublicationID, _ path: [String],
        _ downloads: Downloads, _ progress: @escaping Downloads.Report
    ) async throws(NodeFailure) -> (meant: Downloads.Meant, isThere: Bool) {
        // A part goes by the last component of its path.
        guard let last = path.last.map({ try? FileName($0) }) ?? name else {
            throw .notInFolder(name: name.text, path: path.joined(separator: "/"))
        }
        let target = try await DownloadTarget.of(request, named: last)
        let meant = Downloads.Meant(name: name, content: content, origin: origin, path: path, target: target)
        do {
            let threads = downloads.threads
            guard try await threads.files.run({ _ in ExistingFile.isAny(target.path) }) else { return (meant, false) }
            let (_, part) = try await FolderDictionary(downloads: downloads).part(of: content, at: path, named: name)
            return (meant, try await isThere(part, target, threads, progress))
        } catch {
            throw NodeFailure(writing: error, to: target.path)
        }
    }

    private static func isThere(
        _ part: FolderPart, _ target: DownloadTarget, _ threads: NodeThreads, _ progress: @escaping Downloads.Report
    ) async throws -> Bool {
        let pace = ProgressPace()
        let found = try await ExistingFile.compare(target.path, with: part, hasher: threads.hasher) { done, total in
            guard let reading = NodeProgress(reading: target.name, done, total, pace) else { return }
            progress(reading)
        }
        switch found {
        case .absent: return false
        case .different: throw NodeFailure.targetExists(path: target.path)
        case .identical:
            let path = part.path.map { String(decoding: $0, as: UTF8.self) }
            try? await threads.files.run { _ in
                try PartialFolder.removeLeftovers(of: part.layout.id, at: path, in: target.folder)
            }
            return true
        }
    }

    // MARK: Fetching

    /// Fetches what is missing, and gives the whole its name.
    ///
    /// - Returns: Who gave of it.
    private func fill(_ partial: PartialFolder, _ info: InfoDictionary) async throws -> [UserName] {
        let part = partial.part
        let resumption = FolderResumption(
            partial: partial, threads: threads, text: job.text, progress: { [job] in job.report($0) })
        let reporter = DownloadReporter(
            name: job.text, progress: { [job] in job.report($0) }, notices: downloads.notices)
        do {
            let resumed = try await resumption.begin()
            var verified = resumed.verified
            let copied = try await job.locally { [verified] in
                try await downloads.copies.fill(partial, but: verified, threads)
            }
            for (file, _) in copied { verified.formUnion(part.layout.geometry.pieces(ofFiles: file..<file + 1)) }
            var hashes = PieceHashes(part.layout, layers: resumed.layers + copied.map(\.layer))
            guard !part.pieces.allSatisfy(verified.contains) else {
                guard case .named(let stamps) = try await name(partial, resumption, hashes) else {
                    throw FileFailure(.changed, path: partial.path)
                }
                await hold(info, hashes, stamps, part)
                await takeFiles(of: part, stamps)
                return []
            }
            await holdings.begin(place, origin: job.origin)
            var sources: Set<UserName> = []
            for _ in 0..<Self.rounds {
                let (run, summary) = try await fetch(partial, verified, hashes, reporter)
                sources.formUnion(summary.bytes.keys)
                hashes = summary.hashes
                do {
                    var lost = try await resumption.lost(of: resumed.begun, hashes: hashes)
                    if lost.isEmpty {
                        switch try await name(partial, resumption, hashes) {
                        case .named(let stamps):
                            await serve(info, hashes, stamps, part, by: run)
                            await takeFiles(of: part, stamps)
                            return Array(sources)
                        case .lost(let pieces): lost = pieces
                        }
                    }
                    verified = Set(part.pieces).subtracting(lost)
                    downloads.swarms.retire(run)
                } catch {
                    run.stop()
                    throw error
                }
            }
            throw FileFailure(.changed, path: partial.path)
        } catch {
            await leave(partial, error, reporter)
            await holdings.drop(place)
            guard let failure = error as? DownloadFailure else { throw error }
            throw await downloads.failure(failure, job, partial.path, reporter, of: part.size)
        }
    }

    /// The run has written all that it will write; it may hold the folder a moment longer.
    private func leave(_ partial: PartialFolder, _ error: any Error, _ reporter: DownloadReporter) async {
        var isWorthless = false
        if case DownloadFailure.sourcesLost = error { isWorthless = reporter.verified == 0 }
        try? await threads.files.run { [isWorthless] _ in
            // Once it is released it may be another's.
            if isWorthless { try partial.discard() }
            partial.release(hashes: reporter.hashes ?? PieceHashes(partial.part.layout))
        }
    }

    /// One run, which goes on until it is told where the folder stands, or stopped.
    private func fetch(
        _ partial: PartialFolder, _ verified: Set<PieceIndex>, _ hashes: PieceHashes, _ reporter: DownloadReporter
    ) async throws -> (run: SwarmRun, summary: DownloadSummary) {
        let part = partial.part
        let dialling = downloads.dialling(content, InfoHash(content.root).truncated)
        let plan = FetchPlan(
            part.layout, verified: verified.sorted(), wanted: part.isWhole ? nil : Array(part.pieces), hashes: hashes,
            store: PartialFolderStore(folder: partial),
            source: PartialFolderSource(folder: partial, threads: threads), limits: downloads.patientLimits,
            askForSources: { await dialling.ask($0) },
            lookForBetterWays: { await dialling.lookForBetterWays(to: $0) }, progress: { reporter.report($0) },
            notice: { notice in
                if case .sourceLost(let member, _) = notice { dialling.lost(member) }
                reporter.tell(notice)
            })
        downloads.restrictions.insert(content, .fetched(job.number), job.origin)
        defer { downloads.restrictions.remove(content, .fetched(job.number)) }
        guard let run = downloads.swarms.fetch(plan) else { throw CancellationError() }
        job.attach(run, writing: partial, from: dialling)
        dialling.serve(run)
        return (run, try await dialling.fetched(by: run))
    }

    // MARK: Whole

    private enum Naming {
        /// With the stamps of its files.
        case named([FileStamp])
        /// These pieces were spoiled by another program, and are to be fetched again.
        case lost([PieceIndex])
    }

    /// Gives the whole its name. Where other programs touched files of it since they were proven, these are read once more.
    private func name(
        _ partial: PartialFolder, _ resumption: FolderResumption, _ hashes: PieceHashes
    ) async throws -> Naming {
        do {
            return .named(try await name(partial))
        } catch let failure as FileFailure where failure.reason == .changed {
            let touched = try await threads.files.run { _ in partial.touched() }
            let lost = try await resumption.lost(of: touched, hashes: hashes)
            return lost.isEmpty ? .named(try await name(partial)) : .lost(lost)
        }
    }

    private func name(_ partial: PartialFolder) async throws -> [FileStamp] {
        try await job.locally { try await threads.files.run { [target] _ in try partial.finish(as: target.name) } }
    }

    /// Of a part of the folder the files are held, each by itself.
    private func takeFiles(of part: FolderPart, _ stamps: [FileStamp]) async {
        guard !(part.isWhole && part.path.isEmpty) else { return }
        let contents = part.files.map(part.layout.content(of:))
        let chosen = part.isFile ? Array(contents.indices) : InnerFiles.worthwhile(contents)
        await downloads.holdings.take(
            chosen.filter { contents[$0] != .empty }.map { number in
                let place = part.place(of: part.files.lowerBound + number)
                let path = part.isFile ? target.path : Folders.path(place, below: target.path)
                return (contents[number], Holdings.File(path: path, stamp: stamps[number]))
            }, origin: job.origin)
    }

    /// Nil where it is only a part, which is not held.
    private static func whole(
        _ info: InfoDictionary, _ hashes: PieceHashes, _ stamps: [FileStamp], _ part: FolderPart
    ) -> HashedFolder? {
        guard part.isWhole, part.path.isEmpty else { return nil }
        return HashedFolder(info: info, hashes: hashes, stamps: stamps)
    }

    /// Others get it from here, though no run fetched it: one begins when somebody asks.
    private func hold(_ info: InfoDictionary, _ hashes: PieceHashes, _ stamps: [FileStamp], _ part: FolderPart) async {
        guard let hashed = Self.whole(info, hashes, stamps, part) else { return }
        await holdings.begin(place, origin: job.origin)
        if await !holdings.finish(hashed, at: place) { await holdings.drop(place) }
    }

    private func serve(
        _ info: InfoDictionary, _ hashes: PieceHashes, _ stamps: [FileStamp], _ part: FolderPart,
        by run: SwarmRun
    ) async {
        guard let hashed = Self.whole(info, hashes, stamps, part),
            let served = try? await threads.files.run({ [target] _ in
                try ServedFolder(path: target.path, hashed: hashed)
            }),
            await holdings.finish(hashed, at: place)
        else {
            run.stop()
            return await holdings.drop(place)
        }
        guard downloads.swarms.seed(run, from: FolderSource(folder: served, threads: threads), at: target.path) else {
            return run.stop()
        }
    }
}
