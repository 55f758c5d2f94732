import ControlAPI
import Logging
import NodeControl
import PeerNode
import Terminal
import Wire

/// What it takes to leave a network: a login once more, or the node that runs, and then nothing of it is left here. Done
/// again, it goes on where it failed.
struct LeaveProgram: Sendable {
    /// In which what runs here must have ended.
    private static let patience = Duration.seconds(20)
    private static let pause = Duration.milliseconds(50)

    let network: PreferredNetwork
    let unpublishes: Bool

    func run() async throws {
        let local = network.localNode()
        // Nobody is to begin here meanwhile.
        let turn = await StartingTurn.take(of: local)
        defer { turn?.end() }
        if let running = await RunningNode(local: local, workingFolder: "/").find() {
            let failure = await Self.failure { () async throws(NodeFailure) in try await signOut(running) }
            await running.leave()
            if let failure { throw Refusal(Message(failure, now: Environment.now)) }
        } else {
            // One that does not answer, though it runs.
            guard !local.isRunning else { throw Refusal(.stillRuns) }
            try await signOutAlone()
        }
        try await ended(local)
        do {
            try await LeftNetwork(network.network, stateDirectory: network.state).forget()
        } catch {
            throw Refusal(.stateUnusable(error.path, reason: error.reason))
        }
    }

    /// With a login of its own.
    private func signOutAlone() async throws {
        let logger = Logger(label: "bittrickle") { _ in SwiftLogNoOpLogHandler() }
        let node = Node(
            NodeConfiguration(
                server: network.network.server, pin: network.network.pin, stateDirectory: network.state),
            logger: logger)
        let refusal: Message? = await withTaskGroup(of: Void.self) { group in
            group.addTask { await node.run() }
            let refusal = await signOut(alone: node)
            await node.leave()
            await group.waitForAll()
            return refusal
        }
        if let refusal { throw Refusal(refusal) }
    }

    private func signOut(alone node: Node) async -> Message? {
        do throws(ContactFailure) {
            switch try await node.connect() {
            case .known, .pinned: break
            case .replaced, .changed, .unknown: return .networkToLeaveIsAnother(network.network.server)
            }
        } catch {
            return Message(error, at: network.network.server)
        }
        let failure = await Self.failure { () async throws(NodeFailure) in
            try await node.signInAgain(user: network.network.user.text)
        }
        switch failure {
        case nil: break
        // Signed out already. What is published cannot be withdrawn without the password.
        case .authenticationFailed where !unpublishes: return nil
        case .authenticationFailed: return .loginNotTaken(network.network.user.text)
        case let failure?: return Message(failure, now: Environment.now)
        }
        return await Self.failure { () async throws(NodeFailure) in try await signOut(node) }
            .map { Message($0, now: Environment.now) }
    }

    private func signOut(_ node: any NodeControl) async throws(NodeFailure) {
        if unpublishes {
            for share in try await node.shares() { try await node.unshare(path: share.path) }
            for file in try await node.published() {
                do throws(NodeFailure) { try await node.unpublish(name: file.name) } catch .notPublished {
                    // It was withdrawn meanwhile.
                }
            }
        }
        try await node.signOutHere()
    }

    private func ended(_ local: LocalNode) async throws {
        let begin = ContinuousClock.now
        while local.isRunning {
            guard begin.duration(to: .now) < Self.patience else { throw Refusal(.stillRuns) }
            try await Task.sleep(for: Self.pause)
        }
    }

    private static func failure(_ work: () async throws(NodeFailure) -> Void) async -> NodeFailure? {
        do throws(NodeFailure) {
            try await work()
            return nil
        } catch {
            return error
        }
    }
}
