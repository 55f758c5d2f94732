package import Content
import Crypto
import FoundationEssentials

/// An opening whose cookie is good.
package struct SessionOpening: Sendable {
    private let open: Open
    private let key: SessionKey

    init(open: Open, key: SessionKey) {
        self.open = open
        self.key = key
    }

    /// Names the opening: a repeated one (the answer was lost) has the same, and must get the same answer.
    package var fingerprint: Hash256 { Hash256(hashing: open.encapsulation) }

    /// Opens the session: about 100 µs, so not on an event loop.
    ///
    /// Each call draws fresh random bytes: accepting a replayed opening yields a session with other keys,
    /// which who replayed it cannot use.
    package func accept(sessionID: SessionID) throws -> (session: ServedSession, answer: [UInt8]) {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<SessionKeys.randomByteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let secret = try SessionEncapsulation.decapsulate(open.encapsulation, with: key.privateKey, of: key.pin)
        let keys = SessionKeys(
            exportedSecret: secret, encapsulation: open.encapsulation, random: random, session: sessionID)
        let header = OpenAnswer.header(session: sessionID, random: random)
        let answer = header + (try Confirmation.seal(header, with: keys.serverToClient))
        return (ServedSession(id: sessionID, keys: keys), answer)
    }

    /// `kind ‖ echo (8) ‖ milliseconds (4)`: the client repeats the opening after that time.
    package func busy(retryAfter milliseconds: Int64) -> [UInt8] {
        [DatagramKind.busy.rawValue] + open.echo + bigEndianBytes(UInt32(clamping: milliseconds))
    }
}
