import Crypto
import FoundationEssentials
package import NIOCore

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

/// The client's end of an open session: seals what goes out and opens what comes in.
///
/// A datagram is `kind ‖ session id ‖ counter ‖ ciphertext ‖ tag`. The counter is the nonce and never
/// used twice under a key; all before the ciphertext is authenticated with it. A value of this type has
/// one owner: copying it and sealing with both copies would repeat nonces.
package struct SealedSession: Sendable {
    /// What sealing adds to a message, in bytes.
    package static let overhead = SessionCipher.headerByteCount + DatagramCipher.tagByteCount
    /// The longest message that a datagram holds, in bytes.
    package static let maximumPlaintext = Datagram.maximumByteCount - overhead

    private var cipher: SessionCipher
    private var window = ReplayWindow()

    package init(id: SessionID, keys: SessionKeys) {
        cipher = SessionCipher(id: id, sendKey: keys.clientToServer, receiveKey: keys.serverToClient)
    }

    package var id: SessionID { cipher.id }
    package var lastSent: UInt64 { cipher.lastSent }

    /// The session that a sealed datagram, or a hint, speaks of; nil where it is neither.
    package static func id(of datagram: [UInt8]) -> SessionID? { datagram.withUnsafeBytes { id(of: $0) } }

    package static func id(of datagram: UnsafeRawBufferPointer) -> SessionID? {
        switch DatagramKind(of: datagram) {
        case .sealed where datagram.count >= overhead,
            .unknownSession where datagram.count >= UnknownSessionHint.byteCount:
            SessionID(rawValue: SessionCipher.number(in: datagram, at: 1))
        default: nil
        }
    }

    /// The datagram that carries a message of up to ``maximumPlaintext`` bytes.
    package mutating func seal(_ plaintext: [UInt8]) throws(SealedSessionError) -> [UInt8] {
        try cipher.seal(plaintext)
    }

    /// The message in a datagram of the other end, each taken once.
    package mutating func open(_ datagram: [UInt8]) throws(SealedSessionError) -> [UInt8] {
        try cipher.open(datagram, within: &window)
    }

    /// Whether a hint answers a datagram that this session may have sent. Even then it is no proof, and
    /// only a reason to open a second session beside this one.
    package func isMeant(by hint: UnknownSessionHint) -> Bool {
        hint.session == id && (1...max(1, lastSent)).contains(hint.counter) && lastSent > 0
    }
}

/// The server's end of a session: as small as can be, and without an allocation for a datagram that is not its answer's.
package struct ServedSession: Sendable {
    private var cipher: SessionCipher
    private var window = ServerReplayWindow()

    package init(id: SessionID, keys: SessionKeys) {
        cipher = SessionCipher(id: id, sendKey: keys.serverToClient, receiveKey: keys.clientToServer)
    }

    package var id: SessionID { cipher.id }

    /// Writes the datagram that carries a message of up to ``SealedSession/maximumPlaintext`` bytes.
    package mutating func seal(
        _ plaintext: UnsafeRawBufferPointer, into buffer: inout ByteBuffer
    ) throws(SealedSessionError) {
        guard plaintext.count <= SealedSession.maximumPlaintext else { throw .tooLong(byteCount: plaintext.count) }
        let byteCount = plaintext.count + SealedSession.overhead
        var result = Result<Void, SealedSessionError>.success(())
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) { free in
            result = Result { () throws(SealedSessionError) in
                try cipher.seal(plaintext, into: UnsafeMutableRawBufferPointer(rebasing: free[..<byteCount]))
            }
            return if case .success = result { byteCount } else { 0 }
        }
        try result.get()
    }

    package mutating func seal(_ plaintext: [UInt8]) throws(SealedSessionError) -> [UInt8] {
        try cipher.seal(plaintext)
    }

    /// Gives the message in a datagram of the other end, each taken once, to a closure.
    package mutating func open(
        _ datagram: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void
    ) throws(SealedSessionError) {
        try cipher.open(datagram, within: &window, take)
    }

    package mutating func open(_ datagram: [UInt8]) throws(SealedSessionError) -> [UInt8] {
        try cipher.open(datagram, within: &window)
    }
}

extension SessionCipher {
    fileprivate mutating func seal(_ plaintext: [UInt8]) throws(SealedSessionError) -> [UInt8] {
        guard plaintext.count <= SealedSession.maximumPlaintext else { throw .tooLong(byteCount: plaintext.count) }
        var datagram = [UInt8](repeating: 0, count: plaintext.count + SealedSession.overhead)
        let result = plaintext.withUnsafeBytes { plaintext in
            datagram.withUnsafeMutableBytes { datagram in
                Result { () throws(SealedSessionError) in try seal(plaintext, into: datagram) }
            }
        }
        try result.get()
        return datagram
    }

    fileprivate func open<let wordCount: Int>(
        _ datagram: [UInt8], within window: inout SlidingWindow<wordCount>
    ) throws(SealedSessionError) -> [UInt8] {
        var plaintext: [UInt8] = []
        let result = datagram.withUnsafeBytes { bytes in
            Result { () throws(SealedSessionError) in try open(bytes, within: &window) { plaintext = Array($0) } }
        }
        try result.get()
        return plaintext
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
