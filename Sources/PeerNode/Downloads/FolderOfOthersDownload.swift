import Library
import NodeControl
import Synchronization
import Wire

/// Fetches a folder that others share, file by file, into one of its name. What is there already stays as it is: so the
/// same again goes on where it was.
struct FolderOfOthersDownload: Sendable {
    /// Names that are looked up at a time, for the queue.
    private static let asking = 8

    let transfers: Transfers
    let request: DownloadRequest
    private let folder: FolderOfOthers
    private let target: DownloadTarget

    init(_ request: DownloadRequest, _ transfers: Transfers) async throws(NodeFailure) {
        self.transfers = transfers
        self.request = request
        folder = try await FolderOfOthers(request.name, transfers.downloads)
        target = try await DownloadTarget.of(request, named: folder.name)
    }

    /// Until all is there.
    func run(_ progress: @escaping Downloads.Report) async throws(NodeFailure) -> DownloadOutcome {
        try await makeFolders()
        let tally = FolderTally(folder, progress)
        let first = try await all(folder.files.keys.sorted(by: Self.precedes), atOnce: transfers.currentLimits().active)
        {
            path throws(NodeFailure) in try await fetch(path, tally)
        }
        // Files of one content do not come at the same time: when the first is there, the others are copied.
        let waited = first.failures.filter { Self.isForNow($0.failure) }
        let second = try await all(waited.map(\.path), atOnce: 1) { path throws(NodeFailure) in
            try await fetch(path, tally)
        }
        let failures = first.failures.filter { !Self.isForNow($0.failure) } + second.failures
        try finish(failures)
        let outcomes = first.results + second.results
        guard !outcomes.isEmpty else { return .alreadyThere(path: target.path) }
        return .completed(
            name: folder.text, path: target.path, size: outcomes.reduce(0) { $0 + $1.size }, files: outcomes.count,
            sources: Set(outcomes.flatMap(\.sources)).sorted())
    }

    /// Puts each of them into the queue.
    ///
    /// - Returns: Those that are not there already, in the order of their turns.
    func enqueue() async throws(NodeFailure) -> [TransferStatus] {
        guard await transfers.room >= folder.files.count else { throw .queueFull(limit: TransferQueue.limit) }
        try await makeFolders()
        let (queued, failures) = try await all(folder.files.keys.sorted(by: Self.precedes), atOnce: Self.asking) {
            path throws(NodeFailure) in try await transfers.enqueue(request(for: path))
        }
        try finish(failures)
        return queued.sorted { $0.number < $1.number }
    }

    // MARK: Each file

    private struct Failed {
        let path: [FileName]
        let failure: NodeFailure
    }

    private struct Fetched {
        let size: Int64
        let sources: [String]
    }

    /// Nil where it is there already.
    private func fetch(_ path: [FileName], _ tally: FolderTally) async throws(NodeFailure) -> Fetched? {
        defer { tally.end(path) }
        let outcome = try await transfers.download(request(for: path)) { tally.note($0, of: path) }
        guard case .completed(_, _, let size, _, let sources) = outcome else { return nil }
        return Fetched(size: size, sources: sources)
    }

    private func request(for path: [FileName]) -> DownloadRequest {
        DownloadRequest(
            name: ([folder.text] + path.map(\.text)).joined(separator: "/"),
            directory: ([target.path] + path.dropLast().map(\.text)).joined(separator: "/"))
    }

    /// - Parameter work: its result is nil where there was nothing to do.
    private func all<Result: Sendable>(
        _ paths: [[FileName]], atOnce width: Int,
        _ work: @escaping @Sendable ([FileName]) async throws(NodeFailure) -> Result?
    ) async throws(NodeFailure) -> (results: [Result], failures: [Failed]) {
        var results: [Result] = []
        var failures: [Failed] = []
        var rest = paths[...]
        await withTaskGroup(of: (path: [FileName], result: Swift.Result<Result?, NodeFailure>).self) { group in
            func begin() {
                guard let path = rest.popFirst() else { return }
                group.addTask {
                    do throws(NodeFailure) {
                        return (path, .success(try await work(path)))
                    } catch {
                        return (path, .failure(error))
                    }
                }
            }
            for _ in 0..<max(1, width) { begin() }
            for await (path, result) in group {
                switch result {
                case .success(let result): if let result { results.append(result) }
                case .failure(let failure):
                    failures.append(Failed(path: path, failure: failure))
                    if Self.endsAll(failure) { rest = [] }
                }
                if !Task.isCancelled { begin() }
            }
        }
        if Task.isCancelled { throw .cancelled }
        if let end = failures.first(where: { Self.endsAll($0.failure) }) { throw end.failure }
        return (results, failures)
    }

    /// No other file would fare better.
    private static func endsAll(_ failure: NodeFailure) -> Bool {
        switch failure {
        case .cancelled, .leftRunning, .notSignedIn, .expelled, .queueFull: true
        default: false
        }
    }

    private static func isForNow(_ failure: NodeFailure) -> Bool {
        switch failure {
        case .queuedAlready, .downloadInProgress: true
        default: false
        }
    }

    /// Tells what failed.
    private func finish(_ failures: [Failed]) throws(NodeFailure) {
        guard !failures.isEmpty else { return }
        for failed in failures {
            transfers.tell(.downloadFailed(name: request(for: failed.path).name, failure: failed.failure))
        }
        throw .filesMissing(name: folder.text, missing: failures.count, of: folder.files.count)
    }

    // MARK: Places

    private func makeFolders() async throws(NodeFailure) {
        let paths = Set(folder.files.keys.map { $0.dropLast().map(\.bytes) })
        // A stranger's name could stand for what we had not verified.
        if let hidden = paths.joined().first(where: HiddenNames.contains) {
            throw .unwritable(
                path: "\(target.path)/\(String(decoding: hidden, as: UTF8.self))",
                reason: "names like this one are kept for what is not whole yet")
        }
        do {
            try await transfers.downloads.threads.files.run { [target] _ in
                try NewFile.makeFolders(at: Array(paths), in: target.path)
            }
        } catch {
            throw NodeFailure(writing: error, to: target.path)
        }
    }

    private static func precedes(_ left: [FileName], _ right: [FileName]) -> Bool {
        left.lexicographicallyPrecedes(right)
    }
}

/// How far all files of a folder are together.
private final class FolderTally: Sendable {
    private struct State {
        /// Of those that are over, whatever came of them.
        var over: Int64 = 0
        var running: [[FileName]: NodeProgress] = [:]
    }

    private let folder: FolderOfOthers
    private let report: Downloads.Report
    private let state = Mutex(State())

    init(_ folder: FolderOfOthers, _ report: @escaping Downloads.Report) {
        self.folder = folder
        self.report = report
    }

    func note(_ progress: NodeProgress, of path: [FileName]) {
        // Looking at what stands there already is no news of the whole.
        guard progress.activity == .downloading else { return }
        let whole = state.withLock { state in
            state.running[path] = progress
            let running = state.running.values
            let rates = running.compactMap(\.rate)
            return NodeProgress(
                activity: .downloading, name: folder.text,
                done: min(folder.size, state.over + running.reduce(0) { $0 + $1.done }), total: folder.size,
                rate: rates.isEmpty ? nil : rates.reduce(0, +), sources: running.reduce(0) { $0 + $1.sources })
        }
        report(whole)
    }

    func end(_ path: [FileName]) {
        state.withLock { state in
            state.running[path] = nil
            state.over += folder.files[path] ?? 0
        }
    }
}
