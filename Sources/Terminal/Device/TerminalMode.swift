import Glibc

/// The modes of the terminal at standard input, and the way back to those that the program found.
///
/// Whoever changes them goes through here or, as libedit does, sets them back itself; whatever ends or
/// stops the program calls ``restore()`` first, so that nobody is left with a terminal without echo.
package final class TerminalMode: Sendable {
    private let original: termios?

    package init() {
        var modes = termios()
        original = tcgetattr(STDIN_FILENO, &modes) == 0 ? modes : nil
    }

    /// From now on what is typed is not shown, until ``restore()``. What was typed ahead is kept: scripts type ahead.
    package func hideTyping() {
        guard var modes = original else { return }
        modes.c_lflag &= ~tcflag_t(ECHO)
        modes.c_lflag |= tcflag_t(ICANON | ISIG)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &modes)
    }

    /// Sets back what was found at the start.
    package func restore() {
        guard var modes = original else { return }
        tcsetattr(STDIN_FILENO, TCSADRAIN, &modes)
    }

    /// Stops the program, as Ctrl-Z asks for, with the terminal as it was found, and returns with it as it
    /// was left when the program goes on.
    package func suspend() {
        var present = termios()
        let isKnown = tcgetattr(STDIN_FILENO, &present) == 0
        restore()
        Signals.suspendProcess()
        if isKnown { tcsetattr(STDIN_FILENO, TCSADRAIN, &present) }
    }
}
