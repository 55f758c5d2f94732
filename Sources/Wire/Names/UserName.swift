/// A member's name as in credentials.txt: 1 to 16 printable ASCII characters without a space, neither `.` nor `..`.
package struct UserName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package static let maximumByteCount = 16

    package let text: String

    package init?(_ text: some StringProtocol) {
        guard (1...Self.maximumByteCount).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            // Programs take these for folders wherever a name stands in a path.
            text != ".", text != ".."
        else { return nil }
        self.text = String(text)
    }

    package init?(wire bytes: [UInt8]) {
        self.init(String(decoding: bytes, as: UTF8.self))
    }

    package var bytes: [UInt8] { Array(text.utf8) }
    package var description: String { text }

    package static func < (left: UserName, right: UserName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
