package import Content

/// By which a standard client proves to the tracker whose it is: `MAC (16) ‖ issued (4, seconds since 1970) ‖ name`, in
/// hexadecimal. What the MAC is of, is the server's own affair.
package struct Passkey: Sendable {
    package static let macByteCount = 16
    static let byteRange = macByteCount + 4 + 1...macByteCount + 4 + UserName.maximumByteCount

    private let front, back: UInt64
    /// Seconds since 1970.
    package let issued: UInt32
    package let member: PackedName

    /// - Parameter mac: The first 16 bytes count.
    package init(mac: Hash256, issued: UInt32, member: UserName) {
        (front, back) = mac.withBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        self.issued = issued
        self.member = PackedName(member)
    }

    init?(bytes: UnsafeRawBufferPointer) {
        guard Self.byteRange.contains(bytes.count),
            let member = PackedName(unchecked: UnsafeRawBufferPointer(rebasing: bytes[(Self.macByteCount + 4)...]))
        else { return nil }
        front = bytes.loadUnaligned(as: UInt64.self)
        back = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        issued = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: Self.macByteCount, as: UInt32.self))
        self.member = member
    }

    var bytes: [UInt8] { withUnsafeBytes(of: (front, back)) { Array($0) } + bigEndianBytes(issued) + member.bytes }

    /// In a time that tells nothing about where they differ.
    package func isEqualInConstantTime(to other: Passkey) -> Bool {
        // Without parentheses it would be another sum: both signs bind alike.
        let difference = (front ^ other.front) | (back ^ other.back) | UInt64(issued ^ other.issued)
        return difference == 0 && member == other.member
    }
}

/// What an exported torrent tells its tracker with each announce (BEP 41): who asks, and which content the torrent is of.
///
/// `/announce?passkey=…&content=…`, both in hexadecimal: 167 to 179 bytes, of which clients send 255 at most.
package struct TrackerPath: Sendable {
    package let passkey: Passkey
    package let content: ContentID

    private static let front: StaticString = "/announce?passkey="
    private static let middle: StaticString = "&content="
    package static let byteLimit = 255

    package init(passkey: Passkey, content: ContentID) {
        self.passkey = passkey
        self.content = content
    }

    package var text: String { "\(Self.front)\(passkey.bytes.hex)\(Self.middle)\(content.compact.hex)" }

    /// Nil for what is no such text.
    package init?(_ text: UnsafeRawBufferPointer) {
        let (first, between) = (Self.front.utf8CodeUnitCount, Self.middle.utf8CodeUnitCount)
        let digits = text.count - first - between - 2 * ContentID.compactByteCount
        guard text.count <= Self.byteLimit, digits >= 0, digits.isMultiple(of: 2),
            Passkey.byteRange.contains(digits / 2),
            text.holds(Self.front, at: 0), text.holds(Self.middle, at: first + digits)
        else { return nil }
        let passkey = Self.read(text, at: first, digits / 2) { Passkey(bytes: $0) }
        let content = Self.read(text, at: first + digits + between, ContentID.compactByteCount) { bytes in
            let number = bytes.loadUnaligned(fromByteOffset: Hash256.byteCount, as: Int64.self)
            return Hash256(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<Hash256.byteCount]))
                .flatMap { ContentID(root: $0, sizeAndKind: Int64(bigEndian: number)) }
        }
        guard let passkey, let content else { return nil }
        self.init(passkey: passkey, content: content)
    }

    private static func read<Value>(
        _ text: UnsafeRawBufferPointer, at start: Int, _ count: Int, _ body: (UnsafeRawBufferPointer) -> Value?
    ) -> Value? {
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { bytes in
            var isHexadecimal = true
            var index = 0
            while count - index >= 4 {
                let (value, isTaken) = eight(text.loadUnaligned(fromByteOffset: start + 2 * index, as: UInt64.self))
                isHexadecimal = isHexadecimal && isTaken
                bytes.storeBytes(of: value.littleEndian, toByteOffset: index, as: UInt32.self)
                index += 4
            }
            while index < count {
                let (high, low) = (digit(text[start + 2 * index]), digit(text[start + 2 * index + 1]))
                isHexadecimal = isHexadecimal && high < 16 && low < 16
                bytes[index] = high &<< 4 | low
                index += 1
            }
            return isHexadecimal ? body(UnsafeRawBufferPointer(bytes)) : nil
        }
    }

    /// Eight digits as one number, as an announce has more than a hundred: 4 bytes, in their order from the lowest on.
    private static func eight(_ word: UInt64) -> (UInt32, isTaken: Bool) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let digits = UInt64(littleEndian: word)
        // "a" to "f" have this bit, numbers have not.
        let letters = digits &>> 6 & ones
        let values = (digits & (0x0F &* ones)) &+ 9 &* letters
        // Written again they are the same, below 16, and ten or more where they are letters.
        let isTaken =
            0x30 &* ones &+ values &+ 0x27 &* letters == digits && values & (0x10 &* ones) == 0
            && (values &+ 6 &* ones) &>> 4 & ones == letters
        var pairs = (values &<< 4 | values &>> 8) & 0x00FF_00FF_00FF_00FF
        pairs = (pairs | pairs &>> 8) & 0x0000_FFFF_0000_FFFF
        return (UInt32(truncatingIfNeeded: pairs | pairs &>> 16), isTaken)
    }

    /// Of lower case alone: that is how they are written. 16 or more for what is none; without a branch that an announce would
    /// take a hundred times.
    private static func digit(_ byte: UInt8) -> UInt8 {
        let (number, letter) = (byte &- UInt8(ascii: "0"), byte &- UInt8(ascii: "a"))
        return number < 10 ? number : letter < 6 ? letter &+ 10 : 16
    }
}
