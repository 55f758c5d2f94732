import Glibc
import NIOPosix
import Synchronization

/// Writes lines to a descriptor from a thread of its own, so that no one who logs ever waits: what is
/// too much is dropped and counted.
///
/// A line is formatted on that thread too. Descriptors that stopped taking bytes (a terminal that is
/// held, a pipe that nobody reads) delay the end of the process by ``patience`` at most.
package final class LineWriter: Sendable {
    package typealias Line = @Sendable (inout TimeText) -> String

    /// Lines that wait at most.
    package static let capacity = 8_192
    /// Milliseconds.
    static let patience: Int32 = 1_000

    private struct State {
        var waiting: [Line] = []
        var dropped = 0
        var isDraining = false
        var isClosed = false
    }

    private let descriptor: Int32
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let state = Mutex(State())

    package init(descriptor: Int32) {
        self.descriptor = descriptor
        thread.start()
    }

    package func write(_ line: @escaping Line) {
        let mustDrain = state.withLock { state in
            guard !state.isClosed else { return false }
            guard state.waiting.count < Self.capacity else {
                state.dropped += 1
                return false
            }
            state.waiting.append(line)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        // Work that the closing pool gives up is left to `close`, which must not end before it is done.
        if mustDrain { thread.submit { if $0 == .active { self.drain() } } }
    }

    /// Writes what waits, and takes no more.
    package func close() async {
        state.withLock { $0.isClosed = true }
        try? await thread.shutdownGracefully()
        drain()
    }

    private func drain() {
        var time = TimeText()
        while true {
            let (lines, dropped) = state.withLock { state in
                defer {
                    state.waiting = []
                    state.dropped = 0
                }
                state.isDraining = !state.waiting.isEmpty || state.dropped > 0
                return (state.waiting, state.dropped)
            }
            if lines.isEmpty, dropped == 0 { return }
            var bytes: [UInt8] = []
            for line in lines {
                bytes += line(&time).utf8
                bytes.append(UInt8(ascii: "\n"))
            }
            if dropped > 0 { bytes += Array("\(dropped) log lines dropped: there was too much to log\n".utf8) }
            put(bytes)
        }
    }

    private func put(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let count = poll(&ready, 1, Self.patience)
            if count == 0, state.withLock({ $0.isClosed }) { return }
            guard count > 0 else { continue }
            // A pipe that is ready takes as much as PIPE_BUF at once without waiting.
            let written = rest.prefix(4_096).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return
            }
            rest = rest.dropFirst(written)
        }
    }
}
