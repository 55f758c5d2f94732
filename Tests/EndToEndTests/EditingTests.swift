import Glibc
import NetworkTestKit
import TestKit
import Testing

/// Line editing on a real pseudo-terminal: completion, history, Ctrl-C, remarks while somebody types, the end.
@Suite struct EditingTests {
    /// A client at its first prompt.
    private func shell(in network: TestNetwork) async throws -> RealProcess {
        let process = try await network.unsigned("hans", mode: .terminal(columns: 60)).process
        try await process.output.expect("Enter username: ")
        try await process.type("hans\n")
        try await process.output.expect("Enter password: ")
        try await process.type("hans-secret\n")
        try await process.output.expect("\n> ")
        return process
    }

    @Test func completesNames() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let folder = try network.folder(of: "hans")
        for name in ["my notes.txt", "größe.txt", "größer.txt"] {
            try Files.write("\(folder)/\(name)", size: 3, seed: 1)
        }
        let process = try await shell(in: network)
        try await process.type("pu\tmy\t\n")
        try await process.output.expect("File published successfully\r\n> ")
        try await process.type("unp \t\n")
        try await process.output.expect("File unpublished successfully\r\n> ")
        try await process.type("pub g\t\t")
        try await process.output.expect("größe.txt   größer.txt\r\n> pub größe")
        try await process.type("r\t\n")
        try await process.output.expect("File published successfully\r\n> ")
        try await process.type("lpf\n")
        try await process.output.expect("1 file published:\r\ngrößer.txt\r\n> ")
        try await process.type("\u{4}")
        try await process.output.expect("Goodbye!\r\n")
        #expect(try await process.waitForEnd() == .exited(0))
    }

    @Test func remembersCommandsButNoPasswords() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let process = try await shell(in: network)
        try await process.type("lap\n")
        try await process.output.expect("No active peers\r\n> ")
        try await process.type("lpf\u{3}")
        try await process.output.expect("^C\r\n> ")
        try await process.type("\u{1B}[A\n")
        try await process.output.expect("lap\r\nNo active peers\r\n> ")
        try await process.type("xit\n")
        try await process.waitForEnd()
        let path = try network.folder(of: "hans") + "/.local/state/bittrickle/history"
        let history = try Files.text(path)
        #expect(history == "lap\nxit\n")
    }

    @Test func aRemarkSparesWhatIsTyped() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let process = try await shell(in: network)
        try await process.type("la")
        try await process.output.expect("la")
        network.server.signal(SIGSTOP)
        try await process.output.expect("does not answer any more.", within: .seconds(30))
        try await process.output.expect("\r\n> la")
        network.server.signal(SIGCONT)
        try await process.output.expect("is back.\r\n> la", within: .seconds(30))
        try await process.type("p\n")
        try await process.output.expect("No active peers\r\n> ")
        process.signal(SIGTERM)
        #expect(try await process.waitForEnd() == .exited(143))
    }

    @Test func whatIsTypedAheadIsNotLost() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let process = try await network.unsigned("hans", mode: .terminal()).process
        try await process.output.expect("Enter username: ")
        // All at once: what it was not asked for yet waits in the terminal, the end of the input among it.
        try await process.type("hans\nhans-secret\nlap\nlpf\n\u{4}")
        try await process.output.expect("No active peers\r\n")
        try await process.output.expect("No files published\r\n")
        try await process.output.expect("Goodbye!\r\n")
        #expect(try await process.waitForEnd() == .exited(0))
    }

    @Test func controlCAtALoginPromptEndsTheProgram() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let process = try await network.unsigned("hans", mode: .terminal()).process
        try await process.output.expect("Enter username: ")
        try await process.type("hans\n")
        try await process.output.expect("Enter password: ")
        try await process.type("\u{3}")
        #expect(try await process.waitForEnd() == .exited(130))
    }
}
