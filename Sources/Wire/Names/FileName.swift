@_spi(_Unicode) import Swift

/// One component of a published path: 1 to 255 bytes of UTF-8 in NFC, without `/` and NUL, and
/// neither `.` nor `..`.
///
/// Names are compared and ordered as bytes. Whatever else a name may hold (line feeds, escape
/// sequences) is legal here and made safe where it is shown.
package struct FileName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package static let maximumByteCount = 255

    /// In NFC.
    package let text: String

    /// Takes a name as the user or the file system gives it, and normalises it.
    package init(_ text: some StringProtocol) throws(FileNameError) {
        let normal = Self.normalised(String(text))
        guard !normal.isEmpty else { throw .empty }
        guard normal.utf8.count <= Self.maximumByteCount else { throw .tooLong(byteCount: normal.utf8.count) }
        guard normal != ".", normal != ".." else { throw .reserved }
        guard !normal.utf8.contains(UInt8(ascii: "/")), !normal.utf8.contains(0) else { throw .forbiddenCharacter }
        self.text = normal
    }

    /// In NFC, as ASCII is anyway: to look for more takes some microseconds, and lists have thousands of names.
    private static func normalised(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var normal = ""
        for scalar in text._nfc { normal.unicodeScalars.append(scalar) }
        return normal
    }

    /// Takes a name from the wire: nil unless it is valid and normal already.
    package init?(wire bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self), let name = try? FileName(text),
            name.text.utf8.elementsEqual(bytes)
        else { return nil }
        self = name
    }

    package var bytes: [UInt8] { Array(text.utf8) }
    package var description: String { text }

    package static func == (left: FileName, right: FileName) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(UInt8(0))
    }
    package static func < (left: FileName, right: FileName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

package enum FileNameError: Error, Hashable {
    case empty
    case tooLong(byteCount: Int)
    /// `.` or `..`
    case reserved
    /// `/` or NUL
    case forbiddenCharacter
}
