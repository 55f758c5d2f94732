/// An answer that is given to many: written once, with the transaction of each put in.
package struct ReadyAnswer: Hashable, Sendable {
    /// With the transaction 0: all that is kept, as the answer itself would take several times as much.
    private let message: [UInt8]

    /// The transaction, `1:y1:re`.
    private static let back = 4 + 7

    /// - Parameter answer: No refusal.
    package init(_ answer: DirectoryAnswer) {
        message = DirectoryMessage.answer(TransactionID(rawValue: 0), answer).encoded
    }

    /// Read anew, for logs.
    package var answer: DirectoryAnswer? {
        guard case .answer(_, let answer)? = try? DirectoryMessage(decoding: message) else { return nil }
        return answer
    }

    /// What ``DirectoryMessage`` makes of it.
    package func plaintext(to transaction: TransactionID) -> [UInt8] {
        var bytes = message
        let place = bytes.count - Self.back
        withUnsafeBytes(of: transaction.rawValue.bigEndian) { number in
            for (index, byte) in number.enumerated() { bytes[place + index] = byte }
        }
        return bytes
    }
}
