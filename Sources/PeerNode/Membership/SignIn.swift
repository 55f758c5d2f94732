import Connectivity
import DirectoryClient
import Library
import Logging
import NIOCore
import NIOPosix
import NodeControl
import Wire

/// From name and password to a member who is there: lock, login, certificate, links, publications.
struct SignIn: Sendable {
    /// What proves who it is.
    enum Means: Hashable, Sendable {
        case password(String)
        /// What the directory gave this device at its last login.
        case keptToken

        /// Whether any account could be meant.
        var arePossible: Bool {
            if case .password(let text) = self { (1...Login.passwordByteLimit).contains(text.utf8.count) } else { true }
        }
    }

    let client: DirectoryClient
    let authority: NetworkAuthority
    let configuration: NodeConfiguration
    let threads: NodeThreads
    let group: any EventLoopGroup
    let notices: Notices
    let logger: Logger

    private var place: MemberPlace {
        MemberPlace(base: configuration.stateDirectory, network: authority.pin, threads: threads, notices: notices)
    }

    /// Where the member's folder is in use by another program, the directory is asked all the same: a wrong
    /// password must look wrong, whoever is online.
    /// Who was never here gets a folder once he is signed in, not before: what is typed by mistake, a password
    /// even, must not become the name of one.
    func run(user: UserName, by means: Means) async throws(NodeFailure) -> MemberSession {
        let isKnown = await place.isKnown(user)
        let folder = isKnown ? try await place.open(user) : nil
        let device = try await device(in: folder)
        let proofs = try await proofs(means, of: user, folder, isKnown: isKnown)
        let record: PublishedFiles? = if let folder { try await place.record(in: folder) } else { nil }
        let settings = await settings(record)
        let port = await ListeningPort(settings, configuration)
        let (listener, fault) = try await port.first {
            try await LinkListener.bind(port: $0, limits: configuration.links, group: group, logger: logger)
        }
        do {
            let welcome = try await signIn(user, by: proofs) { proof in
                Login(
                    user: user, proof: proof, device: device.id,
                    deviceLabel: configuration.deviceLabel, takesOver: folder != nil || !isKnown,
                    devicePublicKey: device.publicKey,
                    listeningPort: listener.port, localAddresses: LocalAddresses.all(port: listener.port))
            }
            // The other program is not online just now, but it may be any moment.
            guard let folder = isKnown ? folder : try await newFolder(user, device) else {
                throw NodeFailure.onlineElsewhere(user: user.text, place: Self.otherProgram)
            }
            await keep(welcome.token, in: folder)
            let session = try await session(user, device, folder, record, welcome, listener)
            await note(listener.port, port, fault, session.settings)
            return session
        } catch {
            await listener.close()
            throw NodeFailure(ofState: error)
        }
    }

    /// Tells where others reach this node when that is not where they should, and keeps what the system picked.
    private func note(
        _ port: UInt16, _ choice: ListeningPort, _ fault: PortFault?, _ settings: MemberSettings
    ) async {
        if let fault { notices.tell(.listensElsewhere(wanted: Int(choice.wanted), port: Int(port), fault: fault)) }
        if port != choice.wanted, port != choice.picked { await settings.note(pickedPort: port) }
    }

    private func settings(_ record: PublishedFiles?) async -> MemberSettings? {
        guard let record else { return nil }
        let settings = MemberSettings(
            records: TransferRecords(beside: record), program: configuration.settings, logger: logger)
        await settings.load()
        return settings
    }

    /// By the first that is taken.
    private func signIn(
        _ user: UserName, by proofs: [Login.Proof], _ login: (Login.Proof) -> Login
    ) async throws(NodeFailure) -> Welcome {
        for proof in proofs {
            do { return try await client.signIn(login(proof)) } catch {
                switch error {
                case .refused(.tokenInvalid): continue
                case .refused(.notAllowed): throw .accountDisabled(user: user.text)
                default: throw NodeFailure(error, user: user)
                }
            }
        }
        throw .authenticationFailed
    }

