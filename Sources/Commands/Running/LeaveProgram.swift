import ControlAPI
import Logging
import NodeControl
import PeerNode
import Proxies
import Terminal
import Wire

/// What it takes to leave a network: a login once more, or the node that runs, and then nothing of it is left here. Done
/// again, it goes on where it failed.
struct LeaveProgram: Sendable {
    /// In which what runs here must have ended.
    private static let patience = Duration.seconds(20)
    private static let pause = Duration.milliseconds(50)

    let network: MeantNetwork
    let unpublishes: Bool

    func run() async throws {
        let local = network.localNode()
        // Nobody is to begin here meanwhile.
        let (presence, turn) = await RunningNode(local: local, workingFolder: "/").findInTurn()
        defer { turn?.end() }
        switch presence {
        case .there(let running):
            var failure = await Self.failure { () async throws(NodeFailure) in try await withdraw(running) }
            let isWithdrawn = failure == nil
            if isWithdrawn {
                failure = await Self.failure { () async throws(NodeFailure) in try await running.signOutHere() }
            }
            await running.leave()
            switch failure {
            case nil: break
            // It may have ended before it could say that it was done.
            case .nodeAway where isWithdrawn, .nodeLeft where isWithdrawn:
                try await ended(local)
                try await signOutAlone(withdrawing: false)
            case let failure?: throw Refusal(Message(failure, now: Environment.now))
            }
        case .hung(let process): throw Refusal(.programHung(network.network.user.text, process: process))
        case .nobody:
            // One that lets nobody in, though it runs.
            guard !local.isRunning else { throw Refusal(.stillRuns(network.name)) }
            try await signOutAlone(withdrawing: unpublishes)
        }
        try await ended(local)
        do {
            try await LeftNetwork(network.network, stateDirectory: network.state).forget()
        } catch {
            throw Refusal(.stateUnusable(error.path, reason: error.reason))
        }
    }

    /// With a login of its own.
    private func signOutAlone(withdrawing: Bool) async throws {
        let logger = Logger(label: "bittrickle") { _ in SwiftLogNoOpLogHandler() }
        var configuration = NodeConfiguration(
            server: network.network.server, pin: network.network.pin, stateDirectory: network.state)
        configuration.proxies = try .ofProgram()
        let node = Node(configuration, logger: logger)
        let refusal: Message? = await withTaskGroup(of: Void.self) { group in
            group.addTask { await node.run() }
            let refusal = await signOut(alone: node, withdrawing: withdrawing)
            await node.leave()
            await group.waitForAll()
            return refusal
        }
        if let refusal { throw Refusal(refusal) }
    }

    private func signOut(alone node: Node, withdrawing: Bool) async -> Message? {
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
        case .authenticationFailed where !withdrawing: return nil
        case .authenticationFailed: return .loginNotTaken(network.network.user.text)
        case let failure?: return Message(failure, now: Environment.now)
        }
        return await Self.failure { () async throws(NodeFailure) in
            if withdrawing { try await withdraw(node) }
            try await node.signOutHere()
        }
        .map { Message($0, now: Environment.now) }
    }

    private func withdraw(_ node: any NodeControl) async throws(NodeFailure) {
        guard unpublishes else { return }
        for share in try await node.shares() { try await node.unshare(path: share.path) }
        for file in try await node.published() {
            do throws(NodeFailure) { try await node.unpublish(name: file.name) } catch .notPublished {
                // It was withdrawn meanwhile.
            }
        }
    }

    private func ended(_ local: LocalNode) async throws {
        let begin = ContinuousClock.now
        while local.isRunning {
            guard begin.duration(to: .now) < Self.patience else { throw Refusal(.stillRuns(network.name)) }
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
