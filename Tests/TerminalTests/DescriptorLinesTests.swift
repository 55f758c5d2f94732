import Glibc
import Terminal
import TestKit
import Testing

@Suite struct DescriptorLinesTests {
    /// The reading end of a pipe that holds these bytes and is closed behind them.
    private func pipe(holding bytes: [UInt8], isClosed: Bool = true) throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw TestKitError.system(call: "pipe", code: errno) }
        #expect(write(ends[1], bytes, bytes.count) == bytes.count)
        if isClosed { close(ends[1]) }
        return (ends[0], ends[1])
    }

    private func lines(of text: String) throws -> [DescriptorLines.Read] {
        let ends = try pipe(holding: Array(text.utf8))
        defer { close(ends.reading) }
        var lines = DescriptorLines(descriptor: ends.reading)
        let waker = Waker()
        var read: [DescriptorLines.Read] = []
        while read.last != .end { read.append(lines.next(waker: waker)) }
        return read
    }

    @Test func endsOfLines() throws {
        #expect(try lines(of: "") == [.end])
        #expect(try lines(of: "hans\n") == [.line("hans"), .end])
        #expect(try lines(of: "hans\r\nlap") == [.line("hans"), .line("lap"), .end])
        #expect(try lines(of: "\n\na b\n") == [.line(""), .line(""), .line("a b"), .end])
    }

    @Test func bytesThatAreNotUTF8() throws {
        let ends = try pipe(holding: [0x61, 0xFF, 0x0A])
        defer { close(ends.reading) }
        var lines = DescriptorLines(descriptor: ends.reading)
        #expect(lines.next(waker: Waker()) == .line("a\u{FFFD}"))
    }

    @Test func wakingEndsTheWait() throws {
        let ends = try pipe(holding: Array("ha".utf8), isClosed: false)
        defer {
            close(ends.reading)
            close(ends.writing)
        }
        var lines = DescriptorLines(descriptor: ends.reading)
        let waker = Waker()
        waker.wake()
        #expect(lines.next(waker: waker) == .woken)
        #expect(write(ends.writing, "ns\n", 3) == 3)
        #expect(lines.next(waker: waker) == .line("hans"))
    }

    @Test func aLineWithoutEndIsSkipped() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("lines")
        let long = String(repeating: "x", count: DescriptorLines.longest + 5_000)
        let file = open(path, O_RDWR | O_CREAT, 0o600)
        defer { close(file) }
        let text = Array("\(long)\nlap\n".utf8)
        #expect(write(file, text, text.count) == text.count)
        lseek(file, 0, SEEK_SET)
        var lines = DescriptorLines(descriptor: file)
        let waker = Waker()
        #expect(lines.next(waker: waker) == .tooLong)
        #expect(lines.next(waker: waker) == .line("lap"))
        #expect(lines.next(waker: waker) == .end)
    }
}
