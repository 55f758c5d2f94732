/// Where a router takes the commands of UPnP: at its own address, whatever it says.
package struct UPnPControl: Hashable, Sendable {
    package let url: String
    package let service: String

    private static let longest = 512
    static let longestEncoding = 2 * (2 + longest)

    /// Nil where the URL leads to another host, and for what is more than a word: both are put into a request's lines as they are,
    /// so nothing in them may end one.
    ///
    /// - Parameter router: 4 bytes.
    package init?(url: String, service: String, at router: [UInt8]) {
        guard Self.leads(url, to: router), Self.isWord(url), Self.isWord(service) else { return nil }
        self.url = url
        self.service = service
    }

    /// Whether a URL is one of HTTP at that address, as a number.
    package static func leads(_ url: String, to router: [UInt8]) -> Bool {
        let host = "http://\(router.map(String.init).joined(separator: "."))"
        return url.hasPrefix("\(host):") || url.hasPrefix("\(host)/")
    }

    private static func isWord(_ text: String) -> Bool {
        (1...longest).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    var encoded: [UInt8] {
        [url, service].flatMap { bigEndianBytes(UInt16($0.utf8.count)) + Array($0.utf8) }
    }

    init?(_ reader: inout FixedLayoutReader, at router: [UInt8]) {
        guard let url = Self.text(&reader), let service = Self.text(&reader) else { return nil }
        self.init(url: url, service: service, at: router)
    }

    private static func text(_ reader: inout FixedLayoutReader) -> String? {
        reader.integer(UInt16.self).flatMap { reader.take(Int($0)) }.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// What a process is sent to a router with that speaks UPnP in the peer's stead. It crosses a socket to that process.
package struct UPnPErrand: Hashable, Sendable {
    package enum Deed: UInt8, Sendable {
        case map = 1
        case check
        case remove
    }

    package let deed: Deed
    /// 4 bytes, as has ``local``, which is this computer's own address.
    package let router: [UInt8]
    package let local: [UInt8]
    /// On which this peer listens, with TCP.
    package let port: UInt16
    package let externalPort: UInt16
    /// In seconds.
    package let lifetime: UInt32
    /// As it was found before; nil where it is to be looked for.
    package let control: UPnPControl?

    package static let longest = 17 + UPnPControl.longestEncoding

    package init(
        deed: Deed, router: [UInt8], local: [UInt8], port: UInt16, externalPort: UInt16, lifetime: UInt32,
        control: UPnPControl?
    ) {
        self.deed = deed
        self.router = router
        self.local = local
        self.port = port
        self.externalPort = externalPort
        self.lifetime = lifetime
        self.control = control
    }

    package var encoded: [UInt8] {
        [deed.rawValue] + router + local + bigEndianBytes(port) + bigEndianBytes(externalPort)
            + bigEndianBytes(lifetime) + (control.map { $0.encoded } ?? [])
    }

    package init?(_ bytes: [UInt8]) {
        var reader = FixedLayoutReader(bytes)
        guard let deed = reader.integer(UInt8.self).flatMap(Deed.init), let router = reader.take(4),
            let local = reader.take(4), let port = reader.integer(UInt16.self),
            let externalPort = reader.integer(UInt16.self), let lifetime = reader.integer(UInt32.self)
        else { return nil }
        var control: UPnPControl?
        if !reader.isAtEnd {
            control = UPnPControl(&reader, at: router)
            guard control != nil, reader.isAtEnd else { return nil }
        }
        self.init(
            deed: deed, router: router, local: local, port: port, externalPort: externalPort, lifetime: lifetime,
            control: control)
    }
}
