import Glibc

/// Lines from a descriptor, read blockingly but interruptibly. One reader.
package struct DescriptorLines: ~Copyable {
    package enum Read: Hashable, Sendable {
        case line(String)
        case end
        case woken
        /// Longer than ``longest``; the line is skipped.
        case tooLong
    }

    /// In bytes.
    package static let longest = 65536

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isSkipping = false

    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// A line without its end (`\n` or `\r\n`); what stands before the end of the input counts as one.
    /// Bytes that are not UTF-8 come as `�`.
    package mutating func next(waker: Waker) -> Read {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = take(through: end)
                if isSkipping {
                    isSkipping = false
                    return .tooLong
                }
                return .line(line)
            }
            if buffer.count > Self.longest {
                isSkipping = true
                buffer = []
            }
            if waker.wait(for: descriptor) == .woken { return .woken }
            var chunk = [UInt8](repeating: 0, count: 4096)
            let count = read(descriptor, &chunk, chunk.count)
            if count > 0 {
                buffer += chunk.prefix(count)
            } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                guard !buffer.isEmpty, !isSkipping else { return .end }
                return .line(take(through: buffer.endIndex - 1))
            }
        }
    }

    /// Whether ``next(waker:)`` would not have to wait; of a terminal that hands out whole lines.
    package var hasLine: Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return buffer.contains(UInt8(ascii: "\n")) || poll(&entry, 1, 0) > 0
    }

    /// What was typed of a line that is given up.
    package mutating func forget() { buffer = [] }

    private mutating func take(through end: Int) -> String {
        var line = buffer[...end]
        buffer = Array(buffer[(end + 1)...])
        if line.last == UInt8(ascii: "\n") { line.removeLast() }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }
}
