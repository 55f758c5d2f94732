import Connectivity
import NIOCore
import NetworkTestKit
import Proxies
import TestKit
import Testing
import Wire

/// Links of members who get out through a proxy only.
@Suite(.timeLimit(.minutes(1))) struct ProxiedLinkTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    /// Which leads on loopback, too.
    private func rules(_ scheme: Proxy.Scheme, port: Int, password: String? = nil) throws -> ProxyRules {
        let place = try HostPort(host: "127.0.0.1", port: try #require(UInt16(exactly: port)))
        let credentials = password.map { ProxyCredentials(user: Array("hans".utf8), password: Array($0.utf8)) }
        var rules = ProxyRules(Proxy(scheme, at: place, credentials: credentials))
        rules.leadHere = true
        return rules
    }

    private func peer(
        _ name: String, _ rules: ProxyRules = ProxyRules(), signalling: (any Signalling)? = nil,
        limits: LinkLimits = LinkLimits()
    ) async throws -> TestPeer {
        try await TestPeer(try network.identity(name), limits: limits, signalling: signalling, proxies: rules)
    }

    private func exchange(over link: AuthenticatedLink) async throws {
        try await link.send([.have(piece: 7)])
        var received: [PeerMessage] = []
        for try await batch in link.inbound {
            received += batch
            break
        }
        #expect(received == [.have(piece: 7)])
        await link.close()
    }

    @Test(arguments: Proxy.Scheme.allCases, [nil, "secret"] as [String?])
    func aLinkIsDialledThroughIt(scheme: Proxy.Scheme, password: String?) async throws {
        var settings = TestProxy.Settings()
        if let password { (settings.user, settings.password) = ("hans", password) }
        let proxy = try await TestProxy.start(settings)
        let leia = try await peer("leia")
        let hans = try await peer("hans", rules(scheme, port: proxy.port, password: password))
        try await leia.serving {
            try await echo($0)
        } while: {
            let link = try await hans.dial(leia)
            #expect(link.path == .direct && link.member == leia.user)
            try await exchange(over: link)
        }
        #expect(proxy.destinations == ["127.0.0.1:\(leia.listener.port)"])
        await proxy.close()
    }

    @Test(arguments: Proxy.Scheme.allCases) func aRelayIsReachedThroughIt(scheme: Proxy.Scheme) async throws {
        let proxy = try await TestProxy.start()
        var limits = LinkLimits()
        limits.race.askAgain = []
        let rules = try rules(scheme, port: proxy.port)
        let leia = try await peer("leia", rules, limits: limits)
        let hans = try await peer("hans", rules, limits: limits)
        try await RelayPlace.running(of: network) { place in
            let tickets = try place.tickets(of: "hans")
            let relay = try place.endpoint
            try await leia.serving {
                try await echo($0)
            } while: {
                async let answer: Void = leia.answer(hans.user, at: relay, tickets.called)
                let link = try await hans.call(leia, at: relay, tickets.caller)
                #expect(link.path == .relayed)
                try await exchange(over: link)
                try await answer
            }
            #expect(proxy.destinations == Array(repeating: "127.0.0.1:\(place.port)", count: 2))
        }
        await proxy.close()
    }

    /// Who is behind a proxy cannot be dialled: he is called, and comes through it.
    @Test(arguments: Proxy.Scheme.allCases) func whoIsCalledComesThroughIt(scheme: Proxy.Scheme) async throws {
        let directory = LoopbackDirectory {
            Whereabouts(endpoints: try $0.endpoints)
        } called: { _ in
            Whereabouts(endpoints: [])
        }
        let proxy = try await TestProxy.start()
        let hans = try await peer("hans", rules(scheme, port: proxy.port), signalling: directory)
        let leia = try await peer("leia", signalling: directory)
        directory.enter(hans)
        directory.enter(leia)
        try await leia.serving { _ in
        } while: {
            try await hans.serving {
                try await echo($0)
            } while: {
                let link = try await leia.dialer.dial(
                    hans.user, at: [], greeting: TestPeer.greeting(TestPeer.someHash))
                #expect(link.path == .reverse && link.member == hans.user)
                try await exchange(over: link)
            }
        }
        #expect(proxy.destinations == ["127.0.0.1:\(leia.listener.port)"])
        await proxy.close()
    }

    /// Where the directory sees the other one is dialled once, and not from the listening port.
    @Test func nobodyPunchesThroughIt() async throws {
        let directory = LoopbackDirectory { _ in
            Whereabouts(endpoints: [])
        } called: {
            Whereabouts(endpoints: [], reflexive: try $0.endpoints)
        }
        let proxy = try await TestProxy.start()
        let leia = try await peer("leia", signalling: directory)
        let hans = try await peer("hans", rules(.http, port: proxy.port), signalling: directory)
        directory.enter(leia)
        directory.enter(hans)
        try await leia.serving {
            try await echo($0)
        } while: {
            let link = try await hans.dialer.dial(
                leia.user, at: [], greeting: TestPeer.greeting(TestPeer.someHash))
            #expect(link.path == .direct)
            try await exchange(over: link)
        }
        #expect(proxy.destinations == ["127.0.0.1:\(leia.listener.port)"])
        await proxy.close()
    }

    /// Where no proxy leads, links are dialled as if there were none.
    @Test func whatIsExemptGoesStraight() async throws {
        let proxy = try await TestProxy.start()
        var rules = try rules(.http, port: proxy.port)
        rules.exemptions = ProxyExemptions("127.0.0.0/8")
        let leia = try await peer("leia")
        let hans = try await peer("hans", rules)
        try await leia.serving {
            try await echo($0)
        } while: {
            try await exchange(over: hans.dial(leia))
        }
        #expect(proxy.destinations.isEmpty)
        await proxy.close()
    }

    // MARK: Failures

    private func failure(of hans: TestPeer, to leia: TestPeer) async throws -> [LinkFailure] {
        do throws(DialFailure) {
            let endpoints = [try? leia.endpoints].compactMap(\.self).joined()
            let link = try await hans.dialer.dial(
                leia.user, at: Array(endpoints), greeting: TestPeer.greeting(TestPeer.someHash))
            await link.close()
            return []
        } catch {
            return error.attempts
        }
    }

    @Test(arguments: Proxy.Scheme.allCases) func whatTheProxySaysIsToldOfTheDial(scheme: Proxy.Scheme) async throws {
        let leia = try await peer("leia")
        var settings = TestProxy.Settings()
        settings.user = "hans"
        settings.refused = [Int(leia.listener.port)]
        let proxy = try await TestProxy.start(settings)
        for (password, refusal) in [
            (nil, ProxyRefusal.credentialsWanted), ("wrong", .credentialsRefused),
            ("", .refused("its rules do not allow it" + (scheme == .http ? " (HTTP status 403)" : ""))),
        ] as [(String?, ProxyRefusal)] {
            let rules = try rules(scheme, port: proxy.port, password: password)
            let hans = try await peer("hans", rules)
            let named = try #require(rules.proxy)
            #expect(try await failure(of: hans, to: leia) == [.proxyFailed(ProxyFailure(named, .refusal(refusal)))])
            while hans.trust.linkCount > 0 { await Task.yield() }
        }
        await proxy.close()
    }

    @Test(arguments: Proxy.Scheme.allCases) func aDeadOrSilentOrBabblingProxy(scheme: Proxy.Scheme) async throws {
        var limits = LinkLimits()
        limits.connect = .milliseconds(300)
        let leia = try await peer("leia")
        let gone = try await TestProxy.start()
        await gone.close()
        let rules = try rules(scheme, port: gone.port)
        let hans = try await peer("hans", rules, limits: limits)
        let down = ProxyFailure(try #require(rules.proxy), .unreachable("connection refused"))
        #expect(try await failure(of: hans, to: leia) == [.proxyFailed(down)])
        let nonsense = scheme == .http ? "something else than HTTP" : "version 83 where SOCKS 5 is spoken"
        for (answers, closes, reason) in [
            ([], false, .silent), ([], true, .closed),
            ([Array("SSH-2.0-x\r\n".utf8)], false, .refusal(.malformed(nonsense))),
        ] as [([[UInt8]], Bool, ProxyFailure.Reason)] {
            try await ScriptedProxy.running(answers, closes: closes) { proxy in
                let rules = try self.rules(scheme, port: proxy.port)
                let hans = try await peer("hans", rules, limits: limits)
                let named = try #require(rules.proxy)
                #expect(try await failure(of: hans, to: leia) == [.proxyFailed(ProxyFailure(named, reason))])
                while hans.trust.linkCount > 0 { await Task.yield() }
            }
        }
    }

    /// What comes behind the proxy's answer is the member's, and no TLS.
    @Test func rubbishBehindTheAnswerEndsTheLink() async throws {
        let leia = try await peer("leia")
        let answer = Array("HTTP/1.1 200 OK\r\n\r\nand some more".utf8)
        try await ScriptedProxy.running([answer]) { proxy in
            let hans = try await peer("hans", rules(.http, port: proxy.port))
            let failures = try await failure(of: hans, to: leia)
            #expect(failures.count == 1)
            guard case .securityFailed = failures.first else {
                Issue.record("\(failures)")
                return
            }
            while hans.trust.linkCount > 0 { await Task.yield() }
        }
    }

    @Test func aCancelledDialEnds() async throws {
        let leia = try await peer("leia")
        try await ScriptedProxy.running([]) { proxy in
            let hans = try await peer("hans", rules(.socks5, port: proxy.port))
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: DialFailure.self) { try await hans.dial(leia) }
                }
                while hans.trust.linkCount == 0 { await Task.yield() }
                group.cancelAll()
            }
            while hans.trust.linkCount > 0 { await Task.yield() }
        }
    }
}
