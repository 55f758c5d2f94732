import Crypto

/// What both ends of a session do alike: number, seal and open datagrams.
///
/// The keys are kept as plain bytes, not as `SymmetricKey`s, each of which would be an allocation of its own: a server
/// may have a million sessions.
struct SessionCipher: Sendable {
    static let headerByteCount = 1 + SessionID.byteCount + 8

    let id: SessionID
    private let sendKey: [32 of UInt8]
    private let receiveKey: [32 of UInt8]
    /// The counter of the latest datagram sealed; 0 is the confirmation of the opening.
    private(set) var lastSent: UInt64 = 0

    init(id: SessionID, sendKey: SymmetricKey, receiveKey: SymmetricKey) {
        self.id = id
        self.sendKey = Self.bytes(of: sendKey)
        self.receiveKey = Self.bytes(of: receiveKey)
    }

    /// Writes the datagram that carries a message of up to ``SealedSession/maximumPlaintext`` bytes.
    ///
    /// - Parameter datagram: ``SealedSession/overhead`` bytes longer than the message.
    mutating func seal(
        _ plaintext: UnsafeRawBufferPointer, into datagram: UnsafeMutableRawBufferPointer
    ) throws(SealedSessionError) {
        precondition(datagram.count == plaintext.count + SealedSession.overhead, "a datagram of another length")
        guard lastSent < .max else { throw .exhausted }
        lastSent += 1
        datagram[0] = DatagramKind.sealed.rawValue
        datagram.storeBytes(of: id.rawValue.bigEndian, toByteOffset: 1, as: UInt64.self)
        datagram.storeBytes(of: lastSent.bigEndian, toByteOffset: 9, as: UInt64.self)
        let isSealed = DatagramCipher.seal(
            plaintext, with: sendKey, counter: lastSent,
            authenticating: UnsafeRawBufferPointer(rebasing: datagram[..<Self.headerByteCount]),
            into: UnsafeMutableRawBufferPointer(rebasing: datagram[Self.headerByteCount...]))
        guard isSealed else { throw .exhausted }
    }

    /// Gives the message in a datagram of the other end, which is taken once, to `take`.
    func open<let wordCount: Int>(
        _ datagram: UnsafeRawBufferPointer, within window: inout SlidingWindow<wordCount>,
        _ take: (UnsafeRawBufferPointer) -> Void
    ) throws(SealedSessionError) {
        guard datagram.count >= SealedSession.overhead, datagram.count <= Datagram.maximumByteCount,
            datagram[0] == DatagramKind.sealed.rawValue, Self.number(in: datagram, at: 1) == id.rawValue
        else { throw .notOfThisSession }
        let counter = Self.number(in: datagram, at: 9)
        guard window.isFresh(counter) else { throw .replayed }
        let isOpen = withUnsafeTemporaryAllocation(
            byteCount: datagram.count - SealedSession.overhead, alignment: 8
        ) { plaintext in
            let isOpen = DatagramCipher.open(
                UnsafeRawBufferPointer(rebasing: datagram[Self.headerByteCount...]), with: receiveKey,
                counter: counter,
                authenticating: UnsafeRawBufferPointer(rebasing: datagram[..<Self.headerByteCount]), into: plaintext)
            guard isOpen else { return false }
            window.record(counter)
            take(UnsafeRawBufferPointer(plaintext))
            return true
        }
        guard isOpen else { throw .forged }
    }

    /// Big-endian; there are 8 bytes.
    static func number(in bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    private static func bytes(of key: SymmetricKey) -> [32 of UInt8] {
        precondition(key.bitCount == 8 * DatagramCipher.keyByteCount, "a key of another length")
        return key.withUnsafeBytes { $0.loadUnaligned(as: [32 of UInt8].self) }
    }
}
