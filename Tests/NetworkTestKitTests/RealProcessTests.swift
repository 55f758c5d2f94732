import NetworkTestKit
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct RealProcessTests {
    private let home: TemporaryDirectory

    init() throws { home = try TemporaryDirectory() }

    private func shell(_ script: String, _ mode: RealProcess.Mode = .pipes) async throws -> RealProcess {
        try await RealProcess.start("/bin/sh", ["-c", script], in: home.path, mode: mode)
    }

    @Test func talksThroughPipesAndTellsTheExitCode() async throws {
        let process = try await shell("read name; echo hello $name; pwd; echo oops >&2; cat; exit 7")
        try await process.type("hans\n")
        #expect(try await process.output.expect("hans\n") == "hello hans\n")
        #expect(try await process.output.expect("\n") == home.path + "\n")
        try await process.type("more")
        try await process.endInput()
        #expect(try await process.output.expectEnd() == "more")
        #expect(try await process.errors.expectEnd() == "oops\n")
        #expect(try await process.waitForEnd() == .exited(7))
        #expect(!process.isRunning)
    }

    @Test func talksThroughATerminal() async throws {
        let process = try await shell("tty; stty size; echo ready; read x; echo \"<$x>\"", .terminal(columns: 77))
        #expect(try await process.output.expect("ready").contains("40 77"))
        #expect(process.output.text.hasPrefix("/dev/pts/"))
        try await process.type("abc\n")
        try await process.output.expect("<abc>")
        try await process.output.expectEnd()
        #expect(try await process.waitForEnd() == .exited(0))
    }

    @Test func interruptsThroughTheTerminal() async throws {
        let process = try await shell(
            "trap 'exit 3' INT; echo ready; while :; do sleep 0.01; done", .terminal())
        try await process.output.expect("ready")
        try await process.type("\u{3}")
        #expect(try await process.waitForEnd() == .exited(3))
    }

    @Test func keepsErrorsApartFromTheTerminal() async throws {
        let process = try await shell("echo out; echo err >&2", .terminal(separateErrors: true))
        #expect(try await process.output.expectEnd() == "out\r\n")
        #expect(try await process.errors.expectEnd() == "err\n")
    }

    @Test(arguments: [RealProcess.Mode.pipes, .terminal()]) func losesNothingOfLongOutput(mode: RealProcess.Mode)
        async throws
    {
        let process = try await shell("seq 1 100000", mode)
        let text = try await process.output.expectEnd()
        #expect(text.split(whereSeparator: \.isNewline).count == 100_000)
        #expect(text.hasSuffix("100000\n") || text.hasSuffix("100000\r\n"))
    }

    @Test func killsAndSignals() async throws {
        let first = try await shell("echo ready; sleep 60")
        try await first.output.expect("ready")
        #expect((first.residentBytes ?? 0) > 100_000)
        try await first.kill()
        #expect(try await first.waitForEnd() == .killed(signal: 9))
        let second = try await shell("trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done")
        try await second.output.expect("ready")
        second.signal(15)
        #expect(try await second.waitForEnd() == .exited(3))
    }

    @Test func saysWhatThereWasInsteadOfWhatWasAwaited() async throws {
        let process = try await shell("echo something else; sleep 60")
        await #expect(throws: TestKitError.self) { try await process.output.expect("never", within: .milliseconds(50)) }
        await #expect(throws: TestKitError.self) { try await process.waitForEnd(within: .milliseconds(20)) }
    }

    @Test func leavesNoProcessBehind() async throws {
        let id: Int32
        do {
            let process = try await shell("echo ready; sleep 60")
            try await process.output.expect("ready")
            id = process.processID
            #expect(process.isRunning)
        }
        #expect(PortReader(processID: id).all(.udp).isEmpty)
        let gone = try await shell("kill -0 \(id)")
        #expect(try await gone.waitForEnd() == .exited(1))
    }

    @Test func saysThatAProgramIsMissing() async throws {
        let process = try await RealProcess.start("/nonexistent", in: home.path)
        #expect(try await process.waitForEnd() == .exited(127))
    }
}
