import Synchronization

/// Where text goes: a file descriptor, or a test's buffer.
package protocol TextSink: Sendable {
    /// Writes all of it. False once nobody reads any more (a closed pipe), or it cannot be written; later calls do nothing.
    @discardableResult
    func write(_ text: String) -> Bool
    /// Why it cannot be written, as part of a sentence; nil as long as it can, and where nobody reads.
    var failure: String? { get }
}

/// Who shows a prompt that a person may be typing at.
package protocol PromptHolder: AnyObject, Sendable {
    /// Shows remarks above the edited line, soon, without losing a character of it.
    func interpose(_ text: String)
}

/// The one way to standard output and standard error.
///
/// Standard output holds the plain lines that scripts rely on and nothing else; remarks, hints and the
/// progress line go to standard error. A line never lands in the middle of the progress line or of
/// what a person types: all that is shown passes one lock.
package final class Console: Sendable {
    private struct State {
        var progress: String?
        var holder: (any PromptHolder)?
        var isRead = true
    }

    package let output: any TextSink
    package let errors: any TextSink
    /// Whether the progress line is shown at all.
    package let showsProgress: Bool
    /// Of the window in which standard error is read, and standard output; nil where they are not read on a terminal.
    private let errorColumns: (@Sendable () -> Int)?
    private let outputColumns: (@Sendable () -> Int)?
    private let state = Mutex(State())

    package init(
        output: any TextSink, errors: any TextSink, showsProgress: Bool, outputColumns: (@Sendable () -> Int)? = nil,
        errorColumns: (@Sendable () -> Int)? = nil
    ) {
        self.output = output
        self.errors = errors
        self.showsProgress = showsProgress
        self.outputColumns = outputColumns
        self.errorColumns = errorColumns
    }

    /// Lines are parted between words where somebody reads them in a window.
    private static func laidOut(_ text: String, _ columns: (@Sendable () -> Int)?) -> String {
        columns.map { TextLayout.wrapped(text, columns: $0()) } ?? text
    }

    /// False once nobody reads standard output any more.
    package var isRead: Bool { state.withLock { $0.isRead } }

    /// Of the window in which standard output is read; nil where it is not read on a terminal.
    package var outputWidth: Int? { outputColumns?() }

    /// Why standard output cannot be written, as part of a sentence; nil where it can, and where nobody reads it.
    package var outputFailure: String? { output.failure }

    /// A plain line on standard output.
    ///
    /// - Parameter isLaidOut: On a terminal, lines that are too long are parted between words: for what nobody copies.
    package func line(_ text: String, isLaidOut: Bool = false) {
        let text = isLaidOut ? Self.laidOut(text, outputColumns) : text
        state.withLock { state in
            clearProgress(&state)
            state.isRead = output.write(text + "\n")
            redrawProgress(state)
        }
    }

    /// A remark on standard error; it may have several lines.
    package func remark(_ text: String) {
        let text = Self.laidOut(text, errorColumns)
        state.withLock { state in
            if let holder = state.holder { return holder.interpose(text + "\n") }
            clearProgress(&state)
            errors.write(text + "\n")
            redrawProgress(state)
        }
    }

    /// Shows this in place of what the progress line showed; nil takes it away.
    package func progress(_ line: String?) {
        guard showsProgress else { return }
        state.withLock { state in
            guard state.holder == nil, line != nil || state.progress != nil else { return }
            state.progress = line
            errors.write("\r" + (line ?? "") + Self.eraseToEnd)
        }
    }

    /// From here on, remarks go above the holder's prompt.
    package func beginPrompt(_ holder: any PromptHolder) {
        state.withLock { state in
            clearProgress(&state)
            state.progress = nil
            state.holder = holder
        }
    }

    /// The prompt is done with; `remaining` is what the holder was given and had no time to show.
    package func endPrompt(remaining: () -> String) {
        state.withLock { state in
            state.holder = nil
            let text = remaining()
            if !text.isEmpty { errors.write(text) }
        }
    }

    private static let eraseToEnd = "\u{1B}[K"

    private func clearProgress(_ state: inout State) {
        if state.progress != nil { errors.write("\r" + Self.eraseToEnd) }
    }

    private func redrawProgress(_ state: State) {
        if let progress = state.progress { errors.write("\r" + progress + Self.eraseToEnd) }
    }
}
