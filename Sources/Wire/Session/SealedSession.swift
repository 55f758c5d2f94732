import Crypto
import FoundationEssentials

/// Why a datagram was not taken as one of a session. None of them changes the session.
package enum SealedSessionError: Error, Hashable {
    /// It is no sealed datagram, or one of another session.
    case notOfThisSession
    /// Its counter was received already, or is older than the replay window.
    case replayed
    /// It was not sealed by the other end, or was changed on the way.
    case forged
    /// What is to be sealed does not fit a datagram.
    case tooLong(byteCount: Int)
    /// All counters are used: open another session.
    case exhausted
}

/// One end of an open session: seals what goes out and opens what comes in.
///
/// A datagram is `kind ‖ session id ‖ counter ‖ ciphertext ‖ tag`. The counter is the nonce and never
/// used twice under a key; all before the ciphertext is authenticated with it. A value of this type has
/// one owner: copying it and sealing with both copies would repeat nonces.
package struct SealedSession: Sendable {
    package enum Side: Sendable { case client, server }

    static let headerByteCount = 1 + SessionID.byteCount + 8
    private static let tagByteCount = 16
    /// What sealing adds to a message, in bytes.
    package static let overhead = headerByteCount + tagByteCount
    /// The longest message that a datagram holds, in bytes.
    package static let maximumPlaintext = Datagram.maximumByteCount - overhead

    package let id: SessionID
    private let sendKey: SymmetricKey
    private let receiveKey: SymmetricKey
    /// The counter of the latest datagram sealed; 0 is the confirmation of the opening.
    package private(set) var lastSent: UInt64 = 0
    private var window = ReplayWindow()

    package init(id: SessionID, keys: SessionKeys, side: Side) {
        self.id = id
        (sendKey, receiveKey) =
            switch side {
            case .client: (keys.clientToServer, keys.serverToClient)
            case .server: (keys.serverToClient, keys.clientToServer)
            }
    }

    /// The session that a sealed datagram, or a hint, speaks of; nil where it is neither.
    package static func id(of datagram: [UInt8]) -> SessionID? {
        switch DatagramKind(of: datagram) {
        case .sealed where datagram.count >= overhead, .unknownSession:
            var reader = FixedLayoutReader(datagram, from: 1)
            return reader.integer().map { SessionID(rawValue: $0) }
        default: return nil
        }
    }

    /// The datagram that carries a message of up to ``maximumPlaintext`` bytes.
    package mutating func seal(_ plaintext: [UInt8]) throws(SealedSessionError) -> [UInt8] {
        guard plaintext.count <= Self.maximumPlaintext else { throw .tooLong(byteCount: plaintext.count) }
        guard lastSent < .max else { throw .exhausted }
        lastSent += 1
        var datagram: [UInt8] = []
        datagram.reserveCapacity(plaintext.count + Self.overhead)
        datagram.append(DatagramKind.sealed.rawValue)
        datagram.append(contentsOf: id.bytes)
        datagram.append(contentsOf: bigEndianBytes(lastSent))
        guard
            let box = try? AES.GCM.seal(
                plaintext, using: sendKey, nonce: Self.nonce(lastSent), authenticating: datagram)
        else { throw .exhausted }
        datagram.append(contentsOf: box.ciphertext)
        datagram.append(contentsOf: box.tag)
        return datagram
    }

    /// The message in a datagram of the other end, each taken once.
    package mutating func open(_ datagram: [UInt8]) throws(SealedSessionError) -> [UInt8] {
        guard datagram.count >= Self.overhead, datagram.count <= Datagram.maximumByteCount,
            DatagramKind(of: datagram) == .sealed
        else { throw .notOfThisSession }
        var reader = FixedLayoutReader(datagram, from: 1)
        guard let session = reader.integer(UInt64.self), session == id.rawValue,
            let counter = reader.integer(UInt64.self)
        else { throw .notOfThisSession }
        guard window.isFresh(counter) else { throw .replayed }
        let header = datagram[..<Self.headerByteCount]
        let body = datagram[Self.headerByteCount..<datagram.count - Self.tagByteCount]
        let tag = datagram[(datagram.count - Self.tagByteCount)...]
        guard let nonce = try? Self.nonce(counter),
            let box = try? AES.GCM.SealedBox(nonce: nonce, ciphertext: body, tag: tag),
            let plaintext = try? AES.GCM.open(box, using: receiveKey, authenticating: header)
        else { throw .forged }
        window.record(counter)
        return Array(plaintext)
    }

    /// Whether a hint answers a datagram that this session may have sent. Even then it is no proof, and
    /// only a reason to open a second session beside this one.
    package func isMeant(by hint: UnknownSessionHint) -> Bool {
        hint.session == id && (1...max(1, lastSent)).contains(hint.counter) && lastSent > 0
    }

    /// 32 zero bits, then the counter.
    private static func nonce(_ counter: UInt64) throws -> AES.GCM.Nonce {
        try AES.GCM.Nonce(data: [0, 0, 0, 0] + bigEndianBytes(counter))
    }
}

/// The sealing of nothing with counter 0, by which the server's answer to an opening proves that it
/// holds the session key.
enum Confirmation {
    static let byteCount = 16

    static func seal(_ header: [UInt8], with key: SymmetricKey) throws -> [UInt8] {
        let box = try AES.GCM.seal([UInt8](), using: key, nonce: nonce(), authenticating: header)
        return Array(box.tag)
    }

    static func isValid(_ confirmation: [UInt8], of header: [UInt8], with key: SymmetricKey) -> Bool {
        guard let nonce = try? nonce(),
            let box = try? AES.GCM.SealedBox(nonce: nonce, ciphertext: [UInt8](), tag: confirmation)
        else { return false }
        return (try? AES.GCM.open(box, using: key, authenticating: header)) != nil
    }

    private static func nonce() throws -> AES.GCM.Nonce { try AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 12)) }
}
