import Crypto
import FoundationEssentials

/// What both ends of a session do alike: number, seal and open datagrams.
///
/// The keys are kept as plain bytes, not as `SymmetricKey`s, each of which would be an allocation of its own: a server
/// may have a million sessions.
struct SessionCipher: Sendable {
    static let headerByteCount = 1 + SessionID.byteCount + 8
    static let tagByteCount = 16
    private static let nonceByteCount = 12

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

    /// Gives the datagram that carries a message to `put`, in two pieces.
    mutating func seal(
        _ plaintext: UnsafeRawBufferPointer, _ put: (UnsafeRawBufferPointer) -> Void
    ) throws(SealedSessionError) {
        guard plaintext.count <= SealedSession.maximumPlaintext else { throw .tooLong(byteCount: plaintext.count) }
        guard lastSent < .max else { throw .exhausted }
        lastSent += 1
        let counter = lastSent
        let isSealed = withUnsafeTemporaryAllocation(byteCount: Self.headerByteCount, alignment: 8) { header in
            header[0] = DatagramKind.sealed.rawValue
            header.storeBytes(of: id.rawValue.bigEndian, toByteOffset: 1, as: UInt64.self)
            header.storeBytes(of: counter.bigEndian, toByteOffset: 9, as: UInt64.self)
            let header = UnsafeRawBufferPointer(header)
            guard let nonce = try? Self.nonce(counter),
                let box = try? AES.GCM.seal(
                    plaintext, using: Self.key(sendKey), nonce: nonce, authenticating: header
                ).combined
            else { return false }
            put(header)
            box.withUnsafeBytes { put(UnsafeRawBufferPointer(rebasing: $0[Self.nonceByteCount...])) }
            return true
        }
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
        guard let plaintext = open(datagram, counter) else { throw .forged }
        window.record(counter)
        plaintext.withUnsafeBytes { take($0) }
    }

    private func open(_ datagram: UnsafeRawBufferPointer, _ counter: UInt64) -> Data? {
        let body = datagram[Self.headerByteCount...]
        return withUnsafeTemporaryAllocation(
            byteCount: Self.nonceByteCount + body.count, alignment: 8
        ) { combined in
            combined.storeBytes(of: 0, as: UInt32.self)
            combined.storeBytes(of: counter.bigEndian, toByteOffset: 4, as: UInt64.self)
            UnsafeMutableRawBufferPointer(rebasing: combined[Self.nonceByteCount...]).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: body))
            guard let box = try? AES.GCM.SealedBox(combined: UnsafeRawBufferPointer(combined)) else { return nil }
            return try? AES.GCM.open(
                box, using: Self.key(receiveKey),
                authenticating: UnsafeRawBufferPointer(rebasing: datagram[..<Self.headerByteCount]))
        }
    }

    /// Big-endian; there are 8 bytes.
    static func number(in bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// 32 zero bits, then the counter.
    private static func nonce(_ counter: UInt64) throws -> AES.GCM.Nonce {
        try withUnsafeTemporaryAllocation(byteCount: nonceByteCount, alignment: 8) { bytes in
            bytes.storeBytes(of: 0, as: UInt32.self)
            bytes.storeBytes(of: counter.bigEndian, toByteOffset: 4, as: UInt64.self)
            return try AES.GCM.Nonce(data: UnsafeRawBufferPointer(bytes))
        }
    }

    private static func key(_ bytes: [32 of UInt8]) -> SymmetricKey {
        withUnsafeBytes(of: bytes) { SymmetricKey(data: $0) }
    }

    private static func bytes(of key: SymmetricKey) -> [32 of UInt8] {
        precondition(key.bitCount == 256, "a key of another length")
        return key.withUnsafeBytes { $0.loadUnaligned(as: [32 of UInt8].self) }
    }
}
