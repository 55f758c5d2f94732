import Content
package import NodeControl
import Synchronization
package import Wire

/// How far all files of a folder are together.
package final class FolderTally: Sendable {
    private struct State {
        /// What came of them does not matter.
        var over: Set<[FileName]> = []
        /// The bytes of these.
        var overSize: Int64 = 0
        var running: [[FileName]: NodeProgress] = [:]
        /// Of each that is not running any more, whether it is whole or not: one that rested goes on from there.
        var arrived: [[FileName]: Int64] = [:]
    }

    private let name: String
    private let files: [[FileName]: Int64]
    private let size: Int64
    private let report: @Sendable (NodeProgress) -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - name: Of the folder.
    ///   - files: By their paths in it, each with its bytes.
    package init(
        _ name: String, _ files: [[FileName]: Int64], _ report: @escaping @Sendable (NodeProgress) -> Void
    ) {
        self.name = name
        self.files = files
        size = files.values.saturatingSum
        self.report = report
    }

    package func note(_ progress: NodeProgress, of path: [FileName]) {
        // Looking at what stands there already is no news of the whole.
        guard progress.activity == .downloading else { return }
        let whole = state.withLock { state in
            state.running[path] = progress
            let running = state.running.values
            let rates = running.compactMap(\.rate)
            let waitsFor = running.compactMap(\.waitsFor)
            return NodeProgress(
                activity: .downloading, name: name,
                done: running.reduce(state.overSize) { sum($0, $1.done) }, total: size,
                rate: rates.isEmpty ? nil : rates.reduce(0, +), sources: running.reduce(0) { max($0, $1.sources) },
                paths: LinkKind.allCases.filter { path in running.contains { $0.paths.contains(path) } },
                waitsFor: waitsFor.count == running.count ? Self.merged(waitsFor) : nil)
        }
        report(whole)
    }

    /// - Parameter rests: it may come later.
    package func end(_ path: [FileName], rests: Bool) {
        state.withLock { state in
            if let last = state.running.removeValue(forKey: path) { state.arrived[path] = last.done }
            guard !rests, state.over.insert(path).inserted else { return }
            state.overSize = sum(state.overSize, files[path] ?? 0)
        }
    }

    /// The bytes that came from others, when none is running any more.
    package var arrived: Int64 { state.withLock { $0.arrived.values.reduce(0, sum) } }

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
        right >= size - left ? size : left + right
    }
}
