import Proxies
import Testing
import Wire

/// What the environment says of proxies.
@Suite struct ProxyTests {
    private func place(_ host: String, _ port: UInt16) throws -> HostPort { try HostPort(host: host, port: port) }

    @Test(
        arguments: [
            ("http://proxy.example:3128", Proxy.Scheme.http, "proxy.example", 3_128),
            ("proxy.example:3128", .http, "proxy.example", 3_128), ("proxy.example", .http, "proxy.example", 1_080),
            ("HTTP://proxy.example/", .http, "proxy.example", 1_080),
            ("socks5://192.0.2.1", .socks5, "192.0.2.1", 1_080),
            ("socks5h://[2001:db8::1]:9050/x?y#z", .socks5h, "2001:db8::1", 9_050),
            ("socks5h://[2001:db8::1]", .socks5h, "2001:db8::1", 1_080), ("1080", .http, "1080", 1_080),
        ] as [(String, Proxy.Scheme, String, UInt16)])
    func isReadAsCurlDoes(text: String, scheme: Proxy.Scheme, host: String, port: UInt16) throws {
        #expect(try Proxy(parsing: text) == Proxy(scheme, at: place(host, port)))
    }

    @Test(arguments: [
        ("http://hans:secret@p:1", "hans", "secret"), ("socks5://hans@p:1", "hans", ""),
        ("hans:a:b@p:1", "hans", "a:b"), ("http://a%40b:%3a%2F%c3%a4@p:1", "a@b", ":/ä"),
        ("http://a@b:c@p", "a@b", "c"),
    ])
    func credentialsStandBeforeTheHost(text: String, user: String, password: String) throws {
        let expected = ProxyCredentials(user: Array(user.utf8), password: Array(password.utf8))
        #expect(try Proxy(parsing: text).credentials == expected)
    }

    @Test(arguments: [
        ("https://p:1", Proxy.Fault.scheme("https")), ("socks4://p:1", .scheme("socks4")), ("://p:1", .host),
        ("http://", .host), ("http://p:0", .host), ("http://p:x", .host), ("http://a b:1", .host), ("p:1:2", .host),
        ("http://[::1:80", .host), ("http://:secret@p:1", .credentials), ("http://a%4:x@p:1", .credentials),
        ("http://a%3ab:x@p:1", .credentials), ("bob:secret://x@p:1", .host),
        ("http://bob:3128/secret@p:1", .credentials),
        ("http://bob:3128?secret@p:1", .credentials), ("http://bob:3128#secret@p:1", .credentials),
        ("socks5://a:\(String(repeating: "x", count: 256))@p:1", .credentials),
    ])
    func whatNamesNoneIsRefused(text: String, fault: Proxy.Fault) {
        #expect(throws: fault) { try Proxy(parsing: text) }
    }

    @Test func whoUsesItIsNotShown() throws {
        let proxy = try Proxy(parsing: "socks5h://hans:secret@proxy.example:9050")
        let failure = ProxyFailure(proxy, .refusal(.credentialsRefused))
        for text in ["\(proxy)", String(reflecting: proxy), "\(failure)", "\(ProxyRules(proxy))"] {
            #expect(!text.contains("secret") && !text.contains("hans"), "\(text)")
        }
        #expect("\(proxy)" == "socks5h://proxy.example:9050")
    }

    // MARK: Exemptions

    private func destination(_ host: String) throws -> ProxyDestination { ProxyDestination(try place(host, 80)) }

    @Test(arguments: [
        ("*", "example.org", true), ("*", "192.0.2.1", true), ("", "example.org", false),
        ("example.org", "example.org", true), ("example.org", "EXAMPLE.org.", true),
        ("example.org", "a.b.example.org", true), (".example.org", "example.org", true),
        (".Example.org", "a.example.org", true), ("example.org.", "example.org", true),
        ("example.org", "badexample.org", false), ("example.org", "org", false),
        ("a.example.org", "example.org", false),
        ("a, b example.org\tc", "example.org", true), ("192.0.2.1", "192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false),
        ("192.0.2.0/24", "192.0.2.77", true), ("192.0.2.0/24", "192.0.3.77", false),
        ("192.0.2.128/25", "192.0.2.127", false), ("192.0.2.128/25", "192.0.2.129", true),
        ("0.0.0.0/0", "192.0.2.1", true), ("0.0.0.0/0", "2001:db8::1", false), ("2001:db8::/32", "2001:db8:1::1", true),
        ("[2001:db8::1]", "2001:db8::1", true), ("2001:db8::/31", "2001:db9::1", true),
        ("2001:db8::/32", "2001:db9::1", false), ("192.0.2.0/33,192.0.2.0/x", "192.0.2.1", false),
        ("2.1", "192.0.2.1", false),
    ])
    func exemptions(text: String, host: String, isExempt: Bool) throws {
        #expect(ProxyExemptions(text).contain(try destination(host)) == isExempt)
    }

    /// By its name or by its address, where both are known.
    @Test func eitherWillDo() throws {
        let endpoint = try #require(Endpoint(address: [192, 0, 2, 1], port: 80))
        let both = try destination("example.org").at(endpoint)
        #expect(ProxyExemptions("192.0.2.0/24").contain(both) && ProxyExemptions("org").contain(both))
        #expect(!ProxyExemptions("192.0.3.0/24").contain(both))
    }

    // MARK: Rules

    @Test func theEnvironmentSaysWhichAndWhereNot() throws {
        let rules = try ProxyRules(environment: ["all_proxy": "http://p:1", "no_proxy": "example.org,10.0.0.0/8"])
        #expect(try rules.proxy(to: destination("192.0.2.1")) == Proxy(parsing: "http://p:1"))
        #expect(try rules.proxy(to: destination("10.1.2.3")) == nil)
        #expect(try rules.proxy(to: destination("a.example.org")) == nil)
        let shouted = try ProxyRules(environment: ["ALL_PROXY": "http://p:1", "NO_PROXY": "*"])
        #expect(try shouted.proxy != nil && shouted.proxy(to: destination("192.0.2.1")) == nil)
        // Small letters come first, and may say that there is none.
        #expect(try ProxyRules(environment: ["all_proxy": "p:1", "ALL_PROXY": "p:2"]).proxy == Proxy(parsing: "p:1"))
        #expect(try ProxyRules(environment: ["all_proxy": "", "ALL_PROXY": "p:2"]).proxy == nil)
        #expect(try ProxyRules(environment: [:]) == ProxyRules())
        #expect(throws: Proxy.Fault.scheme("ftp")) { try ProxyRules(environment: ["all_proxy": "ftp://p"]) }
    }

    @Test(arguments: [
        "127.0.0.1", "127.9.9.9", "::1", "169.254.1.1", "fe80::1", "fe80::1%eth0", "localhost", "a.LOCALHOST",
        "0.0.0.0", "::",
    ])
    func noProxyLeadsHereUnlessItIsAsked(host: String) throws {
        var rules = ProxyRules(try Proxy(parsing: "p:1"))
        #expect(try rules.proxy(to: destination(host)) == nil)
        rules.leadHere = true
        #expect(try rules.proxy(to: destination(host)) != nil)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1:80"), ("2001:db8::1", "[2001:db8::1]:80"), ("example.org", "example.org:80"),
    ])
    func destinationsAreWrittenAsInURIs(host: String, text: String) throws {
        #expect(try "\(destination(host))" == text)
    }
}
