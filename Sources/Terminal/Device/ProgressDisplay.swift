import Glibc
import Synchronization

/// Shows a ``ProgressLine`` on a console, at most ten times a second, fitted to the window as it is then. What is
/// done in a moment needs none: it begins after a quarter of a second.
package final class ProgressDisplay: Sendable {
    private let console: Console
    private let columns: @Sendable () -> Int
    private let now: @Sendable () -> ContinuousClock.Instant
    /// When the next may be shown; nil once ended: what comes late is not shown.
    private let due: Mutex<ContinuousClock.Instant?>

    package init(
        console: Console,
        columns: @escaping @Sendable () -> Int = { TerminalDevice.columns(of: STDERR_FILENO) },
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock().now }
    ) {
        self.console = console
        self.columns = columns
        self.now = now
        due = Mutex(now().advanced(by: .milliseconds(250)))
    }

    package func show(_ line: ProgressLine) {
        guard console.showsProgress else { return }
        let now = now()
        due.withLock { due in
            guard let time = due, now >= time else { return }
            due = now.advanced(by: .milliseconds(100))
            console.progress(line.rendered(columns: columns()))
        }
    }

    /// Takes the line away: what the work came to is said by a lasting line.
    package func end() {
        due.withLock { due in
            due = nil
            console.progress(nil)
        }
    }
}
