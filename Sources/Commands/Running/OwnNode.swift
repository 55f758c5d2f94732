import ControlAPI
import Logging
import NodeControl
import PeerNode
import Proxies
import Terminal
import Wire

/// A node that this program is itself, and through which other commands may come.
struct OwnNode: Sendable {
    let node: Node
    let server: ControlServer
    private let logger: Logger
    private let teller: MatchTeller
    private let doors: AsyncStream<Door>
    private let newDoor: AsyncStream<Door>.Continuation

    private struct Door: Sendable {
        let local: LocalNode
        let isOpen: AsyncStream<Void>.Continuation
    }

    /// - Parameters:
    ///   - user: Nil where that is not known yet.
    ///   - givesWay: It leaves when a daemon begins.
    ///   - home: Where others are not to look by mistake; nil where it is not known.
    ///   - downloads: Where files go that others ask for without a folder.
    init(
        _ target: ServerTarget, as user: UserName?, in state: String, level: Logger.Level, home: String?,
        downloads: String, _ console: Console, givesWay: Bool
    ) throws(Refusal) {
        let logger = Logger(label: "bittrickle") { _ in ConsoleLog(console: console, logLevel: level) }
        let name = user.map { NetworkName.text(of: $0, at: target.server) } ?? "\(target.server)"
        let teller = MatchTeller(of: name, logger: logger)
        var configuration = NodeConfiguration(server: target.server, pin: target.pin, stateDirectory: state)
        configuration.tellsMatches = { teller.tell($0) }
        configuration.settings = .ofProgram(Environment.all)
        configuration.proxies = try .ofProgram()
        let node = Node(configuration, logger: logger)
        self.node = node
        let leave: @Sendable () async -> Void = { await node.leave() }
        server = ControlServer(
            node: node, configuration: .ofProgram(home: home, downloads: downloads), logger: logger,
            giveWay: givesWay ? leave : nil)
        self.logger = logger
        self.teller = teller
        (doors, newDoor) = AsyncStream.makeStream()
    }

    /// Does what goes on without being asked, until it has left, or the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await teller.run() }
            group.addTask {
                for await door in doors {
                    await NodeSharing(local: door.local, server: server, logger: logger).run { door.isOpen.finish() }
                    door.isOpen.finish()
                }
            }
            await node.run()
            group.cancelAll()
        }
    }

    /// Lets other commands in from now on, for whoever is signed in. Returns when they are, or cannot be.
    func share(as local: LocalNode) async {
        let (openings, isOpen) = AsyncStream.makeStream(of: Void.self)
        newDoor.yield(Door(local: local, isOpen: isOpen))
        for await _ in openings {}
    }
}
