import Testing
import Wire

/// The words of both kinds of proxies.
@Suite struct ConversationTests {
    private let credentials = ProxyCredentials(user: Array("hans".utf8), password: Array("pass".utf8))

    private func destination(_ host: String = "192.0.2.1") throws -> ProxyDestination {
        ProxyDestination(try HostPort(host: host, port: 6_881))
    }

    // MARK: SOCKS 5

    private func socks(
        _ host: String = "192.0.2.1", _ credentials: ProxyCredentials? = nil, resolvesNames: Bool = true
    ) throws -> SOCKSConversation {
        try #require(
            SOCKSConversation(to: destination(host), credentials: credentials, resolvesNames: resolvesNames))
    }

    /// RFC 1928 §3, §4 and §6, RFC 1929 §2.
    @Test func socksIsSpokenToTheLetter() throws {
        var conversation = try socks()
        #expect(conversation.opening == [5, 1, 0])
        let request: [UInt8] = [5, 1, 0, 1, 192, 0, 2, 1, 0x1A, 0xE1]
        #expect(try conversation.receive([5]) == .wait)
        #expect(try conversation.receive([0]) == .say(request))
        #expect(try conversation.receive([5, 0, 0, 1, 0, 0, 0, 0, 0]) == .wait)
        #expect(try conversation.receive([0, 7, 8]) == .connected(rest: [7, 8]))
    }

    @Test func socksTakesAPassword() throws {
        var conversation = try socks("example.org", credentials)
        #expect(conversation.opening == [5, 2, 0, 2])
        #expect(try conversation.receive([5, 2]) == .say([1, 4] + "hans".utf8 + [4] + "pass".utf8))
        #expect(try conversation.receive([1, 0]) == .say([5, 1, 0, 3, 11] + "example.org".utf8 + [0x1A, 0xE1]))
        #expect(try conversation.receive([5, 0, 0, 3, 2, 97, 98, 0, 1]) == .connected(rest: []))
    }

    @Test func socksWithAnAddressOfIPv6() throws {
        var conversation = try socks("2001:db8::1", credentials)
        // It may do without.
        let address: [UInt8] = [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
        #expect(try conversation.receive([5, 0]) == .say([5, 1, 0, 4] + address + [0x1A, 0xE1]))
        #expect(try conversation.receive([5, 0, 0, 4] + address + [0, 1, 9]) == .connected(rest: [9]))
    }

    @Test func whatSOCKSCannotSayIsNotSaid() throws {
        #expect(try SOCKSConversation(to: destination("a.example"), credentials: nil, resolvesNames: false) == nil)
        let long = ProxyCredentials(user: [UInt8](repeating: 97, count: 256), password: [])
        #expect(try SOCKSConversation(to: destination(), credentials: long, resolvesNames: false) == nil)
    }

    @Test(
        arguments: [
            ([[5, 0xFF]], ProxyRefusal.credentialsRefused), ([[5, 2], [1, 1]], .credentialsRefused),
            ([[5, 0], [5, 1]], .refused("it failed")),
            ([[5, 0], [5, 2, 0, 1]], .refused("its rules do not allow it")),
            ([[5, 0], [5, 3]], .refused("the network is unreachable from there")),
            ([[5, 0], [5, 4]], .refused("the host is unreachable from there")),
            ([[5, 0], [5, 5]], .refused("the connection is refused there")),
            ([[5, 0], [5, 6]], .refused("the host does not answer there")),
            ([[5, 0], [5, 7]], .refused("it makes no connections")),
            ([[5, 0], [5, 8]], .refused("it takes no such address")),
            ([[5, 0], [5, 99]], .refused("SOCKS code 99")), ([[4]], .malformed("version 4 where SOCKS 5 is spoken")),
            ([[5, 1]], .malformed("method 1 where SOCKS 5 is spoken")),
            ([[5, 2], [5, 0]], .malformed("version 5 of the authentication where SOCKS 5 is spoken")),
            ([[5, 0], [72]], .malformed("version 72 where SOCKS 5 is spoken")),
            ([[5, 0], [5, 0, 0, 2, 0]], .malformed("address type 2 where SOCKS 5 is spoken")),
            ([[5, 0, 5]], .malformed("an answer to what was not asked yet where SOCKS 5 is spoken")),
            ([[5, 2], [1, 0, 5]], .malformed("an answer to what was not asked yet where SOCKS 5 is spoken")),
        ] as [([[UInt8]], ProxyRefusal)])
    func socksRefuses(answers: [[UInt8]], refusal: ProxyRefusal) throws {
        var conversation = try socks("192.0.2.1", credentials)
        #expect(throws: refusal) { for answer in answers { _ = try conversation.receive(answer) } }
    }

    @Test func withoutAPasswordSOCKSWantsOne() throws {
        var conversation = try socks()
        #expect(throws: ProxyRefusal.credentialsWanted) { try conversation.receive([5, 0xFF]) }
        var other = try socks()
        #expect(throws: ProxyRefusal.malformed("a method that was not offered where SOCKS 5 is spoken")) {
            try other.receive([5, 2])
        }
    }

    // MARK: CONNECT

    private func answer(_ text: String, _ credentials: ProxyCredentials? = nil) throws(ProxyRefusal) -> ProxyTurn {
        var conversation = ConnectConversation(to: Self.other, credentials: credentials)
        return try conversation.receive(Array(text.utf8))
    }

    private static let other = ProxyDestination(Endpoint(address: [192, 0, 2, 1], port: 1)!)

    @Test func connectIsSpokenToTheLetter() throws {
        let name = ConnectConversation(to: try destination("example.org"), credentials: nil)
        #expect(name.opening == Array("CONNECT example.org:6881 HTTP/1.1\r\nHost: example.org:6881\r\n\r\n".utf8))
        let six = ConnectConversation(to: try destination("2001:db8::1"), credentials: credentials)
        #expect(
            String(decoding: six.opening, as: UTF8.self)
                == "CONNECT [2001:db8::1]:6881 HTTP/1.1\r\nHost: [2001:db8::1]:6881\r\n"
                + "Proxy-Authorization: Basic aGFuczpwYXNz\r\n\r\n")
    }

    @Test func connectedIsWhatIsAnsweredWithSuccess() throws {
        #expect(try answer("HTTP/1.1 200 OK\r\n\r\n") == .connected(rest: []))
        #expect(try answer("HTTP/1.0 200\nVia: x\n\n") == .connected(rest: []))
        #expect(try answer("HTTP/1.1 204 \r\n\r\n") == .connected(rest: []))
        #expect(try answer("HTTP/1.1 200 OK\r\n") == .wait)
        #expect(try answer("") == .wait)
        // What is said of a body means nothing (RFC 9110 §9.3.6).
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello"
        #expect(try answer(text) == .connected(rest: Array("hello".utf8)))
        #expect(try answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx") == .connected(rest: [120]))
        #expect(try answer("HTTP/1.1 100 Continue\r\n\r\n") == .wait)
    }

    @Test func itMayComeByteByByte() throws {
        var conversation = ConnectConversation(to: Self.other, credentials: nil)
        let bytes = Array("HTTP/1.1 200 OK\r\nVia: x\r\n\r\n".utf8)
        for byte in bytes.dropLast() { #expect(try conversation.receive([byte]) == .wait) }
        #expect(try conversation.receive([bytes[bytes.count - 1]]) == .connected(rest: []))
    }

    @Test(arguments: [
        ("HTTP/1.1 407 Please\r\n", ProxyRefusal.credentialsWanted),
        ("HTTP/1.1 403 No\r\n", .refused("its rules do not allow it (HTTP status 403)")),
        ("HTTP/1.1 502 Bad\r\n", .refused("nothing answers there (HTTP status 502)")),
        ("HTTP/1.1 302 Away\r\nLocation: http://captive.example/\r\n", .refused("HTTP status 302")),
        ("HTTP/1.1 101 Switching\r\n", .refused("HTTP status 101")), ("HTTP/1.1 500\r\n", .refused("HTTP status 500")),
        ("HTTP/2 200\r\n", .malformed("something else than HTTP")),
        ("SSH-2.0-OpenSSH_9.6\r\n", .malformed("something else than HTTP")),
        ("\u{5}\u{1}", .malformed("something else than HTTP")),
        ("HTTP/1.1 20\r\n", .malformed("something else than HTTP")),
        ("HTTP/1.1 2000\r\n", .malformed("something else than HTTP")), ("\r\n", .malformed("something else than HTTP")),
        ("HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 20_000))", .malformed("an answer that does not end")),
        (
            String(repeating: "HTTP/1.1 102 Wait\r\n\r\n", count: 2_000), .malformed("an answer that does not end")
        ),
    ])
    func connectRefuses(text: String, refusal: ProxyRefusal) throws {
        #expect(throws: refusal) { try answer(text) }
    }

    @Test func aPasswordMayBeWrong() throws {
        #expect(throws: ProxyRefusal.credentialsRefused) { try answer("HTTP/1.1 407 Please\r\n", credentials) }
    }
}
