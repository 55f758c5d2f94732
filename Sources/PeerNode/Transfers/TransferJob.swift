import Content
import Library
import NodeControl
import Synchronization
import Transfer
import Wire

/// One run of a transfer: what it is to do, how far it is, and who wants to know.
final class TransferJob: Sendable {
    typealias Outcome = Result<DownloadOutcome, NodeFailure>

    /// How a transfer is just now.
    struct Progress: Sendable {
        var done: Int64
        /// In bytes; nil while it is not known how large the part of a folder is.
        var total: Int64?
        var rate: Double?
        var sources = 0
        var paths: [LinkKind] = []
        /// When something came last, or was read or written here; nil before.
        var lastSign: ContinuousClock.Instant?
    }

    /// What can be read while it comes: the pieces that the run has.
    struct Feed: Sendable {
        let run: SwarmRun
        let bytes: any PositionedBytes
    }

    private struct State {
        var feed: Feed?
        /// Of a folder, as long as it is not known what is in it.
        var search: MetadataRun?
        var sources: SourceDialling?
        /// The numbers of the pieces from each reader's place on.
        var heads: [Int: Range<Int>] = [:]
        var nextReader = 0
        var readers: [Int: AsyncStream<Feed>.Continuation] = [:]
        var upward: Int?
        var downward: Int?
        var progress: Progress
        /// Works on the local disk, see ``TransferJob/locally(_:)``.
        var isLocal = false
        var nextWatcher = 0
        var watchers: [Int: (report: Downloads.Report, outcome: AsyncStream<Outcome>.Continuation)] = [:]
        var outcome: Outcome?
        var isTold = false

        /// In the order in which the readers came.
        var ranges: [Range<Int>] { heads.sorted { $0.key < $1.key }.map(\.value) }
    }

    let number: Int64
    /// Of the publication, or of the folder at the top in which it is shared.
    let name: FileName
    let content: ContentID
    let origin: PublicationID
    /// Who published it; nil where that is not known.
    let owner: UserName?
    /// In that folder; empty for all of it, and for a file that is at the top.
    let path: [String]
    /// Of a file that is shared, its own name.
    var fileName: FileName { path.last.flatMap { try? FileName($0) } ?? name }
    /// As one asks for it.
    let text: String
    let target: DownloadTarget
    let begun = ContinuousClock.now
    private let state: Mutex<State>
    private let stops: AsyncStream<Void>
    private let stopping: AsyncStream<Void>.Continuation

