import Glibc

/// Keys from the terminal, which sends UTF-8.
enum KeyReader {
    /// The next scalar; `�` for what is none; nil at the end of the input.
    static func next() -> UInt32? {
        guard let first = byte() else { return nil }
        let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 0
        if length == 1 { return UInt32(first) }
        var bytes = [first]
        while bytes.count < length, let next = byte() { bytes.append(next) }
        let text = String(decoding: bytes, as: UTF8.self)
        return text.unicodeScalars.count == 1 ? text.unicodeScalars.first?.value : 0xFFFD
    }

    private static func byte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count == 1 { return byte }
            if count == 0 || errno != EINTR { return nil }
        }
    }
}
