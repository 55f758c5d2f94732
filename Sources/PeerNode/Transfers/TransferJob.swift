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
        /// When something came last, or was read or written here; nil before.
        var lastSign: ContinuousClock.Instant?
    }

    private struct State {
        var run: SwarmRun?
        var upward: Int?
        var downward: Int?
        var progress: Progress
        /// Works on the local disk, see ``TransferJob/locally(_:)``.
        var isLocal = false
        var nextWatcher = 0
        var watchers: [Int: (report: Downloads.Report, outcome: AsyncStream<Outcome>.Continuation)] = [:]
        var outcome: Outcome?
        var isTold = false
    }

    let number: Int64
    let name: FileName
    let content: ContentID
    let origin: PublicationID
    /// In a folder; empty for all of it, and for a file.
    let path: [String]
    /// As one asks for it.
    let text: String
    let target: DownloadTarget
    /// It goes on though nobody who has it is there: somebody may come.
    let isPatient: Bool
    let begun = ContinuousClock.now
    private let state: Mutex<State>
    private let stops: AsyncStream<Void>
    private let stopping: AsyncStream<Void>.Continuation

    init(_ record: TransferRecord, isPatient: Bool) {
        number = record.number
        name = record.name
        content = record.content
        origin = record.origin
        path = record.path
        text = record.text
        target = DownloadTarget(folder: record.folder, name: record.target)
        self.isPatient = isPatient
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

    /// Bytes go by this run from now on.
    func attach(_ run: SwarmRun) {
        state.withLock { state in
            state.run = run
            run.outbound.rate = state.upward
            run.inbound.rate = state.downward
        }
    }

    func limit(upward: Int?, downward: Int?) {
        state.withLock { state in
            (state.upward, state.downward) = (upward, downward)
            state.run?.outbound.rate = upward
            state.run?.inbound.rate = downward
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
            }
            state.progress.lastSign = .now
            return state.watchers.values.map(\.report)
        }
        for report in reports { report(progress) }
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
        let watchers = state.withLock { state in
            state.outcome = outcome
            state.isTold = !state.watchers.isEmpty
            // What is given of it from now on is no transfer's, whose limit nobody could lift.
            state.run?.outbound.rate = nil
            state.run = nil
            defer { state.watchers = [:] }
            return state.watchers
        }
        for watcher in watchers.values { watcher.outcome.yield(outcome) }
    }
}

extension TransferRecord {
    /// Of what is meant, without a number yet.
    init(_ meant: Downloads.Meant) {
        self.init(
            number: 0, place: 0, priority: 0, content: meant.content, origin: meant.origin, name: meant.name,
            path: meant.path, folder: meant.target.folder, target: meant.target.name)
    }
}
