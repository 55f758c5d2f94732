import Connectivity
import Content
import Library
import Logging
import Synchronization
import Transfer
import Wire

/// The contents that are fetched or served at this moment, each by one run.
///
/// Invariant: at most one run of a content takes links that others dial. A second download of the same content, to
/// another folder, has only those that it dials.
final class Swarms: Sendable {
    private struct State {
        var runs: [ContentID: SwarmRun] = [:]
        /// Those that serve a whole content, each from a path.
        var seeding: [ObjectIdentifier: (run: SwarmRun, path: String)] = [:]
        var isServing = true
        var isOver = false
    }

    private let surroundings: SwarmSurroundings
    private let state = Mutex(State())
    private let begun: AsyncStream<@Sendable () async -> Void>
    private let begin: AsyncStream<@Sendable () async -> Void>.Continuation

    init(_ surroundings: SwarmSurroundings) {
        self.surroundings = surroundings
        (begun, begin) = AsyncStream.makeStream()
    }

    /// Runs what is begun, until ``end()``.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await run in begun { group.addTask { await run() } }
        }
    }

    /// Nothing is served or fetched any more.
    func end() {
        let runs = state.withLock { state in
            state.isOver = true
            return Array(state.runs.values)
        }
        for run in runs { run.stop() }
        begin.finish()
    }

    /// The run that takes links of a content.
    subscript(content: ContentID) -> SwarmRun? { state.withLock { $0.runs[content] } }

    /// Begins to fetch. Nil when it is too late for that.
    func fetch(_ plan: FetchPlan) -> SwarmRun? { start(SwarmRun(fetching: plan, surroundings)) { _ in } }

    /// Begins to serve a content that is here. Nil where nothing is to be served.
    ///
    /// - Parameters:
    ///   - path: Where the source lies.
    ///   - ended: Told how it ended.
    func seed(
        _ source: any ContentSource, at path: String, _ hashes: PieceHashes,
        ended: @escaping @Sendable (SwarmEnd) async -> Void
    ) -> SwarmRun? {
        let run = SwarmRun(seeding: source, hashes, surroundings)
        return mark(run, path) ? start(run, ended) : nil
    }

    /// Serves from now on what a run has fetched. False where nothing is to be served.
    func seed(_ run: SwarmRun, from source: any ContentSource, at path: String) -> Bool {
        guard mark(run, path) else { return false }
        run.seed(from: source)
        return true
    }

    private func mark(_ run: SwarmRun, _ path: String) -> Bool {
        state.withLock { state in
            if state.isServing { state.seeding[ObjectIdentifier(run)] = (run, path) }
            return state.isServing
        }
    }

    /// Whether whole contents are served. Those that are fetched go on being so; what others get of them is for the
    /// upload slots to say.
    func setServing(_ isServing: Bool) {
        let runs = state.withLock { state in
            state.isServing = isServing
            return isServing ? [] : state.seeding.values.map(\.run)
        }
        for run in runs { run.stop() }
    }

    private func start(_ run: SwarmRun, _ ended: @escaping @Sendable (SwarmEnd) async -> Void) -> SwarmRun? {
        let isStarted = state.withLock { state in
            guard !state.isOver else { return false }
            if state.runs[run.layout.id] == nil { state.runs[run.layout.id] = run }
            return true
        }
        guard isStarted else {
            state.withLock { $0.seeding[ObjectIdentifier(run)] = nil }
            return nil
        }
        let work: @Sendable () async -> Void = {
            let end = await run.run()
            self.state.withLock { state in
                state.seeding[ObjectIdentifier(run)] = nil
                if state.runs[run.layout.id] === run { state.runs[run.layout.id] = nil }
            }
            await ended(end)
        }
        guard case .enqueued = begin.yield(work) else { return nil }
        return run
    }

    /// Ends a run before another of its content is begun, which takes the links that others dial from now on.
    func retire(_ run: SwarmRun) {
        run.stop()
        state.withLock { state in
            if state.runs[run.layout.id] === run { state.runs[run.layout.id] = nil }
        }
    }

    var isServing: Bool { state.withLock { $0.isServing } }

    /// No further byte of a whole content is sent from this path. What is just being fetched goes on.
    func stopSeeding(_ content: ContentID, at path: String) {
        let runs = state.withLock { state in
            state.seeding.values.filter { $0.path == path && $0.run.layout.id == content }
        }
        for (run, _) in runs { run.stop() }
    }

    /// No further byte of a whole content is sent from below this folder. What is published by itself, too, begins anew
    /// when somebody asks for it.
    func stopSeeding(below folder: String) {
        let runs = state.withLock { state in state.seeding.values.filter { $0.path.hasPrefix(folder + "/") } }
        for (run, _) in runs { run.stop() }
    }
}
