import Synchronization
import Terminal

/// Says what came of a command as it was asked for: in sentences and lists, or in an object a line.
struct Voice: Sendable {
    let console: Console
    let manner: Manner
    let verdict = Verdict()

    /// What was asked for.
    ///
    /// - Parameter isLaidOut: as ``Console/line(_:isLaidOut:)`` has it.
    func answer(_ lines: @autoclosure () -> [String], isLaidOut: Bool = false, _ records: @autoclosure () -> [Record]) {
        if manner.isJSON {
            for record in records() { console.line(record.line) }
        } else {
            console.line(lines().joined(separator: "\n"), isLaidOut: isLaidOut)
        }
    }

    /// That it is done.
    func done(_ line: String, _ record: Record?) {
        if manner.isJSON {
            if let record { console.line(record.line) }
        } else if !manner.isQuiet {
            console.line(line, isLaidOut: true)
        }
    }

    /// In the dialogue, that it is not done; why follows as a failure.
    func undone(_ line: String) { done(line, nil) }

    func remark(_ text: String) {
        if !manner.isJSON, !manner.isQuiet { console.remark(text) }
    }

    /// What should be put right, though it goes on; also where answers are for programs.
    func warn(_ text: String) { console.remark(text) }

    /// - Parameter item: Which of several.
    func fail(_ message: Message, _ record: Record?) {
        verdict.note(message.exitStatus)
        if manner.isJSON, let record { console.line(record.line) }
        console.remark(manner.isQuiet ? message.what : message.text)
    }
}

/// What a program exits with after one command: what all its failures have in common.
package final class Verdict: Sendable {
    private let statuses = Mutex<Set<ExitStatus>>([])

    package init() {}

    func note(_ status: ExitStatus) { statuses.withLock { _ = $0.insert(status) } }

    /// Of a command that failed.
    var failure: ExitStatus {
        statuses.withLock { statuses in statuses.count == 1 ? statuses.first : nil } ?? .commandFailed
    }
}
