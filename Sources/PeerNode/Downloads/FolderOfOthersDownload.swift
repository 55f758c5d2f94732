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
        let get = FolderGet(
            name: folder.shown, owner: folder.owner, path: target.path, files: folder.files.keys.map(Self.texts))
        return try await transfers.attend(get) { () throws(NodeFailure) in
            try await get.perform { () throws(NodeFailure) in try await fetchAll(get, progress) }
        }
    }

    private func fetchAll(
        _ get: FolderGet, _ progress: @escaping Downloads.Report
    ) async throws(NodeFailure) -> DownloadOutcome {
        try await makeFolders()
        let tally = FolderTally(folder.shown, folder.files, progress)
        do throws(NodeFailure) { return try await fetchAll(get, tally) } catch {
            guard case .sourcesLost(_, _, _, _, let reasons, _, _, _) = error else { throw error }
            throw .sourcesLost(
                name: folder.shown, partial: target.path, done: tally.arrived, total: folder.size, reasons: reasons,
                missed: [], withdrawn: [folder.owner])
        }
    }

    private func fetchAll(_ get: FolderGet, _ tally: FolderTally) async throws(NodeFailure) -> DownloadOutcome {
        let width = await transfers.currentLimits().active
        let (first, failures) = try await all(folder.files.keys.sorted(by: Self.precedes), atOnce: width, of: get) {
            path, turns throws(NodeFailure) in try await fetch(path, get, tally, turns)
        }
        // Files of one content do not come at the same time: when the first is there, the others are copied. What was left out
        // may have come by another get.
        let waited = failures.filter { $0.isForNow || $0.isLeftOut }
        let (second, later) = try await all(waited.map(\.path), atOnce: 1, of: get) { path, turns throws(NodeFailure) in
            try await fetch(path, get, tally, turns)
        }
        try finish(failures.filter { !$0.isForNow && !$0.isLeftOut } + later)
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

        var isForNow: Bool {
            switch failure {
            case .queuedAlready, .downloadInProgress: true
            default: false
            }
        }

        var isLeftOut: Bool { failure.isElsewhere }
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
        _ path: [FileName], _ get: FolderGet, _ tally: FolderTally, _ turns: FileTurns
    ) async throws(NodeFailure) -> Fetched? {
        let way = Self.texts(path)
        do throws(NodeFailure) {
            // What is there is not missing, whatever was said of it.
            if let word = get.word(on: way), !ExistingFile.isAny(Self.path(path, in: target.path)) { throw word }
            let fetched = try await fetch(path, tally, turns) { () throws(NodeFailure) in
                if let word = get.word(on: way) { throw word }
            }
            tally.end(path, rests: false)
            get.came(way)
            return fetched
        } catch {
            tally.end(path, rests: error.isElsewhere)
            // The word is on the part that was named, not on each file.
            throw error.isElsewhere ? get.word(on: way) ?? error : error
        }
    }

    private func fetch(
        _ path: [FileName], _ tally: FolderTally, _ turns: FileTurns,
        unless require: @escaping @Sendable () throws(NodeFailure) -> Void
    ) async throws(NodeFailure) -> Fetched? {
        let outcome = try await transfers.download(request(for: path), unless: require) { progress in
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
    ///   - get: what its user says of parts of it holds.
    ///   - work: its result is nil where there was nothing to do.
    private func all<Result: Sendable>(
        _ paths: [[FileName]], atOnce width: Int, until end: ContinuousClock.Instant? = nil, of get: FolderGet? = nil,
        _ work: @escaping @Sendable ([FileName], FileTurns) async throws(NodeFailure) -> Result?
    ) async throws(NodeFailure) -> (results: [Result], failures: [Failed]) {
        var results: [Result] = []
        var failures: [Failed] = []
        var rest = paths[...]
        var resting = RestingFiles()
        /// How many words there were when each began.
        var words: [[FileName]: Int] = [:]
        var unhashed = 0
        var ending: NodeFailure?
        let turns = FileTurns(atOnce: width)
        get?.whenResumed { turns.look() }
        await withTaskGroup(of: Step<Result>.self) { group in
            func begin() {
                if let get { rest += resting.takeResumed(get.words) }
                let isLate = end.map { ContinuousClock.now >= $0 } ?? false
                while ending == nil, unhashed < Self.mostUnhashed, !isLate, !Task.isCancelled, turns.mayBegin,
                    let path = rest.popFirst()
                {
                    turns.begin(path)
                    words[path] = get?.words.number
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
                        if let get, let (reason, meant) = Self.word(failure, on: path, get) {
                            let rests = resting.add(
                                path, for: reason, by: meant, begunAfter: words[path] ?? 0, get.words)
                            if !rests { rest.append(path) }
                        } else {
                            failures.append(Failed(path: path, failure: failure))
                            if case .notHashedYet = failure { unhashed += 1 }
                            if ending == nil, await endsAll(failure) { ending = failure }
                        }
                    }
                }
                begin()
            }
            group.cancelAll()
        }
        if Task.isCancelled { throw .cancelled }
        if let ending { throw ending }
        failures += resting.all.map { Failed(path: $0.path, failure: $0.reason) }
        failures += rest.map { path in
            let unread = NodeFailure.notHashedYet(name: Self.path(path, in: folder.shown), owner: folder.owner)
            return Failed(path: path, failure: get?.word(on: Self.texts(path)) ?? unread)
        }
        return (results, failures)
    }

    /// Why its user has a file left out, and of which he said so: where another one of the same content is to come before it, of that.
    /// Nil for one that failed.
    private static func word(
        _ failure: NodeFailure, on path: [FileName], _ get: FolderGet
    ) -> (reason: NodeFailure, meant: [String])? {
        if failure.isElsewhere { return (failure, texts(path)) }
        guard case .queuedAlready(_, let place) = failure, let first = get.file(at: place),
            let word = get.word(on: first)
        else { return nil }
        return (word, first)
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

    private func finish(_ failures: [Failed]) throws(NodeFailure) {
        guard !failures.isEmpty else { return }
        // What nobody meant comes first: how it ends goes by what is told.
        let sorted = failures.sorted { left, right in
            let (first, second) = (left.failure.weight, right.failure.weight)
            return first == second ? Self.precedes(left.path, right.path) : first > second
        }
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

    private static func texts(_ path: [FileName]) -> [String] { path.map(\.text) }

    private static func precedes(_ left: [FileName], _ right: [FileName]) -> Bool {
        left.lexicographicallyPrecedes(right)
    }
}

extension NodeFailure {
    fileprivate var weight: Int {
        switch self {
        case .pausedElsewhere: 0
        case .cancelledElsewhere: 1
        default: 2
        }
    }
}
