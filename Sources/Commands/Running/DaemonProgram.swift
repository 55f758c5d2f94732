import ControlAPI
import Glibc
import Logging
import NodeControl
import PeerNode
import Proxies
import Terminal
import Wire

/// The life of a node that nobody sits at: it waits for the server, signs in, and stays until it is told to end.
struct DaemonProgram: Sendable {
    /// Between attempts to reach a server that is away.
    private static let pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(5), .seconds(15), .seconds(30)]

    /// In which network, as the command line says it.
    let network: String?
    /// What the command line says; it comes before what is set.
    let given: [SettingKey: String]
    let level: Logger.Level
    /// What is done with the page's address once there is one; nil for nothing.
    let page: WebPage?

    func run() async throws -> ExitStatus {
        HeapPolicy.apply()
        let signals = Signals.watch([SIGINT, SIGTERM, SIGHUP])
        Signals.ignoreBrokenPipes()
        let console = Console(
            output: DescriptorSink.standardOutput, errors: DescriptorSink.standardError, showsProgress: false)
        let meant = try await MeantNetwork.find(network)
        let local = meant.localNode()
        guard !local.isRunning else { throw Refusal(.runsAlready(network)) }
        let level = level
        let logger = Logger(label: "bittrickle") { _ in ConsoleLog(console: console, logLevel: level) }
        let teller = MatchTeller(of: meant.name, logger: logger)
        var configuration = NodeConfiguration(
            server: meant.network.server, pin: meant.network.pin, stateDirectory: meant.state)
        configuration.tellsMatches = { teller.tell($0) }
        configuration.settings = .ofProgram(Environment.all, given)
        configuration.proxies = try .ofProgram()
        // Who has opened a port in a firewall finds out when nobody reaches him through it.
        configuration.insistsOnPort = true
        let node = Node(configuration, logger: logger)
        return await withTaskGroup(of: ExitStatus?.self) { group in
            group.addTask {
                await node.run()
                return nil
            }
            group.addTask { await Self.tellNotices(of: node, meant, console) }
            group.addTask {
                await teller.run()
                return nil
            }
            group.addTask {
                for await signal in signals { return signal == SIGTERM ? .success : .interrupted }
                return nil
            }
            group.addTask {
                if let status = await signIn(node, meant, console) { return status }
                await serve(node, meant, console, logger)
                return nil
            }
            var status: ExitStatus?
            while status == nil, let ended = await group.next() { status = ended }
            await node.leave()
            group.cancelAll()
            return status ?? .internalError
        }
    }

    /// Ends where there is no sense in going on.
    private static func tellNotices(
        of node: Node, _ meant: MeantNetwork, _ console: Console
    ) async -> ExitStatus? {
        let presence = ServerPresence()
        for await notice in node.notices {
            if notice == .expelled {
                let message = Message.daemonExpelled(meant.name)
                console.remark(message.text)
                return message.exitStatus
            }
            if presence.note(notice) { console.remark(NoticeMessages.text(notice)) }
            if notice == .signedOut { return .success }
        }
        return nil
    }

    /// Nil once it is signed in; a server that is away, or busy, is waited for.
    private func signIn(_ node: Node, _ meant: MeantNetwork, _ console: Console) async -> ExitStatus? {
        let network = meant.network
        var isContacted = false
        var given = Environment.givenSecrets.password
        for attempt in 0... {
            let message: Message
            do throws(ContactFailure) {
                if !isContacted, let refusal = Self.refusal(try await node.connect(), at: network.server) {
                    console.remark(refusal.text)
                    return refusal.exitStatus
                }
                isContacted = true
                do throws(NodeFailure) {
                    do throws(NodeFailure) {
                        try await node.signInAgain(user: network.user.text)
                    } catch .authenticationFailed where given != nil {
                        let password = given ?? ""
                        given = nil
                        try await node.signIn(user: network.user.text, password: password)
                    }
                    return nil
                } catch {
                    message =
                        error == .authenticationFailed
                        ? .daemonNeedsLogin(network.user.text, meant.name) : Message(error, now: Environment.now)
                    guard Self.passes(error) else {
                        console.remark(message.text)
                        return message.exitStatus
                    }
                }
            } catch {
                message = Message(error, at: network.server)
                guard Self.passes(error) else {
                    console.remark(message.text)
                    return message.exitStatus
                }
            }
            if attempt == 0 { console.remark(message.what + " Waiting.") }
            do { try await Task.sleep(for: Self.pauses[min(attempt, Self.pauses.count - 1)]) } catch {
                return .interrupted
            }
        }
        return .internalError
    }

    private static func passes(_ failure: NodeFailure) -> Bool {
        switch failure {
        case .serverAway, .serverBusy, .slowDown, .serverFailed, .serverDiskFull, .onlineElsewhere: true
        default: false
        }
    }

    private static func passes(_ failure: ContactFailure) -> Bool {
        switch failure {
        case .away, .proxyFailed, .unknownHost, .busy, .clockFarOff: true
        case .misbehaved, .stateUnusable, .cancelled: false
        }
    }

    /// It was joined, so it is known; another one must not take its place.
    private static func refusal(_ contact: NetworkContact, at server: HostPort) -> Message? {
        switch contact {
        case .known, .pinned: nil
        case .replaced(let before, let now): .networkChanged(server, known: before, found: now)
        case .changed(let expected, let found, remembered: true):
            .networkChanged(server, known: expected, found: found)
        case .changed(let expected, let found, remembered: false):
            .fingerprintMismatch(server, expected: expected, found: found)
        case .unknown(let pin): .trustNeedsTerminal(server, found: pin)
        }
    }

    /// One in a folder that is missing is said when something is to go there.
    private static func make(_ folder: String) { mkdir(folder, 0o755) }

    private func serve(_ node: Node, _ network: MeantNetwork, _ console: Console, _ logger: Logger) async {
        let server = ControlServer(
            node: node,
            configuration: .ofProgram(downloads: node.setting(.downloads) ?? "/"),
            logger: logger)
        let web = WebAccess()
        Self.make(node.setting(.downloads) ?? "/")
        let port = node.setting(.webPort).flatMap { Int($0) } ?? 0
        let sharing = NodeSharing(local: network.localNode(), server: server, logger: logger)
        let (offered, isOffered) = AsyncStream.makeStream(of: Void.self)
        await withDiscardingTaskGroup { group in
            // The server takes nobody in before it is done with telling that it will.
            group.addTask {
                for await _ in offered {}
                if let page, let address = web.url { try? page.show(address) }
            }
            group.addTask {
                do throws(PageFailure) {
                    try await server.serve(web: web, port: port) { isOffered.finish() }
                } catch {
                    console.remark(Message.pageFailed(port: port, error, self.network).text)
                }
            }
            group.addTask {
                await sharing.run(web: web) {
                    console.line(DialogueLines.daemonRuns(network.network.user.text, network.network.server))
                }
            }
        }
    }
}
