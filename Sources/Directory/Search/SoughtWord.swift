import Wire

/// A word that is looked for in very many names: its first eight bytes at once, as a number.
struct SoughtWord: Sendable {
    private let bytes: [UInt8]
    /// The first eight, or all where there are fewer, as they stand in memory; and where they stand.
    private let front, mask: UInt64

    /// Nil for an empty one, which stands in every name.
    init?(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return nil }
        self.bytes = bytes
        let beginning = Array(bytes.prefix(8)) + Array(repeating: 0, count: max(0, 8 - bytes.count))
        front = beginning.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        mask = bytes.count >= 8 ? .max : UInt64(littleEndian: (1 << UInt64(8 * bytes.count)) - 1)
    }

    /// Whether it stands in a range of a text.
    ///
    /// - Parameter foldingASCII: Capitals of the text count as small letters.
    @inline(__always)
    func stands(in range: Range<Int>, of text: UnsafeBufferPointer<UInt8>, foldingASCII: Bool) -> Bool {
        guard range.count >= bytes.count else { return false }
        return foldingASCII
            ? stands(in: range, of: text, as: Self.lower, FoldedText.lower)
            : stands(in: range, of: text, as: { $0 }, { $0 })
    }

    /// - Parameters:
    ///   - read: What each byte of the text counts as.
    ///   - readEight: The same for eight.
    @inline(__always)
    private func stands(
        in range: Range<Int>, of text: UnsafeBufferPointer<UInt8>, as readEight: (UInt64) -> UInt64,
        _ read: (UInt8) -> UInt8
    ) -> Bool {
        let memory = UnsafeRawBufferPointer(text)
        let last = range.upperBound - bytes.count
        // Eight bytes may be more than are left of the text.
        let eightEnd = min(last + 1, text.count - 7)
        var start = range.lowerBound
        while start < eightEnd {
            let eight = memory.loadUnaligned(fromByteOffset: start, as: UInt64.self)
            if (readEight(eight) ^ front) & mask == 0, goesOn(at: start, in: text, read) { return true }
            start += 1
        }
        while start <= last {
            if read(text[start]) == bytes[0], goesOn(from: 1, at: start, in: text, read) { return true }
            start += 1
        }
        return false
    }

    /// Whether what comes behind its first bytes stands there too.
    @inline(__always)
    private func goesOn(
        from known: Int = 8, at start: Int, in text: UnsafeBufferPointer<UInt8>, _ read: (UInt8) -> UInt8
    ) -> Bool {
        var length = known
        while length < bytes.count, read(text[start + length]) == bytes[length] { length += 1 }
        return length >= bytes.count
    }

    /// Each of eight bytes as ``FoldedText/lower(_:)`` has it: those from A to Z get the bit of small letters.
    private static func lower(_ eight: UInt64) -> UInt64 {
        let sevenBits = eight & 0x7F7F_7F7F_7F7F_7F7F
        let fromA = sevenBits &+ 0x3F3F_3F3F_3F3F_3F3F
        let beyondZ = sevenBits &+ 0x2525_2525_2525_2525
        let capitals = fromA & ~beyondZ & ~eight & 0x8080_8080_8080_8080
        return eight | capitals >> 2
    }
}
