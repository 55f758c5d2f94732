import FoundationEssentials
import NetworkTestKit
import TestKit
import Testing

/// The dialogue of the original program through a pipe: standard output to the byte, and the exit code.
@Suite struct PipeDialogueTests {
    private static let greeting = """
        Welcome to BitTrickle!
        Available commands are: get, lap, lpf, pub, sch, unp, xit

        """

    /// Standard output and the exit code of a client that reads these lines.
    private func run(
        _ lines: [String], as member: String, in network: TestNetwork
    ) async throws -> (output: String, ending: RealProcess.Ending) {
        let client = try await network.unsigned(member)
        try await client.process.type(lines.map { $0 + "\n" }.joined())
        try await client.process.endInput()
        let ending = try await client.process.waitForEnd(within: .seconds(60))
        try await client.process.output.expectEnd()
        return (client.process.output.text, ending)
    }

    @Test func exampleOfTheSpecification() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let (output, ending) = try await run(["hans", "hans-secret", "lap", "xit"], as: "hans", in: network)
        #expect(output == Self.greeting + "No active peers\nGoodbye!\n")
        #expect(ending == .exited(0))
    }

    @Test func wrongPasswordThenTheRightOne() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let (output, _) = try await run(["hans", "wrong", "hans", "hans-secret", "xit"], as: "hans", in: network)
        #expect(output == "Authentication failed. Please try again.\n" + Self.greeting + "Goodbye!\n")
    }

    @Test func unknownUserReadsLikeAWrongPassword() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let (output, _) = try await run(["nobody", "x", "hans", "hans-secret"], as: "hans", in: network)
        #expect(output == "Authentication failed. Please try again.\n" + Self.greeting + "Goodbye!\n")
    }

    @Test func onlineAlready() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let first = try await network.client("hans")
        // Another home, so another device.
        let (output, _) = try await run(["hans", "hans-secret"], as: "elsewhere", in: network)
        #expect(output.hasPrefix("Authentication failed. hans is online already.\n"))
        // The same home, so another running program of this device; a wrong password is told first.
        let (second, _) = try await run(["hans", "wrong", "hans", "hans-secret"], as: "hans", in: network)
        #expect(
            second.hasPrefix(
                "Authentication failed. Please try again.\nAuthentication failed. hans is online already.\n"))
        try await first.leave()
    }

    @Test func whatIsPublished() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let folder = try network.folder(of: "hans")
        for name in ["a.pdf", "b.pdf", "c d.pdf"] { try Files.write("\(folder)/\(name)", size: 10, seed: 1) }
        let commands = [
            "lpf", "pub a.pdf", "lpf", "pub a.pdf", "pub b.pdf \"c d.pdf\"", "lpf", "unp a.pdf", "unp a.pdf", "lpf",
        ]
        let (output, ending) = try await run(["hans", "hans-secret"] + commands, as: "hans", in: network)
        #expect(
            output == Self.greeting + """
                No files published
                File published successfully
                1 file published:
                a.pdf
                File published successfully
                File published successfully
                File published successfully
                3 files published:
                a.pdf
                b.pdf
                c d.pdf
                File unpublished successfully
                File unpublication failed
                2 files published:
                b.pdf
                c d.pdf
                Goodbye!

                """)
        #expect(ending == .exited(1))
    }

    @Test func publicationsOutliveTheirOwnersSession() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        try Files.write("\(network.folder(of: "hans"))/a.pdf", size: 10, seed: 1)
        _ = try await run(["hans", "hans-secret", "pub a.pdf"], as: "hans", in: network)
        let (away, _) = try await run(["vader", "vader-secret", "sch a", "get a.pdf"], as: "vader", in: network)
        #expect(away == Self.greeting + "No files found\nFile not found\nGoodbye!\n")
        let (output, _) = try await run(["hans", "hans-secret", "lpf"], as: "hans", in: network)
        #expect(output == Self.greeting + "1 file published:\na.pdf\nGoodbye!\n")
        // He is here again, and so is his file.
        let hans = try await network.client("hans")
        let vader = try await network.client("vader")
        try await vader.ask("sch pdf", expecting: "1 file found:\na.pdf\n")
        try await vader.ask("sch PDF", expecting: "No files found\n")
        try await vader.ask("get a.pdf", expecting: "a.pdf downloaded successfully\n")
        try await vader.leave()
        try await hans.leave()
    }

    @Test func whoIsThere() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader", "yoda"])
        let hans = try await network.client("hans")
        let (one, _) = try await run(["yoda", "yoda-secret", "lap"], as: "yoda", in: network)
        #expect(one == Self.greeting + "1 active peer:\nhans\nGoodbye!\n")
        let vader = try await network.client("vader")
        let (two, _) = try await run(["yoda", "yoda-secret", "lap"], as: "yoda", in: network)
        #expect(two == Self.greeting + "2 active peers:\nhans\nvader\nGoodbye!\n")
        try await hans.leave()
        try await vader.leave()
    }

    @Test func severalFilesAreFound() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        let folder = try network.folder(of: "hans")
        for name in ["a.pdf", "b.pdf"] { try Files.write("\(folder)/\(name)", size: 10, seed: 1) }
        let hans = try await network.client("hans")
        try await hans.publish("a.pdf")
        try await hans.publish("b.pdf")
        let (output, ending) = try await run(
            ["vader", "vader-secret", "sch pdf", "get a.pdf", "xit"], as: "vader", in: network)
        #expect(output == Self.greeting + "2 files found:\na.pdf\nb.pdf\na.pdf downloaded successfully\nGoodbye!\n")
        #expect(ending == .exited(0))
        #expect(try Files.hash("\(network.folder(of: "vader"))/a.pdf") == Files.hash("\(folder)/a.pdf"))
        try await hans.leave()
    }

    /// What was published by a path of the folder in which the client ran is that file, wherever it runs next time:
    /// not another file of that name, and not a missing one.
    @Test func whatWasPublishedIsServedFromAnyFolder() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        let home = try network.folder(of: "hans")
        try Files.write("\(home)/a.pdf", size: 10, seed: 1)
        _ = try await run(["hans", "hans-secret", "pub a.pdf"], as: "hans", in: network)
        let elsewhere = try network.folder(of: "elsewhere")
        try Files.write("\(elsewhere)/a.pdf", size: 10, seed: 2)
        let hans = try await RealProcess.start(
            Programs.client, ["127.0.0.1:\(network.port)"], in: elsewhere, environment: ["HOME": home])
        try await hans.type("hans\nhans-secret\nlpf\n")
        try await hans.output.expect("1 file published:\na.pdf\n", within: .seconds(20))
        let (output, _) = try await run(["vader", "vader-secret", "get a.pdf"], as: "vader", in: network)
        #expect(output == Self.greeting + "a.pdf downloaded successfully\nGoodbye!\n")
        #expect(try Files.hash("\(network.folder(of: "vader"))/a.pdf") == Files.hash("\(home)/a.pdf"))
        try await hans.type("xit\n")
        try await hans.waitForEnd()
        #expect(hans.errors.text == "")
    }
}
