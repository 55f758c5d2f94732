import Connectivity
import DirectoryClient
import FoundationEssentials
import Library
import NIOCore
import NodeControl
import Proxies
import Wire

/// Looks at everything at the same time, and tells what was seen when its time is over: no look is waited for longer, wherever it
/// hangs.
struct Examiner: Sendable {
    /// How far it came with the server.
    struct Entered: Sendable {
        let entry: Observations.Entry
        var session: MemberSession?
        /// Answers what needs no login; nil where there is no session with the network that is meant.
        var client: DirectoryClient?
    }

    /// Of the whole, so that what is told afterwards is told within ten seconds.
    private static let limit = Duration.milliseconds(8_500)

    let configuration: NodeConfiguration
    let request: ExaminationRequest
    let threads: NodeThreads
    let group: any EventLoopGroup
    /// Comes as far as it can: takes its time, and ends when it is cancelled.
    let enter: @Sendable () async -> Entered

    func run() async -> Examination {
        let began = ContinuousClock.now
        let server = configuration.server
        let address = try? SocketAddress(ipAddress: server.host, port: Int(server.port))
        var unseen = Observations(
            server: server.description, host: server.host, isNumericHost: address != nil, isLoopback: server.isLoopback)
        unseen.computer.proxy = configuration.proxies.proxy?.description
        let board = ObservationBoard(unseen)
        await unawaited(after: Self.limit) {
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await self.lookAtComputer(board) }
                tasks.addTask { await self.lookAtLines(board) }
                tasks.addTask { await self.lookThroughProxy(board) }
                tasks.addTask { await self.lookFromInside(board) }
            }
        }
        return Examination(
            server: server.description, member: request.member, findings: Diagnosis.findings(board.seen),
            milliseconds: began.millisecondsToNow)
    }

    // MARK: Without a login

    private func lookAtComputer(_ board: ObservationBoard) async {
        let (addresses, descriptors) = (ComputerLook.addresses(), ComputerLook.descriptors)
        board.note {
            ($0.computer.hasIPv4, $0.computer.hasIPv6) = addresses
            $0.computer.descriptors = descriptors
        }
        await withDiscardingTaskGroup { tasks in
            if let directory = request.directory { tasks.addTask { await look(at: directory, for: .downloads, board) } }
            tasks.addTask { await look(at: configuration.stateDirectory, for: .state, board) }
        }
    }

    private func look(
        at path: String, for purpose: Observations.Folder.Purpose, _ board: ObservationBoard
    ) async {
        await board.looking(at: "the folder \(path)") {
            let seen = try? await threads.examining.run { flag in
                try flag.check()
                return ComputerLook.folder(path, for: purpose)
            }
            guard let seen else { return }
            board.note { $0.computer.folders.insert(seen, at: purpose == .downloads ? 0 : $0.computer.folders.count) }
        }
    }

    private func lookAtLines(_ board: ObservationBoard) async {
        let (server, began) = (configuration.server, ContinuousClock.now)
        var addresses: [SocketAddress] = []
        await board.looking(at: "the address of \(server.host)") {
            do {
                addresses = try await ServerAddress(host: server.host, port: Int(server.port))
                    .resolved(on: group.next())
                let four = addresses.count { $0.protocol == .inet }
                let found = Observations.Resolution.found(
                    ipv4: four, ipv6: addresses.count - four,
                    milliseconds: began.millisecondsToNow)
                board.note { $0.resolution = found }
            } catch {
                board.note { $0.resolution = .failed }
            }
        }
        let pin = await pin
        await board.looking(at: "the line to the server") {
            let lines = LineExamination(pin: pin, group: group)
            await withTaskGroup(of: Void.self) { tasks in
                for address in addresses {
                    tasks.addTask {
                        let line = await lines.datagrams(to: address)
                        board.note { $0.lines.append(line) }
                    }
                    tasks.addTask {
                        let streams = await lines.streams(to: address)
                        board.note { $0.lines += streams }
                    }
                }
            }
        }
    }

    private func lookThroughProxy(_ board: ObservationBoard) async {
        guard configuration.proxies.proxy != nil else { return }
        await board.looking(at: "the way to the server through the proxy") {
            let lines = LineExamination(pin: await pin, group: group)
            let line = await lines.stream(to: configuration.server, by: configuration.proxies)
            board.note { $0.proxied = line }
        }
    }

    /// Nil where another one takes the place of that network by itself.
    private var pin: NetworkPin? {
        get async {
            if let pin = configuration.pin { return pin }
            guard !configuration.server.isLoopback else { return nil }
            return try? await KnownNetworks(stateDirectory: configuration.stateDirectory).pin(at: configuration.server)
        }
    }

    // MARK: With a session

    private func lookFromInside(_ board: ObservationBoard) async {
        var entered: Entered?
        await board.looking(at: "the login") {
            let reached = await enter()
            board.note { $0.entry = reached.entry }
            entered = reached
        }
        guard let entered, !Task.isCancelled else { return }
        await withTaskGroup(of: Void.self) { tasks in
            if let client = entered.client {
                tasks.addTask { await self.lookAtNetwork(client, entered.session, board) }
            }
            if let session = entered.session {
                let look = SessionLook(session: session, board: board, threads: threads)
                tasks.addTask { await look.atFiles() }
                tasks.addTask { await look.atCertificate() }
                tasks.addTask { await look.atTranslation() }
                tasks.addTask { await look.atMapping() }
                tasks.addTask { await look.fromOutside() }
                if let member = request.member { tasks.addTask { await look.at(member) } }
            }
        }
    }

    private func lookAtNetwork(
        _ client: DirectoryClient, _ session: MemberSession?, _ board: ObservationBoard
    ) async {
        await board.looking(at: "the server's clock") {
            guard let network = try? await client.network() else { return }
            let offset = Int64(Date().timeIntervalSince1970 * 1_000) - network.serverTime
            board.note {
                $0.clockOffset = offset
                $0.certificates.isNetworksGood = NetworkAuthority.isValid(
                    network.certificatePEM, at: network.serverTime)
            }
        }
    }
}
