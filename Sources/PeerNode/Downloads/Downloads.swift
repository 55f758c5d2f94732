import Connectivity
import Content
import Crypto
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
    let blocked: BlockList
    let moves: Moves
    let swarms: Swarms
    let holdings: Holdings
    let folders: FolderHoldings
    let inner: InnerFiles
    let restrictions: Restrictions
    /// Of the network.
    let key: P256.Signing.PublicKey
    let record: PublishedFiles
    let certificatePEM: String
    let threads: NodeThreads
    let limits: DownloadLimits
    let peerID: PeerID
    let notices: Notices
    let logger: Logger
    private let onlineMembers = OnlineMembers()
    private let start = ContinuousClock.now

    typealias Report = @Sendable (NodeProgress) -> Void

    /// What is to be fetched, and to where.
    struct Meant: Sendable {
        /// Of the publication, or of the folder at the top in which it is shared.
        let name: FileName
        let content: ContentID
        let origin: PublicationID
        /// In that folder; empty for all of it, and for a file that is at the top.
        var path: [String] = []
        let target: DownloadTarget
        /// Who published it; nil where that is not known.
        var owner: UserName?
        /// Nobody who has published it is there.
        var isAbsent = false

        /// As one asks for it.
        var text: String { ([name.text] + path).joined(separator: "/") }
    }

    /// From the name to what it stands for, with a look at its place: something else there is a failure, the very
    /// content makes nil.
    ///
    /// What somebody has who is there can be had, though nobody is there who published it.
    ///
    /// - Parameter waits: what only those have who are away is meant, too, where they have hashed it.
    func understand(
        _ request: DownloadRequest, waits: Bool = false, progress: @escaping Report
    ) async throws(NodeFailure) -> (meant: Meant, isThere: Bool) {
        let (text, whole) = NameQuery.splitPath(request.name)
        // The start of a path of this computer is no name.
        guard !["", ".", ".."].contains(text) else { throw .notFound(name: request.name, absent: []) }
        let resolved = try await resolve(text, whole, waits: waits)
        let (name, content, origin, path) = (resolved.name, resolved.content, resolved.origin, resolved.path)
        if content.kind == .folder {
            var (meant, isThere) = try await FolderDownload.understand(
                request, name, content, origin, path, self, progress)
            meant.isAbsent = resolved.isAbsent
            meant.owner = resolved.owner
            return (meant, isThere)
        }
        guard path.isEmpty else { throw .notInFolder(name: name.text, path: path.joined(separator: "/")) }
        let target = try await DownloadTarget.of(request, named: name)
        do {
            let isThere = try await lookAtTarget(target, content, progress)
            let meant = Meant(
                name: resolved.top, content: content, origin: origin, path: resolved.place, target: target,
                owner: resolved.owner, isAbsent: resolved.isAbsent)
            return (meant, isThere)
        } catch {
            throw NodeFailure(writing: error, to: target.path)
        }
    }

    /// Whether it comes at once, whoever is there: there is nothing in it, or it lies on this computer.
    func needsNobody(_ meant: Meant) async -> Bool {
        if meant.content == .empty { return true }
        return (try? await copies.has(meant.content, for: meant.origin)) ?? false
    }

    /// From what is meant to the file: looks at what stands there, fetches, names.
    ///
    /// - Parameter learnt: told the hashes of all pieces once they are known, to be kept.
    func carryOut(
        _ job: TransferJob, learnt: @escaping @Sendable (PieceLayer) -> Void
    ) async throws(NodeFailure) -> DownloadOutcome {
        let (content, target) = (job.content, job.target)
        // Whatever was being removed there when a program was killed.
        try? await threads.files.run { _ in try PartialFolder.finishRemovals(in: target.folder) }
        if content.kind == .folder { return try await FolderDownload(downloads: self, job: job).run() }
        do {
            if try await lookAtTarget(target, content, { job.report($0) }) { return .alreadyThere(path: target.path) }
            let partial = try await threads.files.run { [threads] _ in
                try PartialFile.checkName(target.name, in: target.folder)
                return try PartialFile(
                    of: content, geometry: Geometry(canonicalFor: content), in: target.folder, threads: threads.syncing)
            }
            let copied = try await releasing(partial) {
                try await job.locally { try await copies.fill(partial, for: job.origin, threads) { job.report($0) } }
            }
            let fetched = content == .empty || copied != nil ? nil : try await fetch(job, into: partial, learnt)
            let sources = try await finish(partial, job, fetched, copied)
            return .completed(
                name: job.text, path: target.path, size: content.size, files: nil,
                sources: sources.map(\.text).sorted())
        } catch {
            throw NodeFailure(writing: error, to: target.path)
        }
    }

    /// What ends before anything is fetched leaves the partial file to the next try as well.
    private func releasing<Result>(_ partial: PartialFile, _ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch {
            partial.release(isProven: false)
            throw error
        }
    }

    var copies: LocalCopies {
        LocalCopies(record: record, holdings: holdings, folders: folders, inner: inner, restrictions: restrictions)
    }

    // MARK: What is meant

    /// What a name stands for, and a path behind it.
    struct Resolved: Sendable {
        /// Of the file itself, where it is in a folder that is shared.
        let name: FileName
        let content: ContentID
        var origin: PublicationID
        let owner: UserName
        /// What of the path is left: that in a folder which is one content.
        let path: [String]
        /// Where it stands: what is published at the top, and the way from there in a folder that is shared.
        let top: FileName
        let place: [String]
        /// It is not for everybody, and is to be given on only to those for whom it is.
        var isRestricted: Bool
        /// Nobody who has published it is there.
        var isAbsent: Bool
    }

    func resolve(
        _ text: String, _ path: [String] = [], waits: Bool = false
    ) async throws(NodeFailure) -> Resolved {
        var resolved = try await lookedUp(text, path, waits)
        if !resolved.isRestricted, let own = try await restrictedOrigin(of: resolved.content) {
            resolved.origin = own
            resolved.isRestricted = true
        }
        do {
            try await restrictions.note([(resolved.origin, resolved.isRestricted)])
        } catch {
            throw NodeFailure(ofState: error)
        }
        return resolved
    }

    /// Whoever may have a content that somebody keeps to a few has it as one of these, whoever else publishes it: others may
    /// publish what they only know the root of, and have it fetched and given on by those who may.
    private func restrictedOrigin(of content: ContentID) async throws(NodeFailure) -> PublicationID? {
        guard content != .empty else { return nil }
        do {
            return Ticket(sealed: try await client.ticket(for: content), by: key)?.publications.first
        } catch {
            if case .refused(.noSuchPublication) = error { return nil }
            throw NodeFailure(error, user: user)
        }
    }

    private func lookedUp(_ text: String, _ path: [String], _ waits: Bool) async throws(NodeFailure) -> Resolved {
        do throws(NodeFailure) {
            return try await lookUp(text, path, waits)
        } catch {
            throw await telling(error)
        }
    }

    /// The same, with who of those that it names is online, or was a few seconds ago.
    func telling(_ failure: NodeFailure) async -> NodeFailure {
        await failure.telling { await online() }
    }

    /// Names; nil where the directory does not say.
    ///
    /// - Parameter since: What it said before does not do.
    func online(since: Duration = .zero) async -> [String]? {
        await onlineMembers.names(at: now, since: since) { try? await client.peers().map(\.text) }
    }

    /// Of the clock of ``online(since:)``.
    var now: Duration { start.duration(to: .now) }

    private func lookUp(_ text: String, _ path: [String], _ waits: Bool) async throws(NodeFailure) -> Resolved {
        func resolved(_ text: String, _ path: [String]) async throws(NodeFailure) -> Resolved {
            let (name, meant) = try await findings(of: text)
            return try await SharedNames(downloads: self, waits: waits).resolve(name, text, path, meant)
        }
        // `Music/live@hans` is what people type; what stands there under that very name is looked for first.
        guard let (chosen, way) = NameQuery.choosingAtTop(text, path) else { return try await resolved(text, path) }
        let exact: Resolved
        do throws(NodeFailure) {
            exact = try await resolved(text, path)
        } catch .notInFolder {
            return try await resolved(chosen, way)
        } catch .ambiguous(let name, let choices) {
            // Which of them is meant is said at the end, or not at all.
            do throws(NodeFailure) { return try await resolved(chosen, way) } catch .noSuchChoice {
                throw .ambiguous(name: name, choices: choices)
            }
        }
        switch try await hasPart(exact) {
        case true?: return exact
        case false?: return try await resolved(chosen, way)
        case nil: return (try? await resolved(chosen, way)) ?? exact
        }
    }

    /// Whether there is something at the path in a folder that is one content. Nil where nobody tells now.
    private func hasPart(_ resolved: Resolved) async throws(NodeFailure) -> Bool? {
        guard resolved.content.kind == .folder, !resolved.path.isEmpty else { return true }
        do {
            _ = try await FolderDictionary(downloads: self)
                .part(of: resolved.content, at: resolved.path, named: resolved.name)
            return true
        } catch NodeFailure.notInFolder {
            return false
        } catch is CancellationError {
            throw .cancelled
        } catch {
            return nil
        }
    }

    /// The publications that are meant, by the first of the readings of a name by which there are some.
    func findings(of text: String) async throws(NodeFailure) -> (name: FileName, meant: [Finding]) {
        var nearest: (reading: NameQuery, findings: [Finding])?
        let readings = NameQuery.readings(of: text)
        for reading in readings {
            let findings: [Finding]
            do {
                findings = blocked.allowed(try await client.lookup(reading.name))
            } catch {
                throw NodeFailure(error, user: user)
            }
            let meant = try NameResolution.unlocked(reading.select(findings), named: text)
            if !meant.isEmpty { return (reading.name, meant) }
            if !findings.isEmpty { nearest = nearest ?? (reading, findings) }
        }
        if let nearest { throw NameResolution.noSuchChoice(nearest.reading, of: nearest.findings) }
        guard let choosing = readings.last(where: { $0.choice != .any }) else {
            throw .notFound(name: text, absent: [])
        }
        throw NameResolution.noSuchChoice(choosing, of: [])
    }

    /// Whether the very content stands there; something else is a failure.
    private func lookAtTarget(
        _ target: DownloadTarget, _ content: ContentID, _ progress: @escaping Report
    ) async throws -> Bool {
        switch try await compare(target.path, with: content, target.name, progress) {
        case .absent: return false
        case .different: throw NodeFailure.targetExists(path: target.path)
        case .identical:
            try? await threads.files.run { _ in try PartialFile.removeLeftovers(of: content, in: target.folder) }
            return true
        }
    }

    private func compare(
        _ path: String, with content: ContentID, _ name: String, _ progress: @escaping Report
    ) async throws -> ExistingFile {
        let pace = ProgressPace()
        return try await ExistingFile.compare(path, with: content, hasher: threads.hasher) { done, total in
            if let reading = NodeProgress(reading: name, done, total, pace) { progress(reading) }
        }
    }

    // MARK: Fetching

    /// A content that is here, under no name yet; its run goes on until it is told the name, or stopped.
    private struct Fetched {
        let run: SwarmRun
        let summary: DownloadSummary
        /// What an earlier run had verified lay about since, and was not looked at yet.
        let isUnproven: Bool
    }

    private func fetch(
        _ job: TransferJob, into partial: PartialFile, _ learnt: @escaping @Sendable (PieceLayer) -> Void
    ) async throws -> Fetched {
        let content = job.content
        guard let infoHash = InfoHashes.canonical(content, certificate: Array(certificatePEM.utf8)) else {
            throw NodeFailure.internalError(detail: "no info dictionary for \(content.root)")
        }
        let dialling = dialling(content, infoHash)
        let reporter = DownloadReporter(name: job.text, progress: { job.report($0) }, notices: notices)
        let layer = try? await record.layer(of: content)
        let resumption = Resumption(partial: partial, threads: threads)
        let verified = try await releasing(partial) {
            try await resumption.verified(layer, of: job.text) { job.report($0) }
        }
        let plan = FetchPlan(
            ContentLayout(content, geometry: partial.geometry), verified: verified,
            hashes: layer.map { PieceHashes($0) },
            store: PartialStore(file: partial), source: PartialSource(file: partial, threads: threads),
            limits: patientLimits, askForSources: { await dialling.ask($0) },
            lookForBetterWays: { await dialling.lookForBetterWays(to: $0) }, progress: { reporter.report($0) },
            notice: { notice in
                switch notice {
                case .sourceLost(let member, _): dialling.lost(member)
                case .hashesKnown(let hashes): if let layer = hashes.layer(ofFile: 0) { learnt(layer) }
                case .sourceLied: break
                }
                reporter.tell(notice)
            })
        // Before others are looked for: of two who begin together, one finds the other.
        await holdings.begin(content, named: job.fileName, origin: job.origin)
        restrictions.insert(content, .fetched(job.number), job.origin)
        defer { restrictions.remove(content, .fetched(job.number)) }
        guard let run = swarms.fetch(plan) else {
            await holdings.abandon(content)
            throw CancellationError()
        }
        job.attach(run, writing: partial, from: dialling)
        dialling.serve(run)
        let isUnproven = layer == nil && resumption.isUnproven
        do throws(DownloadFailure) {
            return Fetched(run: run, summary: try await dialling.fetched(by: run), isUnproven: isUnproven)
        } catch {
            if case .sourcesLost = error, reporter.verified == 0 {
                // Nothing of it is worth keeping. Once it is released it may be another's.
                try? await threads.files.run { _ in try partial.discard() }
            }
            // The run has written all that it will write; it may hold the file a moment longer.
            partial.release(isProven: !isUnproven)
            await holdings.abandon(content)
            throw await failure(error, job, partial.path, reporter, of: content.size)
        }
    }

    /// Of runs that go on though nobody who has it is there: somebody may come.
    var patientLimits: DownloadLimits {
        var limits = limits
        limits.isPatient = true
        return limits
    }

    func dialling(_ content: ContentID, _ infoHash: TruncatedInfoHash) -> SourceDialling {
        SourceDialling(
            user: user, content: content, infoHash: infoHash, client: client, dialer: dialer, blocked: blocked,
            moves: moves, peerID: peerID, logger: logger)
    }

    /// Gives the file its name, from where it is served on.
    ///
    /// - Parameter copied: Of what was here already.
    /// - Returns: Who gave of it.
    private func finish(
        _ partial: PartialFile, _ job: TransferJob, _ fetched: Fetched?, _ copied: PieceLayer?
    ) async throws -> [UserName] {
        do {
            if fetched?.isUnproven == true || partial.isTouched { try await prove(partial, job) }
            let stamp = try await job.locally {
                try await threads.files.run { _ in try partial.finish(as: job.target.name) }
            }
            guard let fetched else {
                if let copied { await hold(copied, Holdings.File(path: job.target.path, stamp: stamp), job) }
                return []
            }
            if let layer = fetched.summary.hashes.layer(ofFile: 0) {
                await serve(Holdings.File(path: job.target.path, stamp: stamp), layer, by: fetched.run)
            } else {
                fetched.run.stop()
                await holdings.abandon(partial.content)
            }
            return Array(fetched.summary.bytes.keys)
        } catch {
            partial.release(isProven: fetched?.isUnproven != true)
            if let fetched {
                fetched.run.stop()
                await holdings.abandon(partial.content)
            }
            throw error
        }
    }

    /// Reads the whole once more before it gets its name: any program may have written into it.
    private func prove(_ partial: PartialFile, _ job: TransferJob) async throws {
        let found = try await compare(partial.path, with: partial.content, job.target.name) { job.report($0) }
        guard found != .identical else { return }
        try await threads.files.run { _ in try partial.discard() }
        throw NodeFailure.partialSpoiled(path: job.target.path)
    }

    /// Others get it from here, though no run fetched it: one begins when somebody asks.
    private func hold(_ layer: PieceLayer, _ file: Holdings.File, _ job: TransferJob) async {
        await holdings.begin(layer.content, named: job.fileName, origin: job.origin)
        if await !holdings.finish(layer, as: file) { await holdings.abandon(layer.content) }
    }

    private func serve(_ file: Holdings.File, _ layer: PieceLayer, by run: SwarmRun) async {
        let served = try? await threads.files.run { _ in
            try ServedFile(path: file.path, stamp: file.stamp, layer: layer)
        }
        guard let served, await holdings.finish(layer, as: file) else {
            run.stop()
            return await holdings.abandon(layer.content)
        }
        guard swarms.seed(run, from: FileSource(file: served, threads: threads), at: file.path) else {
            return run.stop()
        }
    }

    /// Why a download ended before all was here. Asks the directory, so whatever is held has to be let go before.
    func failure(
        _ failure: DownloadFailure, _ job: TransferJob, _ partial: String, _ reporter: DownloadReporter,
        of total: Int64
    ) async -> any Error {
        switch failure {
        case .cancelled: CancellationError()
        case .storeFailed(let error): error
        case .sourcesLost(let ends): await lost(job, ends, partial: partial, done: reporter.verified, total: total)
        }
    }
}
