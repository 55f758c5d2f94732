import Glibc

/// What is known of the terminals that the standard descriptors lead to.
package enum TerminalDevice {
    package static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }
    package static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    package static var errorsAreTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether the terminal understands carriage return and erasure, on which the progress line rests.
    package static var canRewrite: Bool {
        guard let name = getenv("TERM").map({ String(cString: $0) }) else { return false }
        return name != "dumb" && !name.isEmpty
    }

    /// Columns of the window, asked anew each time, so that resizing needs no signal; 80 where it is not known.
    package static func columns(of descriptor: Int32) -> Int {
        let columns = window(of: descriptor)?.ws_col ?? 0
        return columns > 0 ? Int(columns) : 80
    }

    /// Lines of the window; 24 where that is not known.
    package static func rows(of descriptor: Int32) -> Int {
        let rows = window(of: descriptor)?.ws_row ?? 0
        return rows > 0 ? Int(rows) : 24
    }

    private static func window(of descriptor: Int32) -> winsize? {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
    }

    /// Makes the C library (and with it libedit) take text as UTF-8, also where the locale is unset.
    package static func useUTF8() {
        setlocale(LC_ALL, "")
        let codeset = nl_langinfo(Int32(CODESET)).map { String(cString: $0) }
        if codeset != "UTF-8" { setlocale(LC_CTYPE, "C.UTF-8") }
    }
}
