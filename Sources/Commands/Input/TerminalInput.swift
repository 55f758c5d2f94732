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

    package func question(_ prompt: String) async -> LineRead { await cancellable { self.plain(prompt) } }

    package func secret(_ prompt: String) async -> LineRead {
        await cancellable {
            let read = self.mode.withoutEcho { self.plain(prompt) }
            if case .line = read { self.show("\n") }
            return read
        }
    }

    package func command(_ prompt: String) async -> LineRead {
        await cancellable { TerminalDevice.canRewrite ? self.edited(prompt) : self.plain(prompt) }
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

    private func plain(_ prompt: String) -> LineRead {
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
