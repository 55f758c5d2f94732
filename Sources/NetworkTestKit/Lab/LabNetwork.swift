import FoundationEssentials
import TestKit

/// A server and members in a lab, each with the real program at a host of its own.
package final class LabNetwork: Sendable {
    package let lab: Lab
    package let server: RealProcess
    /// The network's pin, in hexadecimal digits.
    package let fingerprint: String
    private let host: String

    package static let port = 12_000
    private static let name = "directory.test"

    /// Starts a server. Accounts are `name` with the password `name-secret`.
    package static func start(
        in lab: Lab, at host: String = "server", members: [String] = ["a", "b"], serverArguments: [String] = []
    ) async throws -> LabNetwork {
        let accounts = members.map { "\($0) \(password(of: $0))\n" }.joined()
        try Data(accounts.utf8).write(to: URL(filePath: "\(lab.home(of: host))/credentials.txt"))
        let server = try await lab.start(host, BuiltPrograms.path("bittrickle-server"), ["\(port)"] + serverArguments)
        try await server.output.expect("Fingerprint of this network:\n", within: .seconds(20))
        let line = try await server.output.expect("\n")
        return LabNetwork(
            lab: lab, server: server, fingerprint: line.filter { !$0.isWhitespace }, host: host)
    }

    private init(lab: Lab, server: RealProcess, fingerprint: String, host: String) {
        self.lab = lab
        self.server = server
        self.fingerprint = fingerprint
        self.host = host
    }

    private static func password(of member: String) -> String { "\(member)-secret" }

    /// The link by which a host reaches the server: IPv4 where it has that.
    package func link(for host: String) throws -> String {
        let plug = try lab.plug(of: host)
        return link(to: try plug.ipv4 != nil ? lab.ipv4(of: self.host) : "[\(lab.ipv6(of: self.host))]")
    }

    private func link(to host: String) -> String { "bittrickle://\(host):\(Self.port)/\(fingerprint)" }

    /// Starts a member's program, at the host of his name where no other is named, and returns when he is signed in.
    ///
    /// - Parameter byName: The server is reached by a name, which stands for its IPv4 and its IPv6 address.
    package func member(
        _ name: String, at host: String? = nil, byName: Bool = false, environment: [String: String]? = nil
    ) async throws -> ShellClient {
        let host = host ?? name
        let program = try BuiltPrograms.path("bittrickle")
        let process: RealProcess
        if byName {
            let hosts = try "\(lab.home(of: host))/hosts"
            let lines = try lab.addresses(of: self.host).map { "\($0) \(Self.name)\n" }.joined()
            try Data(lines.utf8).write(to: URL(filePath: hosts))
            // Programs in a network of their own have mounts of their own as well.
            let script = "mount --bind '\(hosts)' /etc/hosts && exec '\(program)' '\(link(to: Self.name))'"
            process = try await lab.start(host, "/bin/sh", ["-ec", script], environment: environment)
        } else {
            process = try await lab.start(host, program, [link(for: host)], environment: environment)
        }
        try await process.type("\(name)\n\(Self.password(of: name))\n")
        do {
            try await process.output.expect("Welcome to BitTrickle!\n", within: .seconds(20))
            try await process.output.expect("\n")
        } catch TestKitError.timedOut(let what) {
            throw TestKitError.timedOut("\(what)\n\(process.errors.text)")
        }
        return ShellClient(process: process)
    }

    /// What came of a `get`.
    package struct Trial: Sendable {
        /// Whether the copy is the file.
        package let isWhole: Bool
        /// From the command to the end of its answer.
        package let time: Duration
        package let output: String
        package let errors: String
    }

    /// Has a member publish a file of random bytes and another one get it.
    ///
    /// - Parameters:
    ///   - from: Who publishes. By the name of his host, which also names his home.
    ///   - to: Who gets it.
    /// - Returns: Also where nothing came in time.
    package func trial(
        from: (host: String, client: ShellClient), to: (host: String, client: ShellClient), name: String = "film.mkv",
        size: Int = 1 << 20, within limit: Duration = .seconds(30)
    ) async throws -> Trial {
        let source = try "\(lab.home(of: from.host))/\(name)"
        // What has another name is another content.
        try Files.write(source, size: size, seed: name.utf8.reduce(UInt64(size)) { $0 &* 31 &+ UInt64($1) })
        try await from.client.publish(name)
        let started = ContinuousClock.now
        let answer: (output: String, errors: String)
        do {
            answer = try await to.client.answer(to: "get \"\(name)\"", within: limit)
        } catch TestKitError.timedOut(let what) {
            answer = (what, to.client.process.errors.text)
        }
        let time = ContinuousClock.now - started
        let copy = try Files.hash("\(lab.home(of: to.host))/\(name)")
        return try Trial(
            isWhole: copy == Files.hash(source), time: time, output: answer.output, errors: answer.errors)
    }

    /// The same between `a` and `b` of a ``Lab/pair(_:_:families:)``, with programs that are started for it and ended after it.
    package func trial(size: Int = 1 << 20, within limit: Duration = .seconds(30)) async throws -> Trial {
        let (a, b) = try await (member("a"), member("b"))
        let trial = try await trial(from: ("a", a), to: ("b", b), size: size, within: limit)
        try await a.leave()
        if trial.isWhole { try await b.leave() } else { try await b.process.kill() }
        return trial
    }
}
