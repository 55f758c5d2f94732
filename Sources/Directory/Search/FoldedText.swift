/// A text without regard to case: letter by letter, so that what stands in a text stands in the folded one, folded.
package enum FoldedText {
    package static func fold(_ text: String) -> [UInt8] {
        var text = text
        return text.withUTF8 { bytes in bytes.allSatisfy { $0 < 0x80 } ? bytes.map(lower) : nil }
            ?? Array(text.lowercased().utf8)
    }

    /// Nil for what is no text.
    package static func fold(_ bytes: [UInt8]) -> [UInt8]? {
        String(validating: bytes, as: UTF8.self).map(fold)
    }

    /// Of ASCII.
    static func lower(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