    private func proofs(
        _ means: Means, of user: UserName, _ folder: MemberFolder?, isKnown: Bool
    ) async throws(NodeFailure) -> [Login.Proof] {
        guard case .password(let password) = means else {
            guard isKnown else { throw .authenticationFailed }
            guard let folder else { throw .onlineElsewhere(user: user.text, place: Self.otherProgram) }
            let tokens = try? await threads.files.run { _ in KeptToken(folder: folder).read() }
            return (tokens ?? []).map { .token($0) }
        }
        return [.password(Array(password.utf8))]
    }

    /// Without it the next program needs the password, which is not worth a word.
    private func keep(_ token: [UInt8], in folder: MemberFolder) async {
        try? await threads.files.run { _ in try KeptToken(folder: folder).keep(token) }
    }

    static let otherProgram = "another program on this computer"

    /// Whether it failed when the directory had let us in already.
    static func leftLoginBehind(_ failure: NodeFailure) -> Bool {
        switch failure {
        case .onlineElsewhere(_, otherProgram), .stateUnusable, .recordDamaged, .internalError: true
        default: false
        }
    }

    private func newFolder(_ user: UserName, _ device: DeviceState) async throws(NodeFailure) -> MemberFolder? {
        guard let folder = try await place.open(user) else { return nil }
        do {
            try await device.save(folder: folder.path)
        } catch {
            throw NodeFailure(ofState: error)
        }
        return folder
    }

    private func device(in folder: MemberFolder?) async throws(NodeFailure) -> DeviceState {
        guard let folder else { return .fresh() }
        do {
            return try await DeviceState.load(folder: folder.path)
        } catch {
            throw NodeFailure(ofState: error)
        }
    }

    private func session(
        _ user: UserName, _ device: DeviceState, _ folder: MemberFolder, _ opened: PublishedFiles?, _ welcome: Welcome,
        _ listener: LinkListener
    ) async throws -> MemberSession {
        let identity = try MemberIdentity(
            authority: authority, user: user, deviceKey: device.key, certificateDER: welcome.certificate)
        let time = DirectoryTime(welcome.pulse.serverTime)
        let trust = try LinkTrust(identity: identity, limits: configuration.links) { time.now }
        let record = if let opened { opened } else { try await place.record(in: folder) }
        let sharesPath = folder.file("shares.sqlite")
        let (folders, sharesAside) = try await threads.files.run { _ in try SharedFolders.open(path: sharesPath) }
        if let sharesAside { notices.tell(.recordSetAside(path: sharesPath, setAside: sharesAside)) }
        let blockedPath = folder.file("blocked")
        let blocked = try await threads.files.run { _ in try BlockList(path: blockedPath) }
        trust.refuse(blocked.members)
        let parts = MemberSession.Parts(
            user: user, client: client, authority: authority, device: device, folder: folder, time: time, trust: trust,
            listener: listener, record: record, folders: folders, blocked: blocked, threads: threads, group: group,
            notices: notices, logger: logger)
        return MemberSession(parts, welcome.pulse, configuration)
    }
}

/// Addresses of this device that others may reach it at, besides the one that the directory sees.
enum LocalAddresses {
    static let limit = 4

    /// Neither loopback nor link-local ones: those mean something else elsewhere. First those from which this device reaches
    /// others, of which IPv6 may have several for each network; then those of other networks, as of machines in it.
    static func all(port: UInt16) -> [Endpoint] {
        let devices = (try? System.enumerateDevices()) ?? []
        var endpoints: [Endpoint] = []
        for device in devices {
            guard let endpoint = device.address.flatMap({ endpoint($0, port) }), !endpoints.contains(endpoint) else {
                continue
            }
            endpoints.append(endpoint)
        }
        let outward = [Gateway.Family.ipv4, .ipv6].compactMap { Gateway.current($0)?.local }
        let first = endpoints.filter { outward.contains($0.address) }
        return Array((first + endpoints.filter { !first.contains($0) }).prefix(limit))
    }

    private static func endpoint(_ address: SocketAddress, _ port: UInt16) -> Endpoint? {
        guard let endpoint = Endpoint(address, port: port) else { return nil }
        let bytes = endpoint.address
        if bytes.count == 4 { return bytes[0] == 127 || bytes.starts(with: [169, 254]) ? nil : endpoint }
        let isLoopback = bytes.dropLast().allSatisfy { $0 == 0 }
        return isLoopback || LocalAddress.isLinkLocal6(bytes) || bytes[0] == 0xFF ? nil : endpoint
    }
}
