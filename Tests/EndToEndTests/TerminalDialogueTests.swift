import Glibc
import NetworkTestKit
import TestKit
import Testing

/// The dialogue of the original program on a real pseudo-terminal.
@Suite struct TerminalDialogueTests {
    @Test func theWholeDialogue() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        try Files.write("\(network.folder(of: "hans"))/a.pdf", size: 10, seed: 1)
        let client = try await network.unsigned("hans", mode: .terminal(separateErrors: true))
        let (process, screen) = (client.process, client.process.output)

        try await screen.expect("Enter username: ")
        try await process.type("hans\n")
        try await screen.expect("Enter password: ")
        try await process.type("wrong\n")
        try await screen.expect("Authentication failed. Please try again.\r\n")
        try await screen.expect("Enter username: ")
        try await process.type("hans\n")
        try await screen.expect("Enter password: ")
        try await process.type("hans-secret\n")
        try await screen.expect("Welcome to BitTrickle!\r\n")
        try await screen.expect("Available commands are: get, lap, lpf, pub, sch, unp, xit\r\n")
        for (command, answer) in [
            ("lap", "No active peers"), ("lpf", "No files published"), ("pub a.pdf", "File published successfully"),
            ("lpf", "1 file published:\r\na.pdf"), ("sch pdf", "No files found"), ("get b.pdf", "File not found"),
            ("unp a.pdf", "File unpublished successfully"), ("unp a.pdf", "File unpublication failed"),
        ] {
            try await screen.expect("> ")
            try await process.type("\(command)\n")
            try await screen.expect("\(answer)\r\n")
        }
        try await screen.expect("> ")
        try await process.type("xit\n")
        try await screen.expect("Goodbye!\r\n")
        try await process.waitForEnd()
        #expect(!screen.text.contains("hans-secret") && !screen.text.contains("wrong"))
    }

    /// While the server lets one wait, which looks as if the password had to be typed again.
    @Test func aPasswordTypedAheadIsNotShown() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let client = try await network.unsigned("hans", mode: .terminal())
        let (process, screen) = (client.process, client.process.output)
        try await screen.expect("Enter username: ")
        try await process.type("hans\n")
        try await screen.expect("hans\r\nEnter password: ")
        network.server.signal(SIGSTOP)
        try await process.type("wrong\n")
        try await screen.expect("\r\n")
        try await process.type("hans-secret\n")
        network.server.signal(SIGCONT)
        // It was taken for a user name, which is not shown either.
        try await screen.expect("Enter username: \r\nEnter password: ")
        try await process.type("\n")
        try await screen.expect("Enter username: ")
        try await process.type("hans\n")
        try await screen.expect("Enter password: ")
        try await process.type("hans-secret\n")
        try await screen.expect("> ")
        // From here on all is shown again.
        try await process.type("xit\n")
        try await screen.expect("xit\r\n")
        try await screen.expect("Goodbye!\r\n")
        try await process.waitForEnd()
        #expect(!screen.text.contains("hans-secret") && !screen.text.contains("wrong"))
    }

    @Test func interruptingStopsTheCommandAndNotTheShell() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let folder = try network.folder(of: "hans")
        // Hashing this takes a while; a sparse file costs no disk.
        try Files.writeSparse("\(folder)/huge.bin", size: 64 << 30)
        let client = try await network.unsigned("hans", mode: .terminal())
        let (process, screen) = (client.process, client.process.output)
        try await screen.expect("Enter username: ")
        try await process.type("hans\n")
        try await screen.expect("Enter password: ")
        try await process.type("hans-secret\n")
        try await screen.expect("> ")
        try await process.type("pub huge.bin\n")
        try await screen.expect("%")
        try await process.type("\u{3}")
        try await screen.expect("> ")
        try await process.type("lpf\n")
        try await screen.expect("No files published\r\n")
        try await process.type("\u{4}")
        try await screen.expect("Goodbye!\r\n")
        try await process.waitForEnd()
    }
}
