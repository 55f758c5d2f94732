/// What whoever was called writes first on a connection that he dials, before TLS: which attempt brings him.
///
/// Who called takes the part of TLS's client on it, whoever of the two dialled: behind NATs both dial at once, and it is not
/// known whose connection comes about. TLS itself begins with another byte (22, RFC 8446 §5.1), so that a listener tells
/// both apart.
package struct LinkPreface: Hashable, Sendable {
    package let attempt: AttemptID

    package static let firstByte: UInt8 = 0x42
    package static let byteCount = 1 + AttemptID.byteCount

    package init(attempt: AttemptID) { self.attempt = attempt }

    /// Nil where the bytes are none.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount, bytes.first == Self.firstByte,
            let attempt = AttemptID(Array(bytes.dropFirst()))
        else { return nil }
        self.attempt = attempt
    }

    package var encoded: [UInt8] { [Self.firstByte] + attempt.bytes }
}
