import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// A real server in a folder of its own, and real clients each with a home of its own.
final class TestNetwork: Sendable {
    let directory: TemporaryDirectory
    let server: RealProcess
    let port: Int

    /// Accounts are `name` with the password `name-secret`.
    static func start(
        members: [String], serverArguments: [String] = [], in directory: TemporaryDirectory? = nil, port: Int = 0
    ) async throws -> TestNetwork {
        let directory = try directory ?? TemporaryDirectory()
        let lines = members.map { "\($0) \(password(of: $0))\n" }.joined()
        try lines.write(toFile: directory.file("credentials.txt"), atomically: true, encoding: .utf8)
        let server = try await RealProcess.start(
            Programs.server, ["\(port)", "--host", "127.0.0.1"] + serverArguments, in: directory.path)
        return try await TestNetwork(
            directory: directory, server: server, port: server.ports.first(.udp, within: .seconds(20)))
    }

    private init(directory: TemporaryDirectory, server: RealProcess, port: Int) {
        self.directory = directory
        self.server = server
        self.port = port
    }

    static func password(of member: String) -> String { "\(member)-secret" }

    /// The same server again, on the same port and state, after its process has ended.
    func restarted(serverArguments: [String] = []) async throws -> TestNetwork {
        let server = try await RealProcess.start(
            Programs.server, ["\(port)", "--host", "127.0.0.1"] + serverArguments, in: directory.path)
        _ = try await server.ports.first(.udp, within: .seconds(20))
        return TestNetwork(directory: directory, server: server, port: port)
    }

    /// Where a member's files are.
    func folder(of member: String) throws -> String {
        let folder = directory.file("home-\(member)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// A client that is signed in, driven through pipes.
    func client(_ member: String) async throws -> ShellClient {
        let client = try await unsigned(member)
        try await client.process.type("\(member)\n\(Self.password(of: member))\n")
        try await client.process.output.expect("Welcome to BitTrickle!\n", within: .seconds(20))
        try await client.process.output.expect("\n")
        return client
    }

    /// A client that has not been told a name yet.
    func unsigned(_ member: String, mode: RealProcess.Mode = .pipes) async throws -> ShellClient {
        ShellClient(
            process: try await RealProcess.start(
                Programs.client, ["127.0.0.1:\(port)"], in: folder(of: member), mode: mode))
    }
}
