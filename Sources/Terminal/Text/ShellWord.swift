/// Words as a shell of the POSIX kind takes them.
package enum ShellWord {
    /// In quotes, in which nothing means anything.
    package static func quoted(_ text: String) -> String {
        var quoted = String.UnicodeScalarView("'".unicodeScalars)
        for scalar in text.unicodeScalars {
            if scalar == "'" { quoted.append(contentsOf: "'\\''".unicodeScalars) } else { quoted.append(scalar) }
        }
        return String(quoted) + "'"
    }

    /// The same without the quotes for a path that needs none.
    package static func path(_ path: String) -> String { path.utf8.allSatisfy(isPlain) ? path : quoted(path) }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 127 || UInt8(ascii: "+")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
            || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
    }
}
