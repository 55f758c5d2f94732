import Glibc
package import Terminal

/// Lines from a person at a terminal: questions and the password in the terminal's own mode, commands with libedit.
///
/// One thread of its own for all of it; who else has something to say reaches it through the ``Desk``.
package actor TerminalInput: LineInput {
    package nonisolated let isInteractive = true
    private nonisolated let executor = ThreadExecutor(label: "input")
    private nonisolated let desk: Desk
    private let console: Console
    private let mode: TerminalMode
    private let history: HistoryFile?
    /// Prompts go to standard error when standard output is not a terminal.
    private let promptsOnStandardError: Bool
    private var lines = DescriptorLines(descriptor: STDIN_FILENO)
    private var editor: EditedLine?
    private var lastLine: String?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init(
        console: Console, mode: TerminalMode, history: HistoryFile?,
        sources: @escaping @Sendable () -> Completion.Sources
    ) {
        self.console = console
        self.mode = mode
        self.history = history
        promptsOnStandardError = !TerminalDevice.outputIsTerminal
        desk = Desk(
            prompt: DialogueLines.prompt, outputDescriptor: promptsOnStandardError ? STDERR_FILENO : STDOUT_FILENO,
            sources: sources)
    }

    /// Before and after it nothing is shown of what is typed: a password may be typed ahead of its prompt. A line that
    /// is there already stays unseen too, since nobody knows what it was meant to answer.
    package func question(_ prompt: String) async -> LineRead {
        await cancellable {
            if self.lines.hasLine { return self.unseen(prompt) }
            self.mode.restore()
            defer { self.mode.hideTyping() }
            return self.plain(prompt)
        }
    }

    package func secret(_ prompt: String) async -> LineRead {
        await cancellable {
            self.mode.hideTyping()
            return self.unseen(prompt)
        }
    }

    package func command(_ prompt: String) async -> LineRead {
        await cancellable {
            self.mode.restore()
            return TerminalDevice.canRewrite ? self.edited(prompt) : self.plain(prompt)
        }
    }

    package nonisolated func interrupt() { desk.interrupt() }
    package nonisolated func windowChanged() { desk.resize() }
    /// The program was stopped and goes on: the prompt is shown anew.
    package nonisolated func resumed() { desk.resume() }

    private func cancellable(_ read: () -> LineRead) async -> LineRead {
        await withTaskCancellationHandler {
            console.beginPrompt(desk)
            defer { console.endPrompt { desk.takeRemarks() } }
            return read()
        } onCancel: {
            desk.interrupt()
        }
    }

    /// Where the terminal does not show what is typed, the end of the line included.
    private func unseen(_ prompt: String) -> LineRead {
        let read = plain(prompt)
        if case .line = read { show("\n") }
        return read
    }

    private func plain(_ prompt: String) -> LineRead {
        let columns = TerminalDevice.columns(of: promptsOnStandardError ? STDERR_FILENO : STDOUT_FILENO)
        let prompt = TextLayout.wrapped(prompt, columns: columns)
        show(prompt)
        while true {
            let read = lines.next(waker: desk.waker)
            if read == .end { show("\n") }
            guard read == .woken else { return LineRead(read) }
            if desk.takeInterruption() {
                lines.forget()
                show("\n")
                return .interrupted
            }
            let remarks = desk.takeRemarks()
            if !remarks.isEmpty || desk.takeResumption() { show("\n" + remarks + prompt) }
        }
    }

    private func edited(_ prompt: String) -> LineRead {
        guard let editor = readyEditor() else { return plain(prompt) }
        guard let line = editor.read() else {
            let isInterrupted = desk.takeInterruption()
            show(isInterrupted && !Task.isCancelled ? "^C\n" : "\n")
            return isInterrupted ? .interrupted : .end
        }
        if !line.isEmpty, line != lastLine, !line.hasPrefix(" ") {
            lastLine = line
            editor.remember(line)
            history?.append(line)
        }
        return .line(line)
    }

    private func readyEditor() -> EditedLine? {
        if editor == nil {
            editor = EditedLine(desk: desk, onStandardError: promptsOnStandardError, history: history?.load() ?? [])
        }
        return editor
    }

    private func show(_ text: String) { (promptsOnStandardError ? console.errors : console.output).write(text) }
}
