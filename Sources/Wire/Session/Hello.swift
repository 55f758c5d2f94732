/// The client's first datagram: `kind ‖ version ‖ page ‖ nonce (8)`, padded with zeros to 1,200 bytes so
/// that the answer is never longer.
struct Hello: Hashable, Sendable {
    static let byteCount = Datagram.maximumByteCount
    static let nonceByteCount = 8

    /// Which of the key's pages is wanted.
    let page: Int
    /// Comes back in the answer: who does not see the path cannot answer.
    let nonce: [UInt8]

    init(page: Int, nonce: [UInt8]) {
        self.page = page
        self.nonce = nonce
    }

    var encoded: [UInt8] {
        let front = [DatagramKind.hello.rawValue, Datagram.version, UInt8(truncatingIfNeeded: page)] + nonce
        return front + [UInt8](repeating: 0, count: Self.byteCount - front.count)
    }
}

/// The server's answer: `kind ‖ nonce (8) ‖ cookie (16) ‖ key page`.
struct HelloAnswer: Hashable, Sendable {
    static let byteCount = 1 + Hello.nonceByteCount + Cookie.byteCount + KeyPage.byteCount

    let nonce: [UInt8]
    let cookie: Cookie
    /// An encoded ``KeyPage``.
    let page: [UInt8]

    init(nonce: [UInt8], cookie: Cookie, page: [UInt8]) {
        self.nonce = nonce
        self.cookie = cookie
        self.page = page
    }

    init?(_ datagram: [UInt8]) {
        guard datagram.count == Self.byteCount, DatagramKind(of: datagram) == .helloAnswer else { return nil }
        var reader = FixedLayoutReader(datagram, from: 1)
        guard let nonce = reader.take(Hello.nonceByteCount), let cookie = reader.take(Cookie.byteCount),
            let page = reader.take(KeyPage.byteCount)
        else { return nil }
        self.init(nonce: nonce, cookie: Cookie(bytes: cookie), page: page)
    }

    var encoded: [UInt8] { [DatagramKind.helloAnswer.rawValue] + nonce + cookie.bytes + page }
}

/// The client's opening: `kind ‖ version ‖ cookie (16) ‖ key id (8) ‖ encapsulation (1,120)`.
struct Open: Hashable, Sendable {
    static let byteCount = 2 + Cookie.byteCount + KeyID.byteCount + SessionEncapsulation.byteCount

    let cookie: Cookie
    let key: KeyID
    let encapsulation: [UInt8]

    init(cookie: Cookie, key: KeyID, encapsulation: [UInt8]) {
        self.cookie = cookie
        self.key = key
        self.encapsulation = encapsulation
    }

    init?(_ datagram: [UInt8]) {
        guard datagram.count == Self.byteCount, DatagramKind(of: datagram) == .open, datagram[1] == Datagram.version
        else { return nil }
        var reader = FixedLayoutReader(datagram, from: 2)
        guard let cookie = reader.take(Cookie.byteCount), let key = reader.take(KeyID.byteCount),
            let encapsulation = reader.take(SessionEncapsulation.byteCount)
        else { return nil }
        self.init(cookie: Cookie(bytes: cookie), key: KeyID(bytes: key), encapsulation: encapsulation)
    }

    var encoded: [UInt8] {
        [DatagramKind.open.rawValue, Datagram.version] + cookie.bytes + key.bytes + encapsulation
    }

    /// What the short answers echo, so that only who saw the opening can make one.
    var echo: [UInt8] { Array(encapsulation.prefix(Hello.nonceByteCount)) }
}

/// `kind ‖ session id (8) ‖ random (32) ‖ confirmation (16)`; the confirmation seals all before it.
struct OpenAnswer: Hashable, Sendable {
    static let byteCount = 1 + SessionID.byteCount + SessionKeys.randomByteCount + Confirmation.byteCount

    let session: SessionID
    let random: [UInt8]
    let confirmation: [UInt8]

    static func header(session: SessionID, random: [UInt8]) -> [UInt8] {
        [DatagramKind.openAnswer.rawValue] + session.bytes + random
    }

    init?(_ datagram: [UInt8]) {
        guard datagram.count == Self.byteCount, DatagramKind(of: datagram) == .openAnswer else { return nil }
        var reader = FixedLayoutReader(datagram, from: 1)
        guard let session = reader.integer(UInt64.self), let random = reader.take(SessionKeys.randomByteCount),
            let confirmation = reader.take(Confirmation.byteCount)
        else { return nil }
        self.session = SessionID(rawValue: session)
        self.random = random
        self.confirmation = confirmation
    }
}
