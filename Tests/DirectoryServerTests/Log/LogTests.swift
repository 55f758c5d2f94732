import DirectoryServer
import Glibc
import Logging
import Synchronization
import TestKit
import Testing
import Wire

struct LogTests {
    @Test func linesHaveTimeLevelMessageAndFacts() async throws {
        let lines = try await logged { writer in
            var logger = Logger(label: "t") { _ in EventLog(writer: writer, level: .info, now: { 86_400_123 }) }
            logger[metadataKey: "b"] = "2"
            logger.info("Signed in", metadata: ["a": "1"])
            logger.debug("not this")
        }
        #expect(lines.count == 1)
        #expect(lines.first?.hasSuffix(".123 info Signed in a=1 b=2") == true)
    }

    @Test func aNameCannotForgeLinesOrCommandTheTerminal() async throws {
        let lines = try await logged { writer in
            let logger = Logger(label: "t") { _ in EventLog(writer: writer, level: .info, now: { 0 }) }
            logger.info("Published", metadata: ["name": "a\n2026 critical\u{1B}[2J\u{202E}"])
        }
        #expect(lines.count == 1)
        #expect(lines.first?.hasSuffix("name=a\\u{a}2026 critical\\u{1b}[2J\\u{202e}") == true)
    }

    @Test func whoeverLogsNeverWaits() async throws {
        // A pipe that nobody reads: it holds 64 KiB, the writer some thousand lines, the rest is dropped.
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw TestKitError.system(call: "pipe", code: errno) }
        defer { for end in ends { close(end) } }
        let writer = LineWriter(descriptor: ends[1])
        for _ in 0..<4 * LineWriter.capacity { writer.write { _ in String(repeating: "x", count: 100) } }
        await writer.close()
    }

    private func logged(_ body: (LineWriter) -> Void) async throws -> [String] {
        let place = try TemporaryDirectory()
        let descriptor = open(place.file("log"), O_RDWR | O_CREAT, 0o600)
        guard descriptor >= 0 else { throw TestKitError.system(call: "open", code: errno) }
        defer { close(descriptor) }
        let writer = LineWriter(descriptor: descriptor)
        body(writer)
        await writer.close()
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes[..<max(0, count)], as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
