/// A member's name in the place: compared and looked up without an allocation of its own.
package struct PackedName: Hashable, Sendable {
    private let front, back: UInt64
    private let count: UInt8

    package init(_ name: UserName) {
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: name.text.utf8) }
        (front, back) = words
        count = UInt8(name.text.utf8.count)
    }

    /// Nil for bytes that are no user's name.
    init?(_ bytes: some Collection<UInt8>) {
        guard let name = UserName(String(decoding: bytes, as: UTF8.self)) else { return nil }
        self.init(name)
    }

    /// Nil for another number of bytes than a name has; whether they are one, ``name`` tells.
    init?(unchecked bytes: UnsafeRawBufferPointer) {
        guard (1...UserName.maximumByteCount).contains(bytes.count) else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
        (front, back) = words
        count = UInt8(bytes.count)
    }

    package var bytes: [UInt8] { withUnsafeBytes(of: (front, back)) { Array($0.prefix(Int(count))) } }

    /// Nil where it never was one.
    package var name: UserName? { UserName(wire: bytes) }
}
