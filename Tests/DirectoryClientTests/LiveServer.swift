import Content
import Crypto
import Directory
import DirectoryClient
import DirectoryServer
import FoundationEssentials
import Logging
import NIOCore
import NetworkTestKit
import Synchronization
import TestKit
import Testing
import Wire

/// A folder in which a real server runs, as often as a test wants.
final class LiveServer: Sendable {
    private let place: TemporaryDirectory
    private let settings: DirectorySettings
    private let port: Mutex<Int>
    private let tcp: TCPPort

    /// - Parameter port: 0 for one that is free.
    init(
        users: [String], settings: DirectorySettings = .standard, port: UInt16 = 0, tcp: TCPPort = .sameAsUDP
    ) throws {
        self.tcp = tcp
        self.port = Mutex(Int(port))
        place = try TemporaryDirectory()
        self.settings = settings
        try write(users: users)
    }

    /// Each user's password is his name.
    func write(users: [String]) throws {
        let lines = users.map { "\($0) \($0)\n" }.joined()
        try Data(lines.utf8).write(to: URL(filePath: place.file("credentials.txt")), options: .atomic)
    }

    func forgetTokens() throws { try FileManager.default.removeItem(atPath: place.file("data/directory.sqlite")) }

    /// Runs it, on the port that it had before.
    @discardableResult
    func running<Result: Sendable>(
        _ body: (DirectoryServer) async throws -> Result
    ) async throws -> Result {
        let configuration = ServerConfiguration(
            dataDirectory: place.file("data"), credentialsPath: place.file("credentials.txt"), host: "127.0.0.1",
            port: port.withLock { $0 }, tcp: tcp, settings: settings,
            payment: { password, salt in Hash256(hashing: salt + password) },
            log: ServerLog(events: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        return try await DirectoryServer.whileRunning(configuration) { server in
            port.withLock { $0 = Int(server.port) }
            return try await body(server)
        }
    }
}

extension DirectoryServer {
    var address: SocketAddress {
        get throws { try SocketAddress(ipAddress: "127.0.0.1", port: Int(port)) }
    }
}

func login(_ user: String, proof: Login.Proof? = nil) throws -> Login {
    let bytes = Array(SHA256.hash(data: Array(user.utf8))).prefix(DeviceID.byteCount)
    return Login(
        user: try #require(UserName(user)), proof: proof ?? .password(Array(user.utf8)),
        device: try #require(DeviceID(Array(bytes))), deviceLabel: "test", takesOver: true,
        devicePublicKey: Array(P256.Signing.PrivateKey().publicKey.derRepresentation), listeningPort: 4_000,
        localAddresses: [])
}

/// A client that is connected, and signed in unless the user is nil.
func client(of address: SocketAddress, user: String?) async throws -> DirectoryClient {
    let client = DirectoryClient()
    _ = try await client.connect(to: ServerAddress(address), pin: nil)
    if let user { _ = try await client.signIn(login(user)) }
    return client
}

/// What a client told, for a test to look at.
final class Told: Sendable {
    private let state = Mutex<[DirectoryEvent]>([])
    private let reasons = Mutex<[DirectoryRefusal]>([])

    var events: [DirectoryEvent] { state.withLock { $0 } }
    /// Why the login is taken no longer.
    var expulsions: [DirectoryRefusal] { reasons.withLock { $0 } }
    var pulses: Int { events.count { if case .pulse = $0 { true } else { false } } }
    var signIns: Int { events.count { if case .signedInAgain = $0 { true } else { false } } }

    fileprivate func read(_ events: AsyncStream<DirectoryEvent>) async {
        for await event in events { state.withLock { $0.append(event) } }
    }

    fileprivate func read(_ expulsions: AsyncStream<DirectoryRefusal>) async {
        for await reason in expulsions { reasons.withLock { $0.append(reason) } }
    }
}

/// Reads what a client tells while the body runs, and says goodbye.
func watching(_ client: DirectoryClient, _ body: (Told) async throws -> Void) async throws {
    let told = Told()
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await told.read(client.events) }
        group.addTask { await told.read(client.expulsions) }
        try await body(told)
        await client.goodbye()
        try await group.waitForAll()
    }
}

/// Waits for what another part does meanwhile.
func eventually(
    _ what: String, within limit: Duration = .seconds(10), _ isTrue: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !isTrue() {
        guard ContinuousClock.now < deadline else { throw TestKitError.timedOut(what) }
        try await Task.sleep(for: .milliseconds(10))
    }
}
