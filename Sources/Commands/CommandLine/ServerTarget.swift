package import Wire

/// Which server, and which network is expected there.
package struct ServerTarget: Hashable, Sendable {
    package var server: HostPort
    /// Nil where known networks and the user decide.
    package var pin: NetworkPin?

    package init(server: HostPort, pin: NetworkPin?) {
        self.server = server
        self.pin = pin
    }

    init(_ link: NetworkLink) {
        server = link.server
        pin = link.pin
    }

    /// Takes the two as people type them.
    package init(_ text: String, fingerprint: String?) throws(AddressError) {
        var expected: NetworkPin?
        if let fingerprint {
            guard let pin = NetworkPin(fingerprint: fingerprint) else { throw .invalidFingerprint(fingerprint) }
            expected = pin
        }
        guard text.contains("://") else {
            server = try HostPort(parsing: text)
            pin = expected
            return
        }
        let link = try NetworkLink(parsing: text)
        if let expected, expected != link.pin { throw .invalidFingerprint("\(expected)") }
        server = link.server
        pin = link.pin
    }
}
