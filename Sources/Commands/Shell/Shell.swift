package import NodeControl
package import Terminal

/// The dialogue: login, then command after command, until somebody leaves.
package struct Shell: Sendable {
    private let node: any NodeControl
    private let console: Console
    private let input: any LineInput
    private let interrupts: Interrupts
    private let names: Names
    private let presence: ServerPresence
    /// Who was logged in from here before, and is meant.
    private let user: String?
    private let surroundings: Surroundings

    /// What the shell knows of the world around it.
    package struct Surroundings: Sendable {
        /// Where downloads go.
        package var directory: String
        package var home: String?
        /// Milliseconds since 1970.
        package var now: @Sendable () -> Int64
        package var sleep: @Sendable (Duration) async -> Void
        /// Of the window, at this moment.
        package var columns: @Sendable () -> Int
        /// Called before a name or a password is waited for; others need not wait for them too.
        package var beforeAsking: @Sendable () -> Void = {}
        /// Called when somebody is logged in, and before he leaves.
        package var signedIn: @Sendable () -> Void = {}
        package var beforeLeaving: @Sendable () async -> Void = {}
        /// Whether the node is this program's own by now, and ends with it.
        package var isNodeOwn: @Sendable () -> Bool = { false }
        /// What need not be asked for.
        package var given = GivenSecrets()

        package init(
            directory: String, home: String?, now: @escaping @Sendable () -> Int64,
            sleep: @escaping @Sendable (Duration) async -> Void, columns: @escaping @Sendable () -> Int
        ) {
            self.directory = directory
            self.home = home
            self.now = now
            self.sleep = sleep
            self.columns = columns
        }
    }

    package init(
        node: any NodeControl, console: Console, input: any LineInput, interrupts: Interrupts, names: Names,
        presence: ServerPresence, user: String? = nil, surroundings: Surroundings
    ) {
        self.node = node
        self.console = console
        self.input = input
        self.interrupts = interrupts
        self.names = names
        self.presence = presence
        self.user = user
        self.surroundings = surroundings
    }

    /// Ends with the goodbye said to the server, where somebody was logged in.
    package func run() async -> ExitStatus {
        if case .ended(let status) = await login.run(as: user) { return status }
        surroundings.signedIn()
        console.line(DialogueLines.welcome)
        console.line(DialogueLines.available)
        if input.isInteractive { console.remark(Message.helpThere) }
        await tellWhatGoesOn()
        guard console.isRead else { return await leave(.inputOutput) }
        return await withTaskGroup(of: Void.self) { group in
            if input.isInteractive { group.addTask { await learnPublished() } }
            defer { group.cancelAll() }
            return await converse()
        }
    }

    /// Logs in, carries out one command, and leaves; what it says is its answer alone.
    package func run(_ command: Command) async -> ExitStatus {
        if case .ended(let status) = await login.run(as: user) { return status }
        surroundings.signedIn()
        let run = commandRun(command.manner, isSingle: true)
        let (isDone, isInterrupted) = await interrupts.interruptible {
            (await run.run(command.action), Task.isCancelled)
        }
        names.keep()
        if isDone, surroundings.isNodeOwn(), let text = await whatEnds(with: command.action) { run.voice.remark(text) }
        if !isInterrupted { await surroundings.beforeLeaving() }
        await node.leave()
        guard console.isRead else { return .inputOutput }
        return isDone ? .success : isInterrupted ? .interrupted : run.voice.verdict.failure
    }

    /// Of what a single command has begun, where nothing of this member's stays.
    private func whatEnds(with action: Action) async -> String? {
        switch action {
        case .publish, .share, .importTorrent: return Message.servedWhileItRuns
        case .enqueue: return await isFetching ? Message.fetchedWhileItRuns : nil
        // They are told how downloads are while this one runs.
        case .listTransfers, .change(_, .resume), .showStatus: return await isFetching ? Message.fetchingEnds : nil
        default: return nil
        }
    }

    private var isFetching: Bool {
        get async {
            let transfers = (try? await node.transfers()) ?? []
            return transfers.contains { [.queued, .active, .waiting].contains($0.state) }
        }
    }

    private var login: LoginDialogue {
        LoginDialogue(
            node: node, console: console, input: input, interrupts: interrupts, now: surroundings.now,
            sleep: surroundings.sleep, given: surroundings.given.password, beforeAsking: surroundings.beforeAsking)
    }

    private func commandRun(_ manner: Manner, isSingle: Bool = false) -> CommandRun {
        CommandRun(
            node: node, voice: Voice(console: console, manner: manner), names: names, presence: presence,
            directory: surroundings.directory, home: surroundings.home, now: surroundings.now,
            columns: surroundings.columns(), isNodeEnding: isSingle && surroundings.isNodeOwn(),
            asking: Asking(input: input, manner: manner, given: surroundings.given))
    }

    private func converse() async -> ExitStatus {
        var status = ExitStatus.success
        while true {
            switch await input.command(DialogueLines.prompt) {
            case .line(let line):
                switch await carryOut(line) {
                case .leave: return await leave(status)
                case .done(true): break
                case .done(false): status = .commandFailed
                }
                if !console.isRead { return await leave(.inputOutput) }
            case .tooLong:
                console.remark(Misunderstanding.lineTooLong.message.text)
                status = .commandFailed
            case .end:
                return await leave(status)
            case .interrupted:
                // At the prompt Ctrl-C gives up the line only.
                if Task.isCancelled || !input.isInteractive {
                    await node.leave()
                    return .interrupted
                }
            }
        }
    }

    private enum Step {
        case leave
        case done(Bool)
    }

    private func carryOut(_ line: String) async -> Step {
        do throws(Misunderstanding) {
            guard let command = try Command(parsing: line, home: surroundings.home) else { return .done(true) }
            if command.action == .leave { return .leave }
            let run = commandRun(command.manner)
            return .done(await interrupts.interruptible { await run.run(command.action) })
        } catch {
            console.remark(error.message.text)
            return .done(false)
        }
    }

    /// What a member may have forgotten.
    private func tellWhatGoesOn() async {
        if let transfers = try? await node.transfers(),
            let text = Message.unfinished(transfers, isLeaving: false)
        {
            console.remark(text)
        }
        if let limits = try? await node.limits(), limits.upward == 0 { console.remark(Message.nothingServed) }
    }

    private func leave(_ status: ExitStatus) async -> ExitStatus {
        let unfinished = (try? await node.transfers()).flatMap { Message.unfinished($0, isLeaving: true) }
        if let unfinished { console.remark(unfinished) }
        names.keep()
        await surroundings.beforeLeaving()
        await node.leave()
        console.line(DialogueLines.goodbye)
        guard !console.isRead else { return status }
        if let reason = console.outputFailure { console.remark(Message.outputFailed(reason).text) }
        return .inputOutput
    }

    /// For the Tab key; without them it offers less, which is not worth a word.
    private func learnPublished() async {
        if let published = try? await node.published() { names.published = Set(published.map(\.name)) }
    }
}
