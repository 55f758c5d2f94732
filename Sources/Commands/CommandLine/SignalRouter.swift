import Glibc
import Terminal

/// Takes each signal to where it belongs.
struct SignalRouter: Sendable {
    let mode: TerminalMode
    let input: any LineInput
    let interrupts: Interrupts

    private static let patience = Duration.seconds(3)

    /// Ends with what the program is to exit with, when a signal asks for its end.
    func run(_ signals: AsyncStream<Int32>) async -> ExitStatus? {
        for await signal in signals {
            switch signal {
            case SIGINT: interrupt()
            case SIGTERM: return ending(.terminated)
            case SIGHUP: return ending(.hungUp)
            case SIGTSTP: mode.suspend()
            case SIGQUIT:
                mode.restore()
                Signals.resign(SIGQUIT)
            case SIGCONT: (input as? TerminalInput)?.resumed()
            case SIGWINCH: (input as? TerminalInput)?.windowChanged()
            default: break
            }
        }
        return nil
    }

    private func interrupt() {
        switch interrupts.interrupt() {
        case .told: break
        case .idle: input.interrupt()
        // The first Ctrl-C had no effect.
        case .toldBefore: end(.interrupted)
        }
    }

    private func ending(_ status: ExitStatus) -> ExitStatus {
        OrderlyEnd.begin(within: Self.patience) { end(status) }
        return status
    }

    private func end(_ status: ExitStatus) {
        mode.restore()
        _exit(status.rawValue)
    }
}
