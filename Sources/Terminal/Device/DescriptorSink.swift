import Glibc
import Synchronization

/// Writes to a file descriptor at once: nothing is lost when the process ends, whatever the way.
package final class DescriptorSink: TextSink {
    private let descriptor: Int32
    private struct State {
        var isGone = false
        var failure: String?
    }

    private let state = Mutex(State())

    package init(descriptor: Int32) { self.descriptor = descriptor }

    package static let standardOutput = DescriptorSink(descriptor: STDOUT_FILENO)
    package static let standardError = DescriptorSink(descriptor: STDERR_FILENO)

    package var failure: String? { state.withLock { $0.failure } }

    @discardableResult
    package func write(_ text: String) -> Bool {
        state.withLock { state in
            var rest = Array(text.utf8)[...]
            while !state.isGone, !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    waitForRoom()
                } else if errno != EINTR {
                    state.isGone = true
                    if errno != EPIPE { state.failure = String(cString: strerror(errno)) }
                }
            }
            return !state.isGone
        }
    }

    /// Somebody else may have made the descriptor non-blocking: it belongs to all who inherited it.
    private func waitForRoom() {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&entry, 1, -1)
    }
}
