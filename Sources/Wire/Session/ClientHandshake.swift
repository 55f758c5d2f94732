import Content
import Crypto
import FoundationEssentials

/// Why a server is not to be spoken to. All are final for this handshake.
package enum HandshakeFailure: Error, Hashable {
    /// Another network answers at this address.
    case wrongPin(expected: NetworkPin, found: NetworkPin)
    /// The server's session key is years (or days) from this device's time: one of the two clocks is far
    /// off, or somebody replays an old key. Milliseconds since 1970.
    case clockFarOff(here: Int64, there: Int64)
    /// The server speaks another version.
    case otherVersion(UInt8)
}

/// The client's side of opening a session: which datagrams to send, and what the answers mean.
///
/// The shell sends all of ``datagramsToSend``, and again after a timeout. Whatever a stranger sends is
/// ignored; a failure is thrown only for what answers this very hello.
package struct ClientHandshake: Sendable {
    package enum Progress: Sendable {
        /// Go on waiting.
        case nothing
        /// ``datagramsToSend`` are others now: send them at once.
        case sendAgain
        /// Send again after so many milliseconds.
        case busy(retryAfter: Int64)
        /// The session is open, with the network of this pin.
        case established(SealedSession, NetworkPin)
    }

    /// How far, in milliseconds, this device's clock may lie outside the key's validity: a clock that is
    /// hours off must do, a key recorded months ago must not.
    package static let clockTolerance: Int64 = 48 * 3_600_000

    private struct Opening {
        let open: Open
        let secret: SymmetricKey
        let pin: NetworkPin
    }

    private enum Stage {
        /// Collecting pages: those that came are of one key and one network.
        case hello(nonce: [UInt8], pages: [KeyPage])
        case opening(Opening)
    }

    private let pin: NetworkPin?
    private var stage: Stage

    /// - Parameter pin: nil on first contact: the result tells whose network it is, and the caller decides
    ///   whether to trust it before he sends anything secret.
    package init(pin: NetworkPin?) {
        self.pin = pin
        stage = Self.start()
    }

    package var datagramsToSend: [[UInt8]] {
        switch stage {
        case .hello(let nonce, let pages):
            (0..<KeyPage.count).filter { number in !pages.contains { $0.number == number } }
                .map { Hello(page: $0, nonce: nonce).encoded }
        case .opening(let opening): [opening.open.encoded]
        }
    }

    /// - Parameter now: milliseconds since 1970, by this device's clock.
    package mutating func receive(_ datagram: [UInt8], now: Int64) throws -> Progress {
        switch (stage, DatagramKind(of: datagram)) {
        case (.hello(let nonce, let pages), .helloAnswer):
            guard let answer = HelloAnswer(datagram), answer.nonce == nonce else { return .nothing }
            return try take(answer, nonce: nonce, pages: pages, now: now)
        case (.hello(let nonce, _), .otherVersion):
            guard datagram.count == 10, Array(datagram[1..<9]) == nonce else { return .nothing }
            throw HandshakeFailure.otherVersion(datagram[9])
        case (.opening(let opening), .openAnswer):
            return finish(opening, OpenAnswer(datagram))
        case (.opening(let opening), .busy):
            var reader = FixedLayoutReader(datagram, from: 1)
            guard reader.take(Hello.nonceByteCount) == opening.open.echo, let wait = reader.integer(UInt32.self),
                reader.isAtEnd
            else { return .nothing }
            return .busy(retryAfter: Int64(wait))
        case (.opening(let opening), .startAgain):
            guard Array(datagram.dropFirst()) == opening.open.echo else { return .nothing }
            stage = Self.start()
            return .sendAgain
        default:
            return .nothing
        }
    }

    private static func start() -> Stage {
        var generator = SystemRandomNumberGenerator()
        return .hello(nonce: bigEndianBytes(generator.next() as UInt64), pages: [])
    }

    private mutating func take(
        _ answer: HelloAnswer, nonce: [UInt8], pages: [KeyPage], now: Int64
    ) throws -> Progress {
        guard let (page, found) = KeyPage.verified(answer.page) else { return .nothing }
        if let pin, pin != found { throw HandshakeFailure.wrongPin(expected: pin, found: found) }
        try Self.checkValidity(of: page, now: now)
        let matching = pages.filter { $0.hash == page.hash && $0.networkKey == page.networkKey }
        guard !matching.contains(where: { $0.number == page.number }) else { return .nothing }
        let all = (matching + [page]).sorted { $0.number < $1.number }
        guard all.count == KeyPage.count else {
            stage = .hello(nonce: nonce, pages: all)
            return pages.isEmpty ? .nothing : .sendAgain
        }
        let keyBytes = all.flatMap(\.part)
        guard Hash256(hashing: keyBytes) == page.hash, KeyID(of: page.hash) == page.key,
            let key = try? XWingMLKEM768X25519.PublicKey(rawRepresentation: keyBytes),
            let (encapsulation, secret) = try? SessionEncapsulation.encapsulate(to: key, of: found)
        else {
            stage = Self.start()
            return .nothing
        }
        let open = Open(cookie: answer.cookie, key: page.key, encapsulation: encapsulation)
        stage = .opening(Opening(open: open, secret: secret, pin: found))
        return .sendAgain
    }

    private static func checkValidity(of page: KeyPage, now: Int64) throws(HandshakeFailure) {
        let (early, underflow) = now.addingReportingOverflow(clockTolerance)
        let (late, overflow) = now.subtractingReportingOverflow(clockTolerance)
        guard !underflow, !overflow, early >= page.notBefore, late <= page.notAfter, page.notBefore <= page.notAfter
        else { throw .clockFarOff(here: now, there: page.notBefore) }
    }

    private func finish(_ opening: Opening, _ answer: OpenAnswer?) -> Progress {
        guard let answer else { return .nothing }
        let keys = SessionKeys(
            exportedSecret: opening.secret, encapsulation: opening.open.encapsulation, random: answer.random,
            session: answer.session)
        let header = OpenAnswer.header(session: answer.session, random: answer.random)
        guard Confirmation.isValid(answer.confirmation, of: header, with: keys.serverToClient) else { return .nothing }
        return .established(SealedSession(id: answer.session, keys: keys), opening.pin)
    }
}
