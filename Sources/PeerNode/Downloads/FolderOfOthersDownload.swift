import DirectoryClient
import Library
import NodeControl
import Wire

/// Fetches a folder that others share, file by file, into one of its name. What is there already stays as it is: so the
/// same again goes on where it was.
struct FolderOfOthersDownload: Sendable {
    /// Names that are looked up at a time, for the queue, and for how long all of them.
    private static let asking = 8
    private static let askingTime = Duration.seconds(300)
    /// Files that their owners do not read, though they are asked to: then the others are not waited for.
    private static let mostUnhashed = 16
    /// Of what is missing, so much is told one by one.
    private static let mostTold = 20

    let transfers: Transfers
    private let folder: FolderOfOthers
    private let target: DownloadTarget
    /// As ``DownloadRequest`` has them.
    private let waits: Bool?
    private let isContinued: Bool?
    /// In the folder, each from the top, without the files.
    private let folders: Set<[FileName]>

    /// - Parameter name: of the folder, as the request was understood.
    init(_ request: DownloadRequest, of name: String, _ transfers: Transfers) async throws(NodeFailure) {
        self.transfers = transfers
        waits = request.waits
        isContinued = request.isContinued
        let folder = try await FolderOfOthers(name, transfers.downloads)
        let folders = folder.folders
        self.folder = folder
        self.folders = folders
        target = try await DownloadTarget.of(request, named: folder.name) { path in
            // All of them are made before anything else.
            let inner = folders.filter { !$0.isEmpty }
            return inner.isEmpty
                ? folder.files.keys.contains { ExistingFile.isAny(Self.path($0, in: path)) }
                : inner.allSatisfy { Folders.exists(Self.path($0, in: path)) }
        }
    }

    /// Until all is there, or its user has it stop.
    func run(_ progress: @escaping Downloads.Report) async throws(NodeFailure) -> DownloadOutcome {
        let get = FolderGet(name: folder.shown, owner: folder.owner, path: target.path)
        return try await transfers.attend(get) { () throws(NodeFailure) in
            try await get.perform { () throws(NodeFailure) in try await fetchAll(progress) }
        }
    }

    private func fetchAll(_ progress: @escaping Downloads.Report) async throws(NodeFailure) -> DownloadOutcome {
        try await makeFolders()
        let tally = FolderTally(folder, progress)
        do throws(NodeFailure) { return try await fetchAll(tally) } catch {
            guard case .sourcesLost(_, _, _, _, let reasons, _, _, _) = error else { throw error }
            throw .sourcesLost(
                name: folder.shown, partial: target.path, done: tally.arrived, total: folder.size, reasons: reasons,
                missed: [], withdrawn: [folder.owner])
        }
    }

    private func fetchAll(_ tally: FolderTally) async throws(NodeFailure) -> DownloadOutcome {
        let width = await transfers.currentLimits().active
        let (first, failures) = try await all(folder.files.keys.sorted(by: Self.precedes), atOnce: width) {
            path, turns throws(NodeFailure) in try await fetch(path, tally, turns)
        }
        // Files of one content do not come at the same time: when the first is there, the others are copied.
        let waited = failures.filter { Self.isForNow($0.failure) }
        let (second, later) = try await all(waited.map(\.path), atOnce: 1) { path, turns throws(NodeFailure) in
            try await fetch(path, tally, turns)
        }
        try finish(failures.filter { !Self.isForNow($0.failure) } + later)
        let outcomes = first + second
        guard !outcomes.isEmpty || folder.files.isEmpty else { return .alreadyThere(path: target.path) }
        return .completed(
            name: folder.shown, path: target.path, size: outcomes.reduce(0) { $0 + $1.size }, files: outcomes.count,
            sources: Set(outcomes.flatMap(\.sources)).sorted())
    }

    /// Puts each of them into the queue.
    ///
    /// - Returns: Those that are not there already, in the order of their turns, but for what is of one content with
    ///   another, for the same folder: that comes when the first is there.
    func enqueue() async throws(NodeFailure) -> [TransferStatus] {
        guard folder.files.count <= TransferQueue.limit else {
            throw .sharedFolderTooLarge(name: folder.shown, limit: TransferQueue.limit)
        }
        try await makeFolders()
        let (queued, failures) = try await all(
            folder.files.keys.sorted(by: Self.precedes), atOnce: Self.asking, until: .now + Self.askingTime
        ) { path, _ throws(NodeFailure) in
            do throws(NodeFailure) {
                return try await transfers.enqueue(request(for: path))
            } catch .queuedAlready(let number, _) {
                try await transfers.enqueue(request(for: path), after: number)
                return nil
            }
        }
        try finish(failures)
        return queued.sorted { $0.number < $1.number }
    }

    // MARK: Each file

    private struct Failed {
        let path: [FileName]
        let failure: NodeFailure
    }

    private enum Step<Result: Sendable>: Sendable {
        case ended([FileName], Swift.Result<Result?, NodeFailure>)
        /// Perhaps another one, as one waits.
        case mayBegin
    }

    private struct Fetched {
        let size: Int64
        let sources: [String]
    }

