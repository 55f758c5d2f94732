/// What the server does with datagrams of strangers, up to a valid cookie: stateless, one hash each, and no
/// answer longer than the question.
///
/// A value of it serves one event loop; those of a process are copies of one another, so that an opening
/// may come to another loop than its hello. Whoever owns them calls ``rotateIfDue(now:)`` once a minute
/// and hands out copies.
package struct HelloResponder: Sendable {
    /// Milliseconds after which the session key is replaced, and for which the previous one still opens
    /// what is under way.
    package static let keyLifetime: Int64 = 24 * 3_600_000
    package static let grace: Int64 = 5 * 60_000

    private let network: NetworkKey
    private let secret: CookieSecret
    private var current: SessionKey
    private var previous: SessionKey?

    /// - Parameter now: milliseconds since 1970.
    package init(network: NetworkKey, now: Int64, secret: CookieSecret = CookieSecret()) throws {
        self.network = network
        self.secret = secret
        current = try SessionKey(network: network, now: now)
    }

    /// Replaces the session key when a day has passed, and forgets the previous one after its grace.
    ///
    /// - Returns: whether anything changed, so that copies must be replaced.
    package mutating func rotateIfDue(now: Int64) throws -> Bool {
        if abs(now - current.createdAt) >= Self.keyLifetime {
            previous = current
            current = try SessionKey(network: network, now: now)
            return true
        }
        if previous != nil, now - current.createdAt >= Self.grace {
            previous = nil
            return true
        }
        return false
    }

    /// The answer to a hello: the page it wants and a cookie. Nil where it is none.
    ///
    /// - Parameter address: the bytes of the sender's address and port.
    package func answer(hello datagram: [UInt8], from address: [UInt8], now: Int64) -> [UInt8]? {
        guard datagram.count >= Hello.byteCount, DatagramKind(of: datagram) == .hello else { return nil }
        var reader = FixedLayoutReader(datagram, from: 1)
        guard let version = reader.integer(UInt8.self), let page = reader.integer(UInt8.self),
            let nonce = reader.take(Hello.nonceByteCount)
        else { return nil }
        guard version == Datagram.version else {
            return [DatagramKind.otherVersion.rawValue] + nonce + [Datagram.version]
        }
        guard page < KeyPage.count else { return nil }
        return HelloAnswer(nonce: nonce, cookie: secret.cookie(for: address, now: now), page: current.pages[Int(page)])
            .encoded
    }

    /// What becomes of an opening, for the price of one hash.
    package func admit(open datagram: [UInt8], from address: [UInt8], now: Int64) -> OpeningAdmission {
        guard let open = Open(datagram) else { return .ignored }
        guard secret.isValid(open.cookie, for: address, now: now),
            let key = [current, previous].compactMap(\.self).first(where: { $0.id == open.key })
        else { return .startAgain([DatagramKind.startAgain.rawValue] + open.echo) }
        return .opening(SessionOpening(open: open, key: key))
    }
}

package enum OpeningAdmission: Sendable {
    /// Has a valid cookie: accept it, or say that the server is busy.
    case opening(SessionOpening)
    /// The cookie or the key is not valid (any more): send these bytes.
    case startAgain([UInt8])
    /// Is no opening.
    case ignored
}
