import FoundationEssentials
import Glibc
import TestKit

/// A process that a program under test has started, as Linux shows it.
package struct ChildProcess: Sendable {
    package let processID: Int32
    /// As `ps` shows it, by its name and by its first word.
    package let name: String
    package let word: String

    /// Whether there is no such process, or only what its parent has not asked for.
    package var isGone: Bool { ProcessTable.status(of: processID, field: "VmSize") == nil }

    /// What it has changed of its memory, in bytes; nil where it is gone.
    fileprivate var ownBytes: Int? { ProcessTable.status(of: processID, field: "RssAnon").map { $0 * 1_024 } }

    /// Returns when it is gone.
    package func waitForEnd(within limit: Duration = .seconds(5)) async throws {
        let deadline = ContinuousClock.now + limit
        while !isGone {
            guard ContinuousClock.now < deadline else { throw TestKitError.timedOut("\(name) is still there") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension RealProcess {
    /// Those that it has now.
    package var children: [ChildProcess] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap { child in
            guard ProcessTable.status(of: child, field: "PPid") == Int(processID) else { return nil }
            let name = ProcessTable.read("/proc/\(child)/comm").prefix { $0 != "\n" }
            // One that has ended has none.
            let words = ProcessTable.read("/proc/\(child)/cmdline").split(separator: "\0")
            return words.first.map { ChildProcess(processID: child, name: String(name), word: String($0)) }
        }
    }

    /// Those that it has until its output has a text, as they were last, and what the largest of them had of memory, in bytes.
    package func childrenSeen(
        until text: String, within limit: Duration = .seconds(30)
    ) async throws -> (all: [ChildProcess], mostBytes: Int) {
        let deadline = ContinuousClock.now + limit
        var all: [Int32: ChildProcess] = [:]
        var most = 0
        while !output.text.contains(text) {
            guard ContinuousClock.now < deadline else {
                throw TestKitError.timedOut("\(text) in: \(output.text)\(errors.text)")
            }
            let now = children
            for child in now { all[child.processID] = child }
            most = max(most, now.compactMap(\.ownBytes).max() ?? 0)
            try await Task.sleep(for: .milliseconds(20))
        }
        return (Array(all.values), most)
    }
}
