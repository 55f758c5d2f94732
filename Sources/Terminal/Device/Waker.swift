import Glibc

/// Ends a wait for input from another thread: a pipe that the waiting side polls beside the input.
package final class Waker: Sendable {
    private let pipe = SelfPipe()

    package init() {}

    deinit { pipe.close() }

    package func wake() {
        var byte: UInt8 = 0
        _ = write(pipe.writing, &byte, 1)
    }

    package enum Wait: Sendable {
        case readable
        case woken
    }

    /// Blocks until the descriptor can be read (or is at its end) or until ``wake()``, which wins.
    package func wait(for descriptor: Int32) -> Wait {
        while true {
            var entries = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&entries, nfds_t(entries.count), -1) > 0 else { continue }
            if entries[1].revents != 0 {
                drain()
                return .woken
            }
            if entries[0].revents != 0 { return .readable }
        }
    }

    private func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(pipe.reading, &bytes, bytes.count) > 0 {}
    }
}
