import FoundationEssentials
import NetworkTestKit
import TestKit
import Testing

/// A folder in which each person has a home of his own.
struct Place {
    let directory: TemporaryDirectory

    func home(_ name: String) throws -> String {
        let folder = directory.file("home-\(name)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Runs a program to its end, and gives what it said.
    func run(
        _ program: String, _ arguments: [String], as name: String, input: String = "", exits code: Int32 = 0
    ) async throws -> (output: String, errors: String) {
        let process = try await RealProcess.start(program, arguments, in: home(name))
        if !input.isEmpty { try await process.type(input) }
        // Who asks nothing may have ended by now.
        try? await process.endInput()
        let ending = try await process.waitForEnd(within: .seconds(60))
        let output = try await process.output.expectEnd()
        let errors = try await process.errors.expectEnd()
        #expect(ending == .exited(code), "\(output)\(errors)")
        return (output, errors)
    }

    /// Starts a server and what its first member takes part with, and gives an invitation for others.
    func network(
        first: String, operatedBy owner: String = "operator"
    ) async throws -> (server: RealProcess, invite: String) {
        let server = try await RealProcess.start(Programs.server, ["0", "--host", "127.0.0.1"], in: home(owner))
        let greeting = try await server.output.expect("bittrickle-server invite\n", within: .seconds(20))
        let link = try Self.link(in: greeting)
        _ = try await run(Programs.client, ["join", link], as: first, input: "\(first)\n\(first)'s own\n")
        let invited = try await run(Programs.server, ["invite", "--uses", "9"], as: owner)
        return (server, try Self.link(in: invited.output))
    }

    /// The last one in a text.
    static func link(in text: String) throws -> String {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        return try #require(words.last { $0.hasPrefix("bittrickle://") })
    }
}
