import NodeControl
import Synchronization
import Wire

/// How far all files of a folder are together.
final class FolderTally: Sendable {
    private struct State {
        /// What came of them does not matter.
        var over: Set<[FileName]> = []
        /// The bytes of these.
        var overSize: Int64 = 0
        var running: [[FileName]: NodeProgress] = [:]
        /// Of what is not running any more, whether it is whole or not.
        var arrived: Int64 = 0
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
            let waitsFor = running.compactMap(\.waitsFor)
            return NodeProgress(
                activity: .downloading, name: folder.shown,
                done: running.reduce(state.overSize) { sum($0, $1.done) }, total: folder.size,
                rate: rates.isEmpty ? nil : rates.reduce(0, +), sources: running.reduce(0) { max($0, $1.sources) },
                paths: LinkKind.allCases.filter { path in running.contains { $0.paths.contains(path) } },
                waitsFor: waitsFor.count == running.count ? Self.merged(waitsFor) : nil)
        }
        report(whole)
    }

    /// - Parameter rests: it may come later.
    func end(_ path: [FileName], rests: Bool) {
        state.withLock { state in
            state.arrived = sum(state.arrived, state.running.removeValue(forKey: path)?.done ?? 0)
            guard !rests, state.over.insert(path).inserted else { return }
            state.overSize = sum(state.overSize, folder.files[path] ?? 0)
        }
    }

    /// The bytes that came from others, when none is running any more.
    var arrived: Int64 { state.withLock { $0.arrived } }

    /// All of them, each once, in the order in which they are named first.
    private static func merged(_ named: [[String]]) -> [String] {
        var places: [String: Int] = [:]
        for members in named {
            for (place, member) in members.enumerated() { places[member] = min(places[member] ?? place, place) }
        }
        return places.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    }

    /// Never more than the whole: sizes are what owners say.
    private func sum(_ left: Int64, _ right: Int64) -> Int64 {
        right >= folder.size - left ? folder.size : left + right
    }
}
