import Glibc
import Synchronization

/// Shows a ``ProgressLine`` on a console, at most ten times a second, fitted to the window as it is then.
package final class ProgressDisplay: Sendable {
    private let console: Console
    private let columns: @Sendable () -> Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    package init(
        console: Console,
        columns: @escaping @Sendable () -> Int = { TerminalDevice.columns(of: STDERR_FILENO) },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock().now }
    ) {
        self.console = console
        self.columns = columns
        self.now = now
    }

    package func show(_ line: ProgressLine) {
        guard console.showsProgress else { return }
        let now = now()
        let isDue = last.withLock { last in
            if let last, last.duration(to: now) < .milliseconds(100) { return false }
            last = now
            return true
        }
        if isDue { console.progress(line.rendered(columns: columns())) }
    }

    /// Takes the line away: what the work came to is said by a lasting line.
    package func end() { console.progress(nil) }
}
