/// An answer that is given to many: written once, with the transaction of each put in.
package struct ReadyAnswer: Hashable, Sendable {
    package let answer: DirectoryAnswer
    /// With the transaction 0.
    private let message: [UInt8]
    /// Where the transaction stands.
    private let place: Int

    /// The transaction, `1:y1:re`.
    private static let back = 4 + 7

    /// - Parameter answer: No refusal.
    package init(_ answer: DirectoryAnswer) {
        self.answer = answer
        message = DirectoryMessage.answer(TransactionID(rawValue: 0), answer).encoded
        place = message.count - Self.back
    }

    /// What ``DirectoryMessage`` makes of it.
    package func plaintext(to transaction: TransactionID) -> [UInt8] {
        var bytes = message
        withUnsafeBytes(of: transaction.rawValue.bigEndian) { number in
            for (index, byte) in number.enumerated() { bytes[place + index] = byte }
        }
        return bytes
    }
}