    /// Nil where it is there already.
    private func fetch(
        _ path: [FileName], _ tally: FolderTally, _ turns: FileTurns
    ) async throws(NodeFailure) -> Fetched? {
        defer { tally.end(path) }
        let outcome = try await transfers.download(request(for: path)) { progress in
            tally.note(progress, of: path)
            turns.note(path, isWaiting: progress.waitsFor != nil)
        }
        switch outcome {
        case .completed(_, _, let size, _, let sources): return Fetched(size: size, sources: sources)
        // It came before the one that is asked now had the other's place.
        case .alreadyThere where isContinued == true: return Fetched(size: folder.files[path] ?? 0, sources: [])
        case .alreadyThere: return nil
        }
    }

    private func request(for path: [FileName]) -> DownloadRequest {
        DownloadRequest(
            name: Self.path(path, in: folder.text), directory: Self.path(Array(path.dropLast()), in: target.path),
            waits: waits, isContinued: isContinued)
    }

    /// - Parameters:
    ///   - end: none is begun later.
    ///   - work: its result is nil where there was nothing to do.
    private func all<Result: Sendable>(
        _ paths: [[FileName]], atOnce width: Int, until end: ContinuousClock.Instant? = nil,
        _ work: @escaping @Sendable ([FileName], FileTurns) async throws(NodeFailure) -> Result?
    ) async throws(NodeFailure) -> (results: [Result], failures: [Failed]) {
        var results: [Result] = []
        var failures: [Failed] = []
        var rest = paths[...]
        var unhashed = 0
        var ending: NodeFailure?
        let turns = FileTurns(atOnce: width)
        await withTaskGroup(of: Step<Result>.self) { group in
            func begin() {
                let isLate = end.map { ContinuousClock.now >= $0 } ?? false
                while ending == nil, unhashed < Self.mostUnhashed, !isLate, !Task.isCancelled, turns.mayBegin,
                    let path = rest.popFirst()
                {
                    turns.begin(path)
                    group.addTask {
                        do throws(NodeFailure) {
                            return .ended(path, .success(try await work(path, turns)))
                        } catch {
                            return .ended(path, .failure(error))
                        }
                    }
                }
            }
            func listen() {
                group.addTask {
                    for await _ in turns.signs { break }
                    return .mayBegin
                }
            }
            begin()
            listen()
            while turns.isAnyRunning, let step = await group.next() {
                switch step {
                case .mayBegin: if !Task.isCancelled { listen() }
                case .ended(let path, let result):
                    turns.end(path)
                    switch result {
                    case .success(let result): if let result { results.append(result) }
                    case .failure(let failure):
                        failures.append(Failed(path: path, failure: failure))
                        if case .notHashedYet = failure { unhashed += 1 }
                        if ending == nil, await endsAll(failure) { ending = failure }
                    }
                }
                begin()
            }
            group.cancelAll()
        }
        if Task.isCancelled { throw .cancelled }
        if let ending { throw ending }
        failures += rest.map { path in
            Failed(path: path, failure: .notHashedYet(name: Self.path(path, in: folder.shown), owner: folder.owner))
        }
        return (results, failures)
    }

    /// No other file would fare better.
    private func endsAll(_ failure: NodeFailure) async -> Bool {
        switch failure {
        case .notSignedIn, .expelled, .queueFull, .serverAway: true
        case .sourcesLost(_, _, _, _, _, _, _, let withdrawn?) where withdrawn.contains(folder.owner):
            await isWithdrawn
        default: false
        }
    }

    /// Its owner shares it no longer, and not only some of it.
    private var isWithdrawn: Bool {
        get async {
            guard let client = try? transfers.downloads.client, let found = try? await client.lookup(folder.top) else {
                return false
            }
            return !found.contains { $0.isParent && $0.owner.text == folder.owner }
        }
    }

    private static func isForNow(_ failure: NodeFailure) -> Bool {
        switch failure {
        case .queuedAlready, .downloadInProgress: true
        default: false
        }
    }

    private func finish(_ failures: [Failed]) throws(NodeFailure) {
        guard !failures.isEmpty else { return }
        let sorted = failures.sorted { Self.precedes($0.path, $1.path) }
        throw .filesMissing(
            name: folder.shown, missing: failures.count, of: folder.files.count,
            first: sorted.prefix(Self.mostTold).map {
                MissingFile(name: Self.path($0.path, in: folder.shown), reason: $0.failure)
            })
    }

    // MARK: Places

    private func makeFolders() async throws(NodeFailure) {
        let paths = folders.map { $0.map(\.bytes) }
        // A stranger's name could stand for what we had not verified.
        if let hidden = paths.joined().first(where: HiddenNames.contains) {
            throw .unwritable(
                path: "\(target.path)/\(String(decoding: hidden, as: UTF8.self))",
                reason: "names like this one are kept for what is not whole yet")
        }
        do {
            try await transfers.downloads.threads.files.run { [target] _ in
                try NewFile.makeFolders(at: paths, in: target.path)
            }
        } catch {
            throw NodeFailure(writing: error, to: target.path)
        }
    }

    private static func path(_ path: [FileName], in folder: String) -> String {
        ([folder] + path.map(\.text)).joined(separator: "/")
    }

    private static func precedes(_ left: [FileName], _ right: [FileName]) -> Bool {
        left.lexicographicallyPrecedes(right)
    }
}
