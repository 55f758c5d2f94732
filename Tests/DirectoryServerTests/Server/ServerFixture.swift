import Content
import Crypto
import Directory
import DirectoryClient
import DirectoryServer
import FoundationEssentials
import Logging
import TestKit
import Testing
import Wire

/// A folder for a server, and members who sign in to it.
struct ServerFixture {
    let place: TemporaryDirectory

    init(credentials: String = "hans falcon*solo\nvader deathstar\n") throws {
        place = try TemporaryDirectory()
        try write(credentials)
    }

    func write(_ credentials: String) throws {
        try Data(credentials.utf8).write(to: URL(filePath: place.file("credentials.txt")), options: .atomic)
    }

    /// Password checks cost nothing here.
    var configuration: ServerConfiguration {
        ServerConfiguration(
            dataDirectory: place.file("data"), credentialsPath: place.file("credentials.txt"), host: "127.0.0.1",
            payment: { password, salt in Hash256(hashing: salt + password) },
            log: ServerLog(events: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    }

    @discardableResult
    func running<Result: Sendable>(
        loops: Int = 1, _ body: (DirectoryServer) async throws -> Result
    ) async throws -> Result {
        var configuration = configuration
        configuration.loops = loops
        return try await DirectoryServer.whileRunning(configuration, body)
    }
}

/// A member's device.
struct Device: Sendable {
    let user: UserName
    let id: DeviceID
    let key = P256.Signing.PrivateKey()

    init(_ user: String) throws {
        self.user = try #require(UserName(user))
        id = try #require(DeviceID((0..<16).map { _ in UInt8.random(in: 0...255) }))
    }

    func login(_ proof: Login.Proof) -> Login {
        Login(
            user: user, proof: proof, device: id, deviceLabel: "test", takesOver: true,
            devicePublicKey: Array(key.publicKey.derRepresentation), listeningPort: 4_000, localAddresses: [])
    }

    func login(_ password: String) -> Login { login(.password(Array(password.utf8))) }
}

/// A client of a server on this host.
func connected(to port: UInt16, pin: NetworkPin? = nil) async throws -> DirectoryClient {
    let client = DirectoryClient()
    _ = try await client.connect(to: ServerAddress(host: "127.0.0.1", port: Int(port)), pin: pin)
    return client
}

/// Looks again and again for what another thread is about to do; five seconds of nothing fail the test.
func eventually(_ what: String, _ isTrue: () async throws -> Bool) async throws {
    for _ in 0..<500 {
        if try await isTrue() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw TestKitError.timedOut(what)
}
