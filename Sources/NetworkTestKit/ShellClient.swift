import FoundationEssentials
import Glibc
import TestKit

/// The shell of `bittrickle`, driven through pipes.
package struct ShellClient: Sendable {
    package let process: RealProcess

    package init(process: RealProcess) { self.process = process }

    /// Types a command and awaits the text that its answer ends with.
    @discardableResult
    package func ask(_ command: String, expecting answer: String, within limit: Duration = .seconds(30)) async throws
        -> String
    {
        try await process.type(command + "\n")
        return try await process.output.expect(answer, within: limit)
    }

    /// Types a command and awaits all that there is to say about it, whatever that is. (A second command stands behind it, which fails for
    /// certain and is told apart: so the program's exit code is 1 in the end.)
    package func answer(
        to command: String, within limit: Duration = .seconds(30)
    ) async throws -> (output: String, errors: String) {
        let output = "File unpublication failed\n"
        let errors = "You have not published end of the answer.\npublished lists what you have published.\n"
        try await process.type("\(command)\nunp \"end of the answer\"\n")
        let deadline = ContinuousClock.now + limit
        let answer = try await process.output.expect(output, within: limit)
        let told = try await process.errors.expect(errors, within: ContinuousClock.now.duration(to: deadline))
        return (String(answer.dropLast(output.count)), String(told.dropLast(errors.count)))
    }

    package func publish(_ name: String) async throws {
        try await ask("pub \"\(name)\"", expecting: "File published successfully\n", within: .seconds(120))
    }

    /// Stops the program, and lets it run for a moment: again and again, this makes of it a source behind a
    /// slow line.
    package func runBriefly() async throws {
        process.signal(SIGSTOP)
        try await Task.sleep(for: .milliseconds(120))
        process.signal(SIGCONT)
        try await Task.sleep(for: .milliseconds(1))
    }

    /// Bytes that the program has read from anywhere, sockets included (`rchar`).
    package func bytesRead() throws -> Int { try count("rchar: ") }

    /// Bytes that the program has written to anywhere, sockets included (`wchar`).
    package func bytesWritten() throws -> Int { try count("wchar: ") }

    private func count(_ field: String) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process.processID)/io", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(field) }
        guard let count = line.flatMap({ Int($0.dropFirst(field.count)) }) else {
            throw TestKitError.invalid("no \(field)in \(text)")
        }
        return count
    }

    /// Ends the shell as its user would.
    package func leave() async throws {
        try await ask("xit", expecting: "Goodbye!\n")
        try await process.waitForEnd()
    }
}
