import Content
import Testing
import Wire

@Suite struct NetworkLinkTests {
    private static let pin = NetworkPin(Hash256(hashing: Array("a network".utf8)))

    @Test(arguments: [
        ("12000", "127.0.0.1", 12_000, "127.0.0.1:12000"),
        ("localhost:1", "localhost", 1, "localhost:1"),
        ("192.0.2.7:65535", "192.0.2.7", 65_535, "192.0.2.7:65535"),
        ("files.example.org:12000", "files.example.org", 12_000, "files.example.org:12000"),
        ("[::1]:12000", "::1", 12_000, "[::1]:12000"),
        ("[fe80::1%eth0]:80", "fe80::1%eth0", 80, "[fe80::1%eth0]:80"),
    ])
    func takesAddressesAsPeopleTypeThem(text: String, host: String, port: Int, printed: String) throws {
        let address = try HostPort(parsing: text)
        #expect(address.host == host && Int(address.port) == port && address.description == printed)
        #expect(try HostPort(parsing: printed) == address)
        let link = NetworkLink(server: address, pin: Self.pin)
        #expect(try NetworkLink(parsing: link.description) == link)
        #expect(try NetworkLink(parsing: "BitTrickle" + link.description.dropFirst(10) + "/") == link)
    }

    @Test(arguments: [
        ("", AddressError.missingPort("")), ("example.org", .missingPort("example.org")),
        ("0", .invalidPort("0")), ("65536", .invalidPort("65536")),
        ("123456789012345678901", .invalidPort("123456789012345678901")),
        ("host:", .invalidPort("")), ("host:+80", .invalidPort("+80")), ("host:8o", .invalidPort("8o")),
        (":80", .invalidHost("")), ("::1:80", .invalidHost("::1")), ("[::1]80", .missingPort("[::1]80")),
        ("[]:80", .invalidHost("[]")), ("[host]:80", .invalidHost("[host]")), ("ho st:80", .invalidHost("ho st")),
        ("bücher.example:80", .invalidHost("bücher.example")), ("[::1%]:80", .invalidHost("[::1%]")),
        ("a/b:80", .invalidHost("a/b")),
    ])
    func refusesWhatIsNoAddress(text: String, error: AddressError) {
        #expect(throws: error) { try HostPort(parsing: text) }
    }

    /// A host by itself: with a port behind it, or what should be one, it is none, be it in hexadecimal digits or not.
    @Test(arguments: [
        "127.0.0.1:99999", "127.0.0.1:80", "share.example.org:80000", "cafe:80000", "dead:beef:80000", "cafe:1", "::1]",
        "1:2:3:4:5:6:7:8:9:0", "1.2.3.4::1", "::1.2.3", "::1.2.3.400", "[::1]", "",
    ]) func refusesWhatIsNoHost(text: String) {
        #expect(throws: AddressError.invalidHost(text)) { try HostPort(host: text, port: 1) }
    }

    @Test(arguments: [
        "::", "::1", "1::", "::ffff:192.0.2.1", "2001:db8::5", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "fe80::1%eth0",
    ])
    func takesAddressesOfVersion6(text: String) throws {
        #expect(try HostPort(host: text, port: 1).host == text)
    }

    @Test func refusesWhatIsNoLink() {
        let pin = Self.pin.description
        let faults: [(String, AddressError)] = [
            ("http://host:1/\(pin)", .notALink("http://host:1/\(pin)")),
            ("bittrickle:host:1/\(pin)", .notALink("bittrickle:host:1/\(pin)")),
            ("bittrickle://host:1", .notALink("bittrickle://host:1")),
            ("bittrickle://host:1/\(pin)/x", .notALink("bittrickle://host:1/\(pin)/x")),
            ("bittrickle://host/\(pin)", .missingPort("host")),
            ("bittrickle://host:1/\(pin.dropLast())", .invalidFingerprint(String(pin.dropLast()))),
            ("bittrickle://host:1/\(pin.dropLast())g", .invalidFingerprint(pin.dropLast() + "g")),
            ("", .notALink("")),
        ]
        for (text, error) in faults {
            #expect(throws: error) { try NetworkLink(parsing: text) }
        }
    }

    @Test func knowsLoopback() throws {
        for host in ["127.0.0.1", "127.8.9.1", "localhost", "LocalHost", "::1"] {
            #expect(try HostPort(host: host, port: 1).isLoopback)
        }
        for host in ["127.0.0.1.example.org", "192.0.2.1", "localhost.example.org", "::2"] {
            #expect(try HostPort(host: host, port: 1).isLoopback == false)
        }
    }
}
