import Content

/// An answer that is given to many: written once, with the transaction of each put in.
package struct ReadyAnswer: Hashable, Sendable {
    package let answer: DirectoryAnswer
    private let fields: [UInt8]

    /// - Parameter answer: No refusal.
    package init(_ answer: DirectoryAnswer) {
        self.answer = answer
        fields = Bencode.dictionary(answer.fields).encoded
    }

    /// What ``DirectoryMessage`` makes of it.
    package func plaintext(to transaction: TransactionID) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(fields.count + 24)
        bytes += "d1:r".utf8
        bytes += fields
        bytes += "1:t4:".utf8
        bytes += bigEndianBytes(transaction.rawValue)
        bytes += "1:y1:re".utf8
        return bytes
    }
}
