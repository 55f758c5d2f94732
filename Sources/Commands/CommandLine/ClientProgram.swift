import Glibc
import Logging
import NodeControl
import PeerNode
import Terminal
import Wire

/// One run of the client: contact with the network, then the shell, with everything around it.
struct ClientProgram: Sendable {
    let target: ServerTarget
    let level: Logger.Level

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
        let names = Names()
        let presence = ServerPresence()
        let interrupts = Interrupts()
        let input = Self.input(console, mode, names, environment)
        let level = level
        let node = Node(
            NodeConfiguration(server: target.server, pin: target.pin, stateDirectory: state),
            logger: Logger(label: "bittrickle") { _ in ConsoleLog(console: console, logLevel: level) })
        let shell = Shell(
            node: node, console: console, input: input, interrupts: interrupts, names: names,
            presence: presence,
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
                return await shell.run()
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
