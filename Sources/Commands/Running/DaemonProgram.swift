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
    /// In which a command that leaves its place has left.
    private static let patience = Duration.seconds(20)
    private static let pause = Duration.milliseconds(50)
    /// For an orderly end, which takes a second where the server does not answer; systemd waits for 20.
    private static let endPatience = Duration.seconds(8)

    /// In which network, as the command line says it.
    let network: String?
    /// What the command line says; it comes before what is set.
    let given: [SettingKey: String]
    let level: Logger.Level
    /// What is done with the page's address once there is one; nil for nothing.
    let page: WebPage?

    func run() async throws -> ExitStatus {
        HeapPolicy.apply()
        Signals.ignoreBrokenPipes()
        let console = Console.ofProgram()
        let meant = try await MeantNetwork.find(network)
        let local = meant.localNode()
        let (presence, turn) = await RunningNode(local: local, workingFolder: "/").findInTurn()
        defer { turn?.end() }
        try await Self.takePlace(of: presence, local, meant, network)
        // Until here whoever ends it ends it at once.
        let signals = Signals.watch([SIGINT, SIGTERM, SIGHUP])
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
                for await signal in signals {
                    let status = Self.status(endedBy: signal)
                    OrderlyEnd.begin(within: Self.endPatience) { _exit(status.rawValue) }
                    return status
                }
                return nil
            }
            group.addTask {
                if let status = await signIn(node, meant, console, turn) { return status }
                await serve(node, meant, console, logger, turn)
                return nil
            }
            var status: ExitStatus?
            while status == nil, let ended = await group.next() { status = ended }
            await node.leave()
            group.cancelAll()
            return status ?? .internalError
        }
    }

    /// SIGTERM is how a service is asked to end, which is no failure of it: what ends with 143 is a failed unit for systemd
    /// (systemd.service(5), `SuccessExitStatus=`).
    private static func status(endedBy signal: Int32) -> ExitStatus {
        switch signal {
        case SIGTERM: .success
        case SIGHUP: .hungUp
        default: .interrupted
        }
    }

    /// Has a command leave the place of a node to this one. Throws what is said of whoever stays there.
    private static func takePlace(
        of presence: RunningNode.Presence, _ local: LocalNode, _ meant: MeantNetwork, _ network: String?
    ) async throws {
        switch presence {
        case .there(let running):
            let givesWay = await running.giveWay()
            await running.leave()
            let begin = ContinuousClock.now
            while givesWay, local.isRunning, begin.duration(to: .now) < patience { try await Task.sleep(for: pause) }
        case .hung(let process): throw Refusal(.programHung(meant.network.user.text, process: process))
        case .nobody: break
        }
        guard !local.isRunning else { throw Refusal(.runsAlready(network)) }
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
    private func signIn(
        _ node: Node, _ meant: MeantNetwork, _ console: Console, _ turn: StartingTurn?
    ) async -> ExitStatus? {
        let network = meant.network
        var login = UnattendedLogin(
            at: network.server, as: network.user, passwordNeeded: .daemonNeedsLogin(network.user.text, meant.name),
            given: Environment.givenSecrets.password)
        for attempts in 1... {
            switch await login.attempt(node) {
            case .signedIn: return nil
            case .refused(let message):
                console.remark(message.text)
                return message.exitStatus
            case .later(let message):
                if attempts == 1 { console.remark(message.what + " Waiting.") }
            }
            // Others need not wait for the server, too.
            turn?.end()
            do { try await Task.sleep(for: UnattendedLogin.pause(after: attempts)) } catch { return .interrupted }
        }
        return .internalError
    }

    /// One in a folder that is missing is said when something is to go there.
    private static func make(_ folder: String) { mkdir(folder, 0o755) }

    private func serve(
        _ node: Node, _ network: MeantNetwork, _ console: Console, _ logger: Logger, _ turn: StartingTurn?
    ) async {
        let server = ControlServer(
            node: node,
            configuration: .ofProgram(home: Environment.all["HOME"], downloads: node.setting(.downloads) ?? "/"),
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
                    turn?.end()
                    console.line(DialogueLines.daemonRuns(network.network.user.text, network.network.server))
                }
            }
        }
    }
}
