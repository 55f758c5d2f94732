import DirectoryServer
import Glibc
import Terminal
import Wire

/// Where a password comes from that is set for somebody: never from the command line, which others can see.
struct PasswordInput {
    /// A file that has it in its first line; nil for a prompt, or a line of standard input where that is no terminal.
    let file: String?

    /// - Throws: ``ServerRefusal``
    func read(for user: String) throws -> [UInt8] {
        let text = file == nil && TerminalDevice.inputIsTerminal ? try ask(user) : try firstLine()
        let bytes = Array(text.utf8)
        guard Login.canBeChosen(bytes) else { throw ServerRefusal(ServerMessages.passwordUnfit) }
        return bytes
    }

    private func ask(_ user: String) throws -> String {
        let password = prompt("New password of \(SafeText(user)): ")
        guard password == prompt("The same again: ") else { throw ServerRefusal(ServerMessages.passwordsDiffer) }
        return password
    }

    /// What is typed is not shown, and Ctrl-C is a character like others: the terminal must get its echo back.
    private func prompt(_ text: String) -> String {
        DescriptorSink.standardError.write(text)
        var original = termios()
        let isTerminal = tcgetattr(STDIN_FILENO, &original) == 0
        if isTerminal {
            var hidden = original
            hidden.c_lflag &= ~tcflag_t(ECHO | ISIG)
            tcsetattr(STDIN_FILENO, TCSADRAIN, &hidden)
        }
        let line = readLine() ?? ""
        if isTerminal { tcsetattr(STDIN_FILENO, TCSADRAIN, &original) }
        DescriptorSink.standardError.write("\n")
        return line
    }

    private func firstLine() throws -> String {
        guard let file else { return readLine() ?? "" }
        guard let stream = fopen(file, "r") else {
            throw ServerRefusal(ServerMessages.passwordFileUnreadable(file, errno))
        }
        defer { fclose(stream) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        let count = getline(&line, &capacity, stream)
        guard count > 0, let line else { return "" }
        let bytes = UnsafeRawBufferPointer(start: line, count: count)
        return String(decoding: bytes, as: UTF8.self).trimmingEnd()
    }
}

extension String {
    /// Without the line's end.
    fileprivate func trimmingEnd() -> String {
        var text = self
        while text.last?.isNewline == true { text.removeLast() }
        return text
    }
}
