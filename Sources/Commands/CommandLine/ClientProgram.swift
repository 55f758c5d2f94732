import Glibc
import Logging
import NodeControl
import PeerNode
import Terminal
import Wire

/// One run of the client: contact with the network, then what it was started for, with everything around it.
struct ClientProgram: Sendable {
    /// What it was started for.
    enum Errand: Sendable {
        /// The shell; who is known here need not say who he is.
        case shell(as: UserName?)
        case command(Command, as: UserName)
        case join(InviteSecret)
    }

    let target: ServerTarget
    let level: Logger.Level
    let errand: Errand

    func run() async -> ExitStatus {
        HeapPolicy.apply()
        let signals = Signals.watch([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])
        Signals.ignoreBrokenPipes()
        TerminalDevice.useUTF8()
        let mode = TerminalMode()
        defer { mode.restore() }
        let console = Console(
            output: DescriptorSink.standardOutput, errors: DescriptorSink.standardError,
            showsProgress: TerminalDevice.errorsAreTerminal && TerminalDevice.canRewrite,
            outputColumns: Self.columns(of: STDOUT_FILENO, isTerminal: TerminalDevice.outputIsTerminal),
            errorColumns: Self.columns(of: STDERR_FILENO, isTerminal: TerminalDevice.errorsAreTerminal))
        guard let directory = Environment.workingDirectory else { return say(.noWorkingFolder, console) }
        let environment = Environment.all
        guard let state = NodeConfiguration.standardStateDirectory(environment: environment) else {
            return say(.noStateFolder, console)
        }
        let names = Names(
            file: NamesFile.standard(environment: environment), network: target.server.description)
        let presence = ServerPresence()
        let interrupts = Interrupts()
        let input = Self.input(console, mode, names, environment)
        let level = level
        let node = Node(
            NodeConfiguration(server: target.server, pin: target.pin, stateDirectory: state),
            logger: Logger(label: "bittrickle") { _ in ConsoleLog(console: console, logLevel: level) })
        let shell = Shell(
            node: node, console: console, input: input, interrupts: interrupts, names: names,
            presence: presence, user: user?.text,
            surroundings: Shell.Surroundings(
                directory: directory, home: environment["HOME"], now: { Environment.now },
                sleep: { try? await Task.sleep(for: $0) },
                columns: { TerminalDevice.columns(of: STDOUT_FILENO) }))
        let contact = FirstContact(
            node: node, server: target.server, console: console, input: input, interrupts: interrupts)
        let router = SignalRouter(mode: mode, input: input, interrupts: interrupts)

        return await withTaskGroup(of: ExitStatus?.self) { group in
            group.addTask {
                await node.run()
                return nil
            }
            group.addTask {
                for await notice in node.notices {
                    if presence.note(notice) { console.remark(NoticeMessages.text(notice)) }
                }
                return nil
            }
            group.addTask { await router.run(signals) }
            group.addTask {
                if let status = await contact.make() { return status }
                switch errand {
                case .shell: return await shell.run()
                case .command(let command, _): return await shell.run(command)
                case .join(let secret):
                    return await join(secret, node, console, input, interrupts, state)
                }
            }
            var status: ExitStatus?
            while status == nil, let ended = await group.next() { status = ended }
            group.cancelAll()
            await node.leave()
            return status ?? .internalError
        }
    }

    private static func columns(of descriptor: Int32, isTerminal: Bool) -> (@Sendable () -> Int)? {
        guard isTerminal else { return nil }
        return { TerminalDevice.columns(of: descriptor) }
    }

    private var user: UserName? {
        switch errand {
        case .shell(let user): user
        case .command(_, let user): user
        case .join: nil
        }
    }

    private func join(
        _ secret: InviteSecret, _ node: Node, _ console: Console, _ input: any LineInput, _ interrupts: Interrupts,
        _ state: String
    ) async -> ExitStatus {
        let dialogue = JoinDialogue(
            node: node, console: console, input: input, interrupts: interrupts, now: { Environment.now },
            sleep: { try? await Task.sleep(for: $0) }, remember: { await remember($0, console, state) })
        switch await dialogue.run(secret.description) {
        case .ended(let status): return status
        case .signedIn(let user):
            await node.leave()
            console.line(DialogueLines.joined(user))
            console.remark(Message.whatNext)
            return .success
        }
    }

    /// The network is the one that is meant from now on.
    private func remember(_ name: String, _ console: Console, _ state: String) async {
        guard let user = UserName(name), let pin = target.pin else { return }
        do {
            try await JoinedNetworks(stateDirectory: state)
                .prefer(JoinedNetwork(server: target.server, pin: pin, user: user))
        } catch {
            console.remark(Message.stateUnusable(error.path, reason: error.reason).text)
        }
    }

    private static func input(
        _ console: Console, _ mode: TerminalMode, _ names: Names, _ environment: [String: String]
    ) -> any LineInput {
        guard TerminalDevice.inputIsTerminal else { return PipedInput() }
        // Until the first question: who is in a hurry types his password ahead.
        mode.hideTyping()
        return TerminalInput(console: console, mode: mode, history: HistoryFile.standard(environment: environment)) {
            var sources = Completion.Sources()
            sources.found = names.found
            sources.published = Array(names.published)
            sources.transfers = names.transfers
            sources.peers = names.peers
            sources.files = FolderListing.names(in:)
            sources.home = environment["HOME"]
            return sources
        }
    }

    private func say(_ message: Message, _ console: Console) -> ExitStatus {
        console.remark(message.text)
        return message.exitStatus
    }
}
