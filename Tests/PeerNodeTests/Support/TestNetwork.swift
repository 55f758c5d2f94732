import Content
import Directory
import DirectoryServer
import FoundationEssentials
import Logging
import TestKit
import Wire

/// A real directory on loopback, with the accounts of the tests.
struct TestNetwork: Sendable {
    static let passwords = ["hans": "falcon*solo", "vader": "sithlord**", "leia": "alderaan", "yoda": "wise@!man"]

    let folder: TemporaryDirectory
    private let credentials: String

    init() throws {
        folder = try TemporaryDirectory()
        credentials = folder.file("credentials.txt")
        try setAccounts(Self.passwords)
    }

    func setAccounts(_ accounts: [String: String]) throws {
        let lines = accounts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }
        try Data(lines.joined().utf8).write(to: URL(filePath: credentials), options: .atomic)
    }

    /// - Parameter port: 0 for a free one; a restarted server takes the port that it had.
    @discardableResult
    func running<Result: Sendable>(
        port: UInt16 = 0, _ body: (DirectoryServer) async throws -> Result
    ) async throws -> Result {
        let configuration = ServerConfiguration(
            dataDirectory: folder.file("data"), credentialsPath: credentials, port: Int(port),
            payment: { password, salt in Hash256(hashing: salt + password) }, log: ServerLog(events: quiet))
        return try await DirectoryServer.whileRunning(configuration, body)
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
