import Content
package import NodeControl
import Synchronization

/// A get of a folder that others share: it goes file by file, is stopped at a word, and leaves out what its user pauses or
/// cancels of it.
package final class FolderGet: Sendable {
    private struct State {
        /// What it comes to where it is stopped.
        var why: NodeFailure?
        var isOver = false
        var waiters: [AsyncStream<Void>.Continuation] = []
        /// The paths of the files that are not there yet.
        var open: Set<[String]>
        var words = PartWords()
        var resumed: @Sendable () -> Void = {}
    }

    /// As it is published.
    let name: String
    let owner: String
    /// Where it comes.
    let path: String
    private let state: Mutex<State>
    private let (stops, stopping) = AsyncStream.makeStream(of: Void.self)

    /// - Parameter files: The paths in it of all that is to come.
    package init(name: String, owner: String, path: String, files: [[String]]) {
        self.name = name
        self.owner = owner
        self.path = path
        state = Mutex(State(open: Set(files)))
    }

    /// - Parameter failure: What it comes to; the first one counts.
    func stop(_ failure: NodeFailure) {
        state.withLock { $0.why = $0.why ?? failure }
        stopping.finish()
    }

    /// Does the work, cancelled by ``stop(_:)``.
    package func perform(
        _ work: @escaping @Sendable () async throws(NodeFailure) -> DownloadOutcome
    ) async throws(NodeFailure) -> DownloadOutcome {
        defer { end() }
        let outcome = await withTaskGroup(of: Result<DownloadOutcome, NodeFailure>?.self) { group in
            group.addTask {
                do throws(NodeFailure) { return .success(try await work()) } catch { return .failure(error) }
            }
            group.addTask {
                for await _ in self.stops {}
                return nil
            }
            while true {
                let step = await group.next()
                group.cancelAll()
                if case .some(.some(let outcome)) = step { return outcome }
            }
        }
        if case .failure = outcome, let why = state.withLock({ $0.why }) { throw why }
        return try outcome.get()
    }

    private func end() {
        let waiters = state.withLock { state in
            state.isOver = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.finish() }
    }

    /// Returns when it is over, or the task is cancelled; however many wait, each on his own.
    package func isOver() async {
        let (ends, ending) = AsyncStream.makeStream(of: Void.self)
        state.withLock { state in
            if state.isOver { ending.finish() } else { state.waiters.append(ending) }
        }
        for await _ in ends {}
    }

    // MARK: Parts of it

    /// Whether there is something of a part that has not come.
    ///
    /// - Parameter part: Its path, or a file's; empty for all of it.
    func lacks(_ part: [String]) -> Bool { state.withLock { $0.open.contains { $0.starts(with: part) } } }

    func came(_ file: [String]) { state.withLock { _ = $0.open.remove(file) } }

    /// - Returns: Whether it makes a difference to files that are not begun, too.
    func note(_ change: TransferChange, of part: [String]) -> Bool {
        guard let word = PartWords.Word(change) else { return false }
        let (rested, resumed) = state.withLock { state in
            let meant = state.open.filter { $0.starts(with: part) }
            let rested = meant.contains { state.words.leftOut($0)?.word == .paused }
            state.words.say(word, of: part)
            return (rested, state.resumed)
        }
        guard word == .resumed else { return true }
        resumed()
        return rested
    }

    /// Why a file is left out; nil for one that is to come.
    func word(on file: [String]) -> NodeFailure? {
        guard let (part, word) = state.withLock({ $0.words.leftOut(file) }) else { return nil }
        let name = ([name] + part).joined(separator: "/")
        return word == .paused ? .pausedElsewhere(name: name) : .cancelledElsewhere(name: name)
    }

    /// What was said of parts of it.
    var words: PartWords { state.withLock { $0.words } }

    /// The path in it of what stands, or will stand, at a place; nil where that is not in it.
    func file(at place: String) -> [String]? {
        let (base, parts) = (path.pathParts, place.pathParts)
        return parts.starts(with: base) ? Array(parts.dropFirst(base.count)) : nil
    }

    /// - Parameter act: Called whenever something is resumed, in place of what was given before.
    func whenResumed(_ act: @escaping @Sendable () -> Void) { state.withLock { $0.resumed = act } }
}
