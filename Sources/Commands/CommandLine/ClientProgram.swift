import ControlAPI
import Glibc
import Logging
import NodeControl
import PeerNode
import Proxies
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
    var given = Environment.givenSecrets

    func run() async -> ExitStatus {
        HeapPolicy.apply()
        let signals = Signals.watch([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH])
        Signals.ignoreBrokenPipes()
        TerminalDevice.useUTF8()
        let mode = TerminalMode()
        defer { mode.restore() }
        let console = Console.ofProgram(
            showsProgress: TerminalDevice.errorsAreTerminal && TerminalDevice.canRewrite)
        guard let directory = Environment.workingDirectory else { return say(.noWorkingFolder, console) }
        let environment = Environment.all
        guard let state = NodeConfiguration.standardStateDirectory(environment: environment) else {
            return say(.noStateFolder, console)
        }
        var surroundings = Shell.Surroundings(
            directory: directory, home: environment["HOME"], now: { Environment.now },
            sleep: { try? await Task.sleep(for: $0) }, columns: { TerminalDevice.columns(of: STDOUT_FILENO) })
        surroundings.given = given
        let interrupts = Interrupts()
        let names = Names()
        NamesFile.removeFormer(state: state)
        let local = localNode(in: state)
        if let local { names.use(NamesFile(of: local)) }
        let input = Self.input(console, mode, names, environment)
        if case .shell(as: nil) = errand, input.isInteractive, let text = await shortcut(in: state) {
            console.remark(text)
        }
        let face = Face(
            console: console, input: input, interrupts: interrupts, names: names, presence: ServerPresence(),
            surroundings: surroundings, router: SignalRouter(mode: mode, input: input, interrupts: interrupts))
        let (endings, ending) = AsyncStream.makeStream(of: ExitStatus.self)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { if let status = await face.router.run(signals) { ending.yield(status) } }
            defer { group.cancelAll() }
            return await run(face, local, in: state, endings)
        }
    }

    /// With the node that another program is already, where one is, or else with one of its own.
    ///
    /// - Parameter endings: what it is to exit with before its time.
    private func run(
        _ face: Face, _ local: LocalNode?, in state: String, _ endings: AsyncStream<ExitStatus>
    ) async -> ExitStatus {
        let (target, level, user, console) = (target, level, user, face.console)
        let newNode = { @Sendable [surroundings = face.surroundings] (givesWay) throws(Refusal) -> OwnNode in
            try OwnNode(
                target, as: user, in: state, level: level, home: surroundings.home, downloads: surroundings.directory,
                console, givesWay: givesWay)
        }
        var starting: StartingTurn?
        if let local, let user {
            let runner = RunningNode(local: local, workingFolder: face.surroundings.directory)
            let succession = succession(of: runner, as: user, face, newNode)
            let place = await face.interrupts.interruptible {
                let found = await runner.findInTurn(renew: { () throws(NodeFailure) in try await succession.renew() })
                return (found: found, isInterrupted: Task.isCancelled)
            }
            starting = place.found.turn
            if place.isInterrupted {
                starting?.end()
                if case .there(let running) = place.found.presence { await running.leave() }
                return .interrupted
            }
            switch place.found.presence {
            case .there(let running):
                starting?.end()
                return await run(face, with: running, succession, endings)
            case .hung(let process):
                starting?.end()
                return say(.programHung(user.text, process: process), face.console)
            case .nobody: break
            }
        }
        do throws(Refusal) {
            return await run(face, with: try newNode(false), in: state, endings, starting)
        } catch {
            starting?.end()
            return say(error.message, console)
        }
    }

    private func succession(
        of runner: RunningNode, as user: UserName, _ face: Face,
        _ newNode: @escaping @Sendable (Bool) throws(Refusal) -> OwnNode
    ) -> Succession {
        let login = UnattendedLogin(
            at: target.server, as: user, passwordNeeded: .loginNotTaken(user.text), given: given.password)
        let (console, isTalkative) = (face.console, isTalkative)
        // What this program shows comes over the socket, whoever is there.
        let say = { @Sendable (word: Succession.Word) in
            switch word {
            case .goesOn: if isTalkative { console.remark(Message.goesOnAlone) }
            case .waits(let message): console.remark(message.what + " Waiting.")
            case .failed(let message): console.remark(message.text)
            }
        }
        return Succession(runner, login: login, node: { () throws(Refusal) in try newNode(true) }, say: say)
    }

    /// What somebody may be told who is about to be asked for his password, and need not be. Nil for nothing.
    private func shortcut(in state: String) async -> String? {
        guard let joined = try? await JoinedNetworks(stateDirectory: state).all() else { return nil }
        let known = joined.first { network in
            network.server.key == target.server.key && (target.pin == nil || target.pin == network.pin)
                && LocalNode(stateDirectory: state, network: network.pin, member: network.user).isLoginKept
        }
        return known.map {
            Message.goesOnWithoutPassword(NetworkName.text(of: $0, among: joined), $0.user.text)
        }
    }

    /// Everything round the dialogue.
    private struct Face: Sendable {
        let console: Console
        let input: any LineInput
        let interrupts: Interrupts
        let names: Names
        let presence: ServerPresence
        var surroundings: Shell.Surroundings
        let router: SignalRouter

        func shell(_ node: any NodeControl, as user: UserName?) -> Shell {
            Shell(
                node: node, console: console, input: input, interrupts: interrupts, names: names, presence: presence,
                user: user?.text, surroundings: surroundings)
        }

        func tellNotices(of node: any NodeControl) async {
            for await notice in node.notices {
                if presence.note(notice) { console.remark(NoticeMessages.text(notice)) }
            }
        }
    }

    /// With a node that another program is: it stays when this one ends, and when that one ends, this one goes on.
    private func run(
        _ face: Face, with node: RemoteNode, _ succession: Succession, _ endings: AsyncStream<ExitStatus>
    ) async -> ExitStatus {
        var face = face
        face.surroundings.isNodeOwn = { succession.isNodeOwn }
        face.surroundings.beforeLeaving = { [interrupts = face.interrupts] in
            await interrupts.interruptible { await succession.answered() }
        }
        return await withTaskGroup(of: ExitStatus?.self) { [face] group in
            group.addTask { await Self.ending(endings) }
            group.addTask {
                await succession.run()
                return nil
            }
            group.addTask {
                await succession.watch(node) { face.console.remark($0) }
                return nil
            }
            if case .shell = errand {
                group.addTask {
                    await face.tellNotices(of: node)
                    return nil
                }
            }
            group.addTask {
                if isTalkative { await tellWhatIsNotUsed(by: node, face.console) }
                return await converse(face.shell(node, as: user))
            }
            let status = await Self.first(&group)
            await node.leave()
            await succession.leave()
            return status
        }
    }

    /// Of what this program was started with, what means nothing to the node that carries its commands out.
    private func tellWhatIsNotUsed(by node: RemoteNode, _ console: Console) async {
        if level < .error { console.remark(Message.detailsElsewhere(level)) }
        do throws(Refusal) {
            if let text = await node.remark(on: try .ofProgram()) { console.remark(text) }
        } catch {
            console.remark(Message.proxyUnusable(error.message))
        }
    }

    /// Remarks are wanted, and not answers alone.
    private var isTalkative: Bool {
        guard case .command(let command, _) = errand else { return true }
        return !command.manner.isJSON && !command.manner.isQuiet
    }

    /// With a node of its own, which other commands may use meanwhile.
    private func run(
        _ face: Face, with own: OwnNode, in state: String, _ endings: AsyncStream<ExitStatus>,
        _ starting: StartingTurn?
    ) async -> ExitStatus {
        defer { starting?.end() }
        let node = own.node
        let (signedIn, continuation) = AsyncStream.makeStream(of: Void.self)
        // Whoever leaves as soon as he is signed in is remembered as well.
        let (remembering, remembered) = AsyncStream.makeStream(of: Void.self)
        var face = face
        face.surroundings.signedIn = { continuation.finish() }
        // A command that needs no answer does not wait for one that does.
        face.surroundings.beforeAsking = { starting?.end() }
        // What rests does so before and after.
        face.surroundings.isNodeOwn = { !node.isResting }
        face.surroundings.beforeLeaving = { [interrupts = face.interrupts] in
            for await _ in remembering {}
            // Others go on without this one, but for what they have just asked.
            await interrupts.interruptible { await own.server.guests.gone() }
        }
        let contact = FirstContact(
            node: node, server: target.server, console: face.console, input: face.input, interrupts: face.interrupts,
            rest: { [console = face.console] in await rest(node, console) })
        return await withTaskGroup(of: ExitStatus?.self) { [face] group in
            group.addTask {
                await own.run()
                return nil
            }
            group.addTask {
                await face.tellNotices(of: node)
                return nil
            }
            group.addTask {
                for await _ in signedIn {}
                defer { remembered.finish() }
                guard !Task.isCancelled, let name = (try? await node.status())?.member, let member = UserName(name),
                    let network = try? node.networkPin
                else { return nil }
                let local = LocalNode(stateDirectory: state, network: network, member: member)
                // Without a word: the next time it may be signed in to without the address.
                if user == nil, face.input.isInteractive {
                    try? await JoinedNetworks(stateDirectory: state)
                        .add(JoinedNetwork(server: target.server, pin: network, user: member))
                    face.names.use(NamesFile(of: local))
                }
                remembered.finish()
                await own.share(as: local)
                starting?.end()
                return nil
            }
            group.addTask { await Self.ending(endings) }
            group.addTask {
                if let status = await contact.make() { return status }
                if case .join(let secret) = errand {
                    return await join(secret, node, face.console, face.input, face.interrupts, state)
                }
                return await converse(face.shell(node, as: user))
            }
            let status = await Self.first(&group)
            await node.leave()
            return status
        }
    }

    /// The server is away: whether the command can do with what is recorded here.
    private func rest(_ node: Node, _ console: Console) async -> Bool {
        guard case .command(let command, let user) = errand, command.action.isOfRecord,
            (try? await node.rest(as: user.text)) != nil
        else { return false }
        if isTalkative { console.remark(Message.isOfRecord(target.server)) }
        return true
    }

    private func converse(_ shell: Shell) async -> ExitStatus {
        if case .command(let command, _) = errand { await shell.run(command) } else { await shell.run() }
    }

    /// Nil where it is cancelled first.
    private static func ending(_ endings: AsyncStream<ExitStatus>) async -> ExitStatus? {
        for await status in endings { return status }
        return nil
    }

    /// What the first that has one exits with; the others are ended.
    private static func first(_ group: inout TaskGroup<ExitStatus?>) async -> ExitStatus {
        var status: ExitStatus?
        while status == nil, let ended = await group.next() { status = ended }
        group.cancelAll()
        return status ?? .internalError
    }

    /// Nil where it takes more than a name to be somebody.
    private func localNode(in state: String) -> LocalNode? {
        guard let user, let pin = target.pin else { return nil }
        return LocalNode(stateDirectory: state, network: pin, member: user)
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
            sleep: { try? await Task.sleep(for: $0) }, given: given.password,
            remember: { await remember($0, console, state) })
        let networks = JoinedNetworks(stateDirectory: state)
        let before = (try? await networks.all())?.first
        let outcome = await dialogue.run(secret.description)
        if case .signedIn(let user) = outcome {
            await node.leave()
            console.line(DialogueLines.joined(user))
            console.remark(Message.whatNext)
        }
        if let before, let joined = try? await networks.all(), let text = Self.change(from: before, joined) {
            console.remark(text)
        }
        if case .ended(let status) = outcome { return status }
        return .success
    }

    /// What is said where commands meant another network before. Nil for nothing.
    private static func change(from before: JoinedNetwork, _ joined: [JoinedNetwork]) -> String? {
        guard let first = joined.first, first != before, joined.contains(before) else { return nil }
        if let variable = Environment.all[MeantNetwork.variable], !variable.isEmpty {
            return Message.networkOfEnvironment(variable)
        }
        return Message.meantNow(
            NetworkName.text(of: first, among: joined), before: NetworkName.text(of: before, among: joined))
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
