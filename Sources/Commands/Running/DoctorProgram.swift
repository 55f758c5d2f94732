import ControlAPI
import Glibc
import Logging
import NodeControl
import PeerNode
import Proxies
import Terminal
import Wire

/// `doctor` on the command line: by the node that runs, or else by one of its own, which comes as far as it can. Being unable to
/// log in, for which other commands end, is what it is to explain.
struct DoctorProgram: Sendable {
    /// For one that runs to say that it is there, until something else is begun.
    private static let patience = Duration.milliseconds(1_000)

    /// For its own to say good-bye to the server.
    private static let farewell = Duration.milliseconds(1_000)

    let target: ServerTarget
    /// Nil where nobody is known there.
    let user: UserName?
    let state: String
    let directory: String
    let member: String?
    let proxies: ProxyRules
    let voice: Voice

    /// Of a command line; throws ``Refusal`` where it is not known which server or which proxy is meant.
    init(_ command: Command, of member: String?) async throws {
        let environment = Environment.all
        guard let state = NodeConfiguration.standardStateDirectory(environment: environment) else {
            throw Refusal(.noStateFolder)
        }
        guard let directory = Environment.workingDirectory else { throw Refusal(.noWorkingFolder) }
        let meant = try await Self.meant(command.network)
        target = meant.target
        user = meant.user
        self.state = state
        self.directory = directory
        self.member = member
        proxies = try .ofProgram()
        voice = Voice(console: .ofProgram(), manner: command.manner)
    }

    /// A network that was joined, or a server as it is typed.
    private static func meant(_ name: String?) async throws -> (target: ServerTarget, user: UserName?) {
        var fault: any Error = Refusal(.noneToExamine)
        do {
            if let network = try await MeantNetwork.findJoined(name) { return (network.target, network.network.user) }
        } catch {
            fault = error
        }
        guard let name, let target = try? ServerTarget(name, fingerprint: nil) else { throw fault }
        return (target, nil)
    }

    func run() async -> ExitStatus {
        Signals.ignoreBrokenPipes()
        voice.remark(Message.examining)
        let request = ExaminationRequest(member: member, directory: directory)
        let examination = await examination(request)
        voice.tell(examination)
        return examination.hasProblem ? .commandFailed : .success
    }

    private enum Look: Sendable {
        case found(RunningNode.Presence)
        /// By itself; nil where it was not begun.
        case examined(Examination?)
    }

    /// Within a doctor's time, whatever hangs: one that runs and does not answer is what is found.
    private func examination(_ request: ExaminationRequest) async -> Examination {
        guard let user, let pin = target.pin else { return await alone(request) }
        let local = LocalNode(stateDirectory: state, network: pin, member: user)
        let (presence, own) = await look(for: local, request)
        var process: Int32?
        switch presence {
        case .nobody where !local.isRunning: return await alone(request)
        case .nobody: break
        case .hung(let number): process = number
        case .there(let remote):
            if let told = await examination(request, by: remote) { return told }
            // It may have answered something else, or have left meanwhile.
            switch await RunningNode(local: local, workingFolder: directory).find(startingWithin: .zero) {
            case .hung(let number): process = number
            case .there(let remote):
                await remote.leave()
                return await alone(request)
            case .nobody: return await alone(request)
            }
        }
        var examination = if let own { own } else { await alone(request) }
        // It is the one that is there.
        examination.findings.removeAll { $0.code == .loginElsewhere }
        examination.findings.insert(.programHung(user.text, process: process), at: 0)
        return examination
    }

    /// Nil where it has gone meanwhile, hangs, or cannot say.
    private func examination(_ request: ExaminationRequest, by remote: RemoteNode) async -> Examination? {
        let told = try? await remote.examine(request)
        if told != nil, let text = await remote.remark(on: proxies) { voice.remark(text) }
        await remote.leave()
        return told
    }

    /// What can be looked at without one that hangs is looked at while it is given the time that a slow machine may need.
    private func look(
        for local: LocalNode, _ request: ExaminationRequest
    ) async -> (presence: RunningNode.Presence, own: Examination?) {
        await withTaskGroup(of: Look.self) { group in
            group.addTask {
                .found(await RunningNode(local: local, workingFolder: directory).find(startingWithin: Self.patience))
            }
            group.addTask {
                do { try await Task.sleep(for: Self.patience) } catch { return .examined(nil) }
                return .examined(await alone(request))
            }
            var (presence, own) = (RunningNode.Presence.nobody, Examination?.none)
            for await look in group {
                switch look {
                case .examined(let examination): own = examination
                case .found(let found):
                    presence = found
                    let isHung =
                        switch found {
                        case .hung: true
                        case .there: false
                        case .nobody: local.isRunning
                        }
                    if !isHung { group.cancelAll() }
                }
            }
            return (presence, own)
        }
    }

    private func alone(_ request: ExaminationRequest) async -> Examination {
        let logger = Logger(label: "bittrickle") { _ in SwiftLogNoOpLogHandler() }
        var configuration = NodeConfiguration(server: target.server, pin: target.pin, stateDirectory: state)
        configuration.proxies = proxies
        let node = Node(configuration, logger: logger)
        // unstructured: what hangs in it ends with the program, which does not wait for it
        let running = Task { await node.run() }
        let examination = await node.examine(request, as: user)
        await unawaited(after: Self.farewell) {
            await node.leave()
            await running.value
        }
        running.cancel()
        return examination
    }
}