    init(_ record: TransferRecord) {
        number = record.number
        name = record.name
        content = record.content
        origin = record.origin
        owner = record.owner
        path = record.path
        text = record.text
        target = DownloadTarget(folder: record.folder, name: record.target)
        state = Mutex(
            State(
                upward: record.upward, downward: record.downward,
                progress: Progress(done: record.verified, total: record.size)))
        (stops, stopping) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var progress: Progress {
        state.withLock { state in
            var progress = state.progress
            if state.isLocal { progress.lastSign = .now }
            return progress
        }
    }

    // MARK: The work

    /// Does the work, cancelled by ``stop()``; whoever watches is told what came of it.
    func perform(_ work: @escaping @Sendable () async -> Outcome) async -> Outcome {
        let outcome = await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await work() }
            group.addTask {
                for await _ in self.stops { break }
                return nil
            }
            while true {
                let step = await group.next()
                group.cancelAll()
                if case .some(.some(let outcome)) = step { return outcome }
            }
        }
        tell(outcome)
        return outcome
    }

    func stop() { stopping.yield() }

    /// Copying and syncing take as long as they take, and say nothing of the sources.
    func locally<Result: Sendable>(_ work: () async throws -> Result) async rethrows -> Result {
        state.withLock { $0.isLocal = true }
        defer {
            state.withLock { state in
                state.isLocal = false
                state.progress.lastSign = .now
            }
        }
        return try await work()
    }

    /// Of those who have it at most so many to whom no way led, or whose links broke off.
    var missed: [UserName] {
        (state.withLock { $0.sources }?.missed.prefix(Self.missedLimit)).map { Array($0) } ?? []
    }

    private static let missedLimit = 8

    /// Where what has come is kept.
    var partialPath: String {
        switch content.kind {
        case .file: PartialFile.path(of: content, in: target.folder)
        case .folder: PartialFolder.path(of: content, at: path, in: target.folder)
        }
    }

    /// Who lied.
    var banned: Set<UserName> { state.withLock { $0.sources }?.banned ?? [] }

    /// Whether nothing can be hoped for of those who are here.
    var isHopeless: Bool {
        get async { await feed?.run.view()?.isHopeless ?? true }
    }

    /// Nobody will come who is not there yet: where nothing can be hoped for of those who are, it fails.
    func giveUp() {
        let (feed, search) = state.withLock { ($0.feed, $0.search) }
        feed?.run.giveUp()
        search?.giveUp()
    }

    /// What is in the folder is asked for by this run from now on; who has it is found by `sources`.
    func search(by run: MetadataRun, from sources: SourceDialling) {
        state.withLock { state in
            state.search = run
            state.sources = sources
        }
    }

    /// Bytes go by this run from now on, to where they can be read; who has them is found by `sources`.
    func attach(_ run: SwarmRun, writing bytes: any PositionedBytes, from sources: SourceDialling) {
        let feed = Feed(run: run, bytes: bytes)
        let readers = state.withLock { state in
            state.feed = feed
            state.search = nil
            state.sources = sources
            run.outbound.rate = state.upward
            run.inbound.rate = state.downward
            if !state.heads.isEmpty { run.prefer(state.ranges) }
            return state.readers.values
        }
        for reader in readers { reader.yield(feed) }
    }

    func limit(upward: Int?, downward: Int?) {
        state.withLock { state in
            (state.upward, state.downward) = (upward, downward)
            state.feed?.run.outbound.rate = upward
            state.feed?.run.inbound.rate = downward
        }
    }

    /// It is known how large the part of a folder is.
    func learn(size: Int64) { state.withLock { $0.progress.total = size } }

    func report(_ progress: NodeProgress) {
        let reports = state.withLock { state in
            // Reading what is there is a sign of life, but brings nothing.
            if progress.activity == .downloading {
                state.progress.done = progress.done
                state.progress.rate = progress.rate
                state.progress.sources = progress.sources
                state.progress.paths = progress.paths
            }
            state.progress.lastSign = .now
            return state.watchers.values.map(\.report)
        }
        for report in reports { report(progress) }
    }

    /// For how long nothing has come.
    var silence: Duration { (progress.lastSign ?? begun).duration(to: .now) }

    /// Whoever waits for its end is told for whom it waits, which is no sign of anything.
    func tell(waitingFor members: [UserName]) {
        let (progress, reports) = state.withLock { ($0.progress, $0.watchers.values.map(\.report)) }
        let waiting = NodeProgress(
            activity: .downloading, name: text, done: progress.done, total: progress.total ?? content.size, rate: nil,
            sources: 0, waitsFor: members.map(\.text))
        for report in reports { report(waiting) }
    }

    // MARK: Who waits for it

    var isWatched: Bool { state.withLock { !$0.watchers.isEmpty } }

    /// Whether somebody was told how it ended.
    var isTold: Bool { state.withLock { $0.isTold } }

    /// - Parameter report: told how far it is, until ``unwatch(_:)`` or the end.
    /// - Returns: What came of it, as soon as that is known.
    func watch(_ report: @escaping Downloads.Report) -> (number: Int, outcome: AsyncStream<Outcome>) {
        let (outcomes, continuation) = AsyncStream<Outcome>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.nextWatcher += 1
            if let outcome = state.outcome {
                continuation.yield(outcome)
                continuation.finish()
            } else {
                state.watchers[state.nextWatcher] = (report, continuation)
            }
            return state.nextWatcher
        }
        return (number, outcomes)
    }

    func unwatch(_ number: Int) { state.withLock { _ = $0.watchers.removeValue(forKey: number) } }

    /// Those who wait are told something else than the end: it goes on without them.
    func dismissWatchers(_ failure: NodeFailure) {
        let watchers = state.withLock { state in
            defer { state.watchers = [:] }
            return state.watchers
        }
        for watcher in watchers.values { watcher.outcome.yield(.failure(failure)) }
    }

    private func tell(_ outcome: Outcome) {
        let (watchers, readers) = state.withLock { state in
            state.outcome = outcome
            state.isTold = !state.watchers.isEmpty
            // What is given of it from now on is no transfer's, whose limit nobody could lift.
            state.feed?.run.outbound.rate = nil
            state.feed = nil
            state.search = nil
            state.sources = nil
            defer {
                state.watchers = [:]
                state.readers = [:]
            }
            return (state.watchers, state.readers)
        }
        for watcher in watchers.values { watcher.outcome.yield(outcome) }
        for reader in readers.values { reader.finish() }
    }

    // MARK: Who reads it

    /// A number for one who reads what comes.
    func newReader() -> Int {
        state.withLock { state in
            state.nextReader += 1
            return state.nextReader
        }
    }

    /// What a reader comes to next, which is fetched first; nil for nothing any more.
    func setHead(_ pieces: Range<Int>?, of reader: Int) {
        state.withLock { state in
            guard state.heads[reader] != pieces, state.outcome == nil else { return }
            state.heads[reader] = pieces
            state.feed?.run.prefer(state.ranges)
        }
    }

    /// Nil while there is nothing to be read from.
    var feed: Feed? { state.withLock { $0.feed } }

    enum Reading: Sendable {
        case feed(Feed)
        case over(Outcome)
    }

    /// Waits until there is something to be read from. Nil when the task is cancelled.
    ///
    /// - Parameter spent: A run that is over.
    func reading(after spent: SwarmRun?) async -> Reading? {
        let (feeds, continuation) = AsyncStream<Feed>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let reader = state.withLock { state in
            state.nextReader += 1
            if let feed = state.feed, feed.run !== spent { continuation.yield(feed) }
            if state.outcome == nil { state.readers[state.nextReader] = continuation } else { continuation.finish() }
            return state.nextReader
        }
        defer { state.withLock { _ = $0.readers.removeValue(forKey: reader) } }
        for await feed in feeds { return .feed(feed) }
        return state.withLock { $0.outcome }.map { .over($0) }
    }

    /// Returns when nothing has come for so long, or the task is cancelled.
    func silence(of patience: Duration) async {
        let begun = ContinuousClock.now
        while !Task.isCancelled {
            let rest = patience - max(progress.lastSign ?? begun, begun).duration(to: .now)
            guard rest > .zero else { return }
            try? await Task.sleep(for: rest)
        }
    }
}

extension TransferRecord {
    /// Of what is meant, without a number yet.
    init(_ meant: Downloads.Meant) {
        self.init(
            number: 0, place: 0, priority: 0, content: meant.content, origin: meant.origin, name: meant.name,
            path: meant.path, folder: meant.target.folder, target: meant.target.name, owner: meant.owner)
    }
}
