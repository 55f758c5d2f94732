import Glibc
import Terminal

extension Console {
    /// Standard output and standard error; where they are read in a window, sentences are laid out for it.
    static func ofProgram(showsProgress: Bool = false) -> Console {
        Console(
            output: DescriptorSink.standardOutput, errors: DescriptorSink.standardError, showsProgress: showsProgress,
            outputColumns: columns(of: STDOUT_FILENO, isTerminal: TerminalDevice.outputIsTerminal),
            errorColumns: columns(of: STDERR_FILENO, isTerminal: TerminalDevice.errorsAreTerminal))
    }

    private static func columns(of descriptor: Int32, isTerminal: Bool) -> (@Sendable () -> Int)? {
        guard isTerminal else { return nil }
        return { TerminalDevice.columns(of: descriptor) }
    }
}
