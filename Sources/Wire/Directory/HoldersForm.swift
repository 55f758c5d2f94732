import Content

/// The question for the first holders of a content as every client writes it: the most frequent one but for the heartbeat,
/// read as it stands. What it says is what ``DirectoryMessage`` says.
enum HoldersForm {
    private static let front: StaticString = "d1:ad1:c40:"
    private static let middle: StaticString = "e1:q7:holders1:t4:"
    private static let back: StaticString = "1:y1:qe"

    /// Nil for what is no such question, or none in this form.
    static func message(in bytes: UnsafeRawBufferPointer) -> DirectoryMessage? {
        let content = front.utf8CodeUnitCount
        let rest = content + ContentID.compactByteCount
        let number = rest + middle.utf8CodeUnitCount
        guard bytes.count == number + 4 + back.utf8CodeUnitCount, bytes.holds(front, at: 0),
            bytes.holds(middle, at: rest), bytes.holds(back, at: number + 4)
        else { return nil }
        let root = Hash256(bytes: UnsafeRawBufferPointer(rebasing: bytes[content..<content + Hash256.byteCount]))
        let size = Int64(
            bigEndian: bytes.loadUnaligned(fromByteOffset: content + Hash256.byteCount, as: Int64.self))
        guard let root, let content = ContentID(root: root, sizeAndKind: size) else { return nil }
        let transaction = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: number, as: UInt32.self))
        return .request(TransactionID(rawValue: transaction), .holders(content, PageWindow()))
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a text stands at an offset; there are as many bytes.
    func holds(_ text: StaticString, at offset: Int) -> Bool {
        var difference: UInt8 = 0
        for index in 0..<text.utf8CodeUnitCount { difference |= self[offset + index] ^ text.utf8Start[index] }
        return difference == 0
    }
}
