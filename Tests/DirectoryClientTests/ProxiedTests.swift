import DirectoryClient
import DirectoryServer
import NIOCore
import NetworkTestKit
import Proxies
import TestKit
import Testing
import Wire

/// Clients whose way to the server is a proxy.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ProxiedTests {
    private func rules(_ scheme: Proxy.Scheme, port: Int, password: String? = nil) throws -> ProxyRules {
        let place = try HostPort(host: "127.0.0.1", port: try #require(UInt16(exactly: port)))
        let credentials = password.map { ProxyCredentials(user: Array("hans".utf8), password: Array($0.utf8)) }
        var rules = ProxyRules(Proxy(scheme, at: place, credentials: credentials))
        rules.leadHere = true
        return rules
    }

    private func client(_ rules: ProxyRules) -> DirectoryClient {
        var pacing = TransportPacing()
        pacing.fallback = 100
        return DirectoryClient(pacing: pacing, proxies: rules)
    }

    /// A server whose UDP does not pass.
    private func withoutUDP(_ body: (SocketAddress, DirectoryServer) async throws -> Void) async throws {
        try await LiveServer(users: ["hans"]).running { server in
            let datagrams = try await LossyProxy.start(to: try server.address)
            await datagrams.cut()
            let port = try #require(try await datagrams.address.port)
            let streams = try await StreamProxy.start(to: try server.address, port: port)
            try await body(try await datagrams.address, server)
            await datagrams.close()
            await streams.close()
        }
    }

    @Test(arguments: Proxy.Scheme.allCases, [nil, "secret"] as [String?])
    func allGoesThroughItWhereUDPIsBlocked(scheme: Proxy.Scheme, password: String?) async throws {
        try await withoutUDP { address, server in
            var settings = TestProxy.Settings()
            if let password { (settings.user, settings.password) = ("hans", password) }
            let proxy = try await TestProxy.start(settings)
            let hans = client(try rules(scheme, port: proxy.port, password: password))
            #expect(try await hans.connect(to: ServerAddress(address), pin: nil) == server.pin)
            #expect(await hans.transport == .tcp)
            _ = try await hans.signIn(login("hans"))
            #expect(try await hans.published().isEmpty)
            #expect(proxy.destinations.contains("127.0.0.1:\(address.port ?? 0)"))
            // Through a proxy nobody comes back, and nothing is dialled for that from the listening port.
            #expect(await hans.isTranslated == nil)
            #expect(await hans.reflexiveEndpoint == nil)
            await hans.goodbye()
            await proxy.close()
        }
    }

    @Test(arguments: [Proxy.Scheme.http, .socks5h]) func aNameIsForTheProxyToFind(scheme: Proxy.Scheme) async throws {
        try await withoutUDP { address, server in
            var settings = TestProxy.Settings()
            settings.hosts = ["no-such-host.invalid": "127.0.0.1"]
            let proxy = try await TestProxy.start(settings)
            let hans = client(try rules(scheme, port: proxy.port))
            let place = ServerAddress(host: "no-such-host.invalid", port: try #require(address.port))
            #expect(try await hans.connect(to: place, pin: nil) == server.pin)
            _ = try await hans.signIn(login("hans"))
            #expect(try await hans.published().isEmpty)
            #expect(await hans.currentServer == place)
            #expect(proxy.destinations.contains(place.description))
            await hans.goodbye()
            await proxy.close()
        }
    }

    @Test func aNameThatTheProxyDoesNotTakeIsNotFound() async throws {
        let hans = client(try rules(.socks5, port: 9))
        await #expect(throws: DirectoryClientFailure.unresolvable(host: "no-such-host.invalid")) {
            try await hans.connect(to: ServerAddress(host: "no-such-host.invalid", port: 9), pin: nil)
        }
        await hans.goodbye()
    }

    @Test func whereUDPPassesNoProxyIsAsked() async throws {
        try await LiveServer(users: ["hans"]).running { server in
            let proxy = try await TestProxy.start()
            let hans = client(try rules(.http, port: proxy.port))
            _ = try await hans.connect(to: ServerAddress(server.address), pin: nil)
            #expect(await hans.transport == .udp)
            #expect(proxy.destinations.isEmpty)
            await hans.goodbye()
            await proxy.close()
        }
    }

    @Test func aStreamThatBreaksIsDialledAnewThroughIt() async throws {
        try await withoutUDP { address, _ in
            let first = try await TestProxy.start()
            let hans = client(try rules(.socks5, port: first.port))
            try await watching(hans) { told in
                _ = try await hans.connect(to: ServerAddress(address), pin: nil)
                _ = try await hans.signIn(login("hans"))
                let port = first.port
                await first.close()
                let second = try await TestProxy.start(port: port)
                let before = told.pulses
                try await eventually("it is heard again") { told.pulses > before }
                #expect(!second.destinations.isEmpty)
                await second.close()
            }
        }
    }

    // MARK: Failures

    private func expectFailure(
        _ rules: ProxyRules, _ address: SocketAddress, _ reason: ProxyFailure.Reason
    ) async throws {
        let hans = client(rules)
        let failure = ProxyFailure(try #require(rules.proxy), reason)
        await #expect(
            throws: DirectoryClientFailure.proxyFailed(address: ServerAddress(address).description, failure)
        ) {
            try await hans.connect(to: ServerAddress(address), pin: nil)
        }
        await hans.goodbye()
    }

    @Test func whatTheProxySaysIsTheReason() async throws {
        try await withoutUDP { address, _ in
            var settings = TestProxy.Settings()
            settings.user = "hans"
            let proxy = try await TestProxy.start(settings)
            try await expectFailure(try rules(.http, port: proxy.port), address, .refusal(.credentialsWanted))
            await proxy.close()
            try await expectFailure(
                try rules(.socks5, port: proxy.port), address, .unreachable("connection refused"))
            try await ScriptedProxy.running([Array("SSH-2.0-x\r\n".utf8)]) { other in
                try await expectFailure(
                    try rules(.http, port: other.port), address, .refusal(.malformed("something else than HTTP")))
            }
        }
    }
}
