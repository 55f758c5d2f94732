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
    /// For one that runs to say that it is there.
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
        let console = Console(
            output: DescriptorSink.standardOutput, errors: DescriptorSink.standardError, showsProgress: false,
            outputColumns: Self.columns(of: STDOUT_FILENO, isTerminal: TerminalDevice.outputIsTerminal),
            errorColumns: Self.columns(of: STDERR_FILENO, isTerminal: TerminalDevice.errorsAreTerminal))
        voice = Voice(console: console, manner: command.manner)
    }

    private static func columns(of descriptor: Int32, isTerminal: Bool) -> (@Sendable () -> Int)? {
        guard isTerminal else { return nil }
        return { TerminalDevice.columns(of: descriptor) }
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

    /// Within a doctor's time, whatever hangs: one that runs and does not answer is what is found.
    private func examination(_ request: ExaminationRequest) async -> Examination {
        guard let user, let pin = target.pin else { return await alone(request) }
        let began = ContinuousClock.now
        let local = LocalNode(stateDirectory: state, network: pin, member: user)
        let remote = await running(local)
        do throws(NodeFailure) {
            guard let remote else { throw .nodeAway }
            let told = try await remote.examine(request)
            if let text = await remote.remark(on: proxies) { voice.remark(text) }
            await remote.leave()
            return told
        } catch {
            await remote?.leave()
            guard error == .nodeAway, local.isRunning else { return await alone(request) }
        }
        let hung = HealthFinding.programHung(user.text)
        guard remote == nil else {
            return Examination(
                server: target.server.description, member: member, findings: [hung],
                milliseconds: began.millisecondsToNow)
        }
        var examination = await alone(request)
        // It is the one that is there.
        examination.findings.removeAll { $0.code == .loginElsewhere }
        examination.findings.insert(hung, at: 0)
        return examination
    }

    private func running(_ local: LocalNode) async -> RemoteNode? {
        await withTaskGroup(of: RemoteNode?.self) { group in
            group.addTask { await RunningNode(local: local, workingFolder: directory).find() }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            for await late in group where first == nil { await late?.leave() }
            return first
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
