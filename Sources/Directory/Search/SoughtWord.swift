import Wire

/// A word that is looked for in very many names, at sixteen places of a name at once: where its first and its last byte stand
/// as far from each other as in the word, the rest is compared.
struct SoughtWord: Sendable {
    private typealias Sixteen = SIMD16<UInt8>

    private let bytes: [UInt8]
    private let first, last: Sixteen
    /// Of the last byte behind the first one.
    private let distance: Int

    /// Nil for an empty one, which stands in every name.
    init?(_ bytes: [UInt8]) {
        guard let first = bytes.first, let last = bytes.last else { return nil }
        self.bytes = bytes
        self.first = Sixteen(repeating: first)
        self.last = Sixteen(repeating: last)
        distance = bytes.count - 1
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
    ///   - readSixteen: The same for sixteen.
    @inline(__always)
    private func stands(
        in range: Range<Int>, of text: UnsafeBufferPointer<UInt8>, as readSixteen: (SIMD2<UInt64>) -> SIMD2<UInt64>,
        _ read: (UInt8) -> UInt8
    ) -> Bool {
        let memory = UnsafeRawBufferPointer(text)
        @inline(__always) func sixteen(at place: Int) -> Sixteen {
            unsafeBitCast(
                readSixteen(memory.loadUnaligned(fromByteOffset: place, as: SIMD2<UInt64>.self)), to: Sixteen.self)
        }
        let end = range.upperBound - distance
        // Sixteen bytes may be more than are left of the text.
        let sixteenEnd = min(end, text.count - distance - 15)
        var place = range.lowerBound
        while place < sixteenEnd {
            let both = sixteen(at: place) .== first .& (sixteen(at: place + distance) .== last)
            let halves = unsafeBitCast(both, to: SIMD2<UInt64>.self)
            if halves[0] | halves[1] != 0 {
                for half in 0..<2 {
                    // Of each byte the bit that comes first in memory.
                    var places = UInt64(littleEndian: halves[half]) & 0x0101_0101_0101_0101
                    while places != 0 {
                        let start = place + 8 * half + places.trailingZeroBitCount / 8
                        guard start < end else { return false }
                        if stands(at: start, in: memory, read) { return true }
                        places &= places - 1
                    }
                }
            }
            place += 16
        }
        while place < end {
            if stands(at: place, in: memory, read) { return true }
            place += 1
        }
        return false
    }

    @inline(__always)
    private func stands(at start: Int, in memory: UnsafeRawBufferPointer, _ read: (UInt8) -> UInt8) -> Bool {
        var length = 0
        while length < bytes.count, read(memory[start + length]) == bytes[length] { length += 1 }
        return length == bytes.count
    }

    /// Each of sixteen bytes as ``FoldedText/lower(_:)`` has it: those from A to Z get the bit of small letters.
    private static func lower(_ sixteen: SIMD2<UInt64>) -> SIMD2<UInt64> {
        let sevenBits = sixteen & SIMD2(repeating: 0x7F7F_7F7F_7F7F_7F7F)
        let fromA = sevenBits &+ SIMD2(repeating: 0x3F3F_3F3F_3F3F_3F3F)
        let beyondZ = sevenBits &+ SIMD2(repeating: 0x2525_2525_2525_2525)
        let capitals = fromA & ~beyondZ & ~sixteen & SIMD2(repeating: 0x8080_8080_8080_8080)
        return sixteen | capitals &>> SIMD2(repeating: 2)
    }
}
