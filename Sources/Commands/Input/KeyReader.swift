import Glibc

/// Keys from the terminal, which sends UTF-8.
struct KeyReader: Sendable {
    /// Read, and not part of the character before it.
    private var pending: UInt8?
    /// Whether what comes may have been typed before the terminal was in the editor's mode.
    private var isAhead = false

    /// A line begins; the terminal is in the editor's mode from here on.
    mutating func begin() { isAhead = true }

    /// The next scalar; `�` for what is none; nil at the end of the input.
    mutating func next() -> UInt32? {
        guard let first = byte() else { return nil }
        // The kernel turns a Ctrl-D of before into NUL.
        if first == 0, isAhead { return 4 }
        if first < 0x80 { return UInt32(first) }
        let length =
            (0xC2...0xDF).contains(first)
            ? 2 : (0xE0...0xEF).contains(first) ? 3 : (0xF0...0xF4).contains(first) ? 4 : 1
        var bytes = [first]
        while bytes.count < length, let more = byte() {
            guard more & 0xC0 == 0x80 else {
                pending = more
                break
            }
            bytes.append(more)
        }
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
        return scalars.count == 1 ? scalars.first?.value : 0xFFFD
    }

    /// Whether there is something to read without the terminal. To be asked before each wait for it.
    mutating func hasPending() -> Bool {
        if isAhead {
            var entry = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            isAhead = poll(&entry, 1, 0) > 0
        }
        return pending != nil
    }

    private mutating func byte() -> UInt8? {
        if let pending {
            self.pending = nil
            return pending
        }
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 1 { return byte }
            if count == 0 || errno != EINTR { return nil }
        }
    }
}
