import Glibc
import NetworkTestKit
import TestKit
import Testing

/// All that a terminal is sent, to the byte: with libedit, and on one that cannot be rewritten.
@Suite struct TerminalTranscriptTests {
    private static let lines = [
        ("Enter username: ", "hans"), ("Enter password: ", "wrong"), ("Enter username: ", "hans"),
        ("Enter password: ", "hans-secret"), ("> ", "lap"), ("> ", "lpf"), ("> ", "pub a.pdf"), ("> ", "lpf"),
        ("> ", "sch pdf"), ("> ", "get b.pdf"), ("> ", "unp a.pdf"), ("> ", "unp a.pdf"), ("> ", "xit"),
    ]

    private static let transcript = """
        Enter username: hans
        Enter password: 
        Authentication failed. Please try again.
        Enter username: hans
        Enter password: 
        Welcome to BitTrickle!
        Available commands are: get, lap, lpf, pub, sch, unp, xit
        > lap
        No active peers
        > lpf
        No files published
        > pub a.pdf
        File published successfully
        > lpf
        1 file published:
        a.pdf
        > sch pdf
        No files found
        > get b.pdf
        File not found
        > unp a.pdf
        File unpublished successfully
        > unp a.pdf
        File unpublication failed
        > xit
        Goodbye!

        """

    @Test(arguments: ["xterm", "dumb"]) func toTheByte(terminal: String) async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let folder = try network.folder(of: "hans")
        try Files.write("\(folder)/a.pdf", size: 10, seed: 1)
        let process = try await RealProcess.start(
            Programs.client, ["\(network.port)"], in: folder, mode: .terminal(separateErrors: true),
            environment: ["HOME": folder, "TERM": terminal])
        for (prompt, answer) in Self.lines {
            try await process.output.expect(prompt)
            try await process.type(answer + "\n")
        }
        #expect(try await process.waitForEnd() == .exited(1))
        try await process.output.expectEnd()
        #expect(
            process.output.text
                == Self.transcript.split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: "\r\n"))
    }
}
