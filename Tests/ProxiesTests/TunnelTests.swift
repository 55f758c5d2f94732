import NIOCore
import NIOPosix
import NetworkTestKit
import Proxies
import TestKit
import Testing
import Wire

/// Connections through proxies that are right, and through such as are not.
@Suite(.timeLimit(.minutes(1))) struct TunnelTests {
    private static let group = MultiThreadedEventLoopGroup.singleton

    /// What comes out behind a tunnel: `+` where it opens, then the bytes.
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let seen: Seen<String>

        init(_ seen: Seen<String>) { self.seen = seen }

        func channelActive(context: ChannelHandlerContext) { seen.change { $0 += "+" } }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            seen.change { $0 += text }
        }
    }

    /// Says back what it is told, behind a greeting.
    private final class Greeter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "welcome ")), promise: nil)
        }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(wrapOutboundOut(unwrapInboundIn(data)), promise: nil)
        }
    }

    private func greeter(_ body: (Int) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: Self.group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Greeter())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Void, any Error>
        do { result = .success(try await body(server.localAddress?.port ?? 0)) } catch { result = .failure(error) }
        try await server.close()
        try result.get()
    }

    private func proxy(
        _ scheme: Proxy.Scheme, port: Int, _ credentials: (user: String, password: String)? = nil
    ) throws -> Proxy {
        Proxy(
            scheme, at: try HostPort(host: "127.0.0.1", port: try #require(UInt16(exactly: port))),
            credentials: credentials.map { .init(user: Array($0.user.utf8), password: Array($0.password.utf8)) })
    }

    private func open(
        _ proxy: Proxy, to host: String = "127.0.0.1", port: Int, within limit: TimeAmount = .seconds(5),
        _ seen: Seen<String> = Seen("")
    ) async throws -> any Channel {
        let place = ProxyDestination(try HostPort(host: host, port: try #require(UInt16(exactly: port))))
        let located = try await proxy.located(place, on: Self.group.any(), within: limit)
        let (channel, opened) = try await ClientBootstrap(group: Self.group)
            .connect(host: proxy.place.host, port: Int(proxy.place.port)) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(seen))
                    return (channel, try proxy.lead(channel, to: located, within: limit))
                }
            }
        try await opened.get()
        return channel
    }

    @Test(arguments: Proxy.Scheme.allCases, [(false, "127.0.0.1"), (true, "127.0.0.1"), (true, "server.example")])
    func leadsThereAndBack(scheme: Proxy.Scheme, way: (hasPassword: Bool, host: String)) async throws {
        let (hasPassword, host) = way
        guard host == "127.0.0.1" || scheme != .socks5 else { return }
        var settings = TestProxy.Settings()
        settings.hosts = ["server.example": "127.0.0.1"]
        if hasPassword { (settings.user, settings.password) = ("hans", "se:cret") }
        let server = try await TestProxy.start(settings)
        try await greeter { port in
            let seen = Seen("")
            let proxy = try proxy(scheme, port: server.port, hasPassword ? ("hans", "se:cret") : nil)
            let channel = try await open(proxy, to: host, port: port, seen)
            try await channel.writeAndFlush(ByteBuffer(string: "hello"))
            await seen.wait { $0 == "+welcome hello" }
            #expect(server.destinations == ["\(host):\(port)"])
            try await channel.close()
        }
        await server.close()
    }

    @Test func whatComesWithTheAnswerIsTheDestinations() async throws {
        let accepted = Array("HTTP/1.1 200 OK\r\n\r\n\u{1}early".utf8)
        try await ScriptedProxy.running([accepted]) { server in
            let seen = Seen("")
            let channel = try await open(try proxy(.http, port: server.port), port: 9, seen)
            await seen.wait { $0 == "+\u{1}early" }
            try await channel.close()
        }
        try await ScriptedProxy.running([[5, 0], [5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 104, 105]]) { server in
            let seen = Seen("")
            let channel = try await open(try proxy(.socks5, port: server.port), port: 9, seen)
            await seen.wait { $0 == "+hi" }
            try await channel.close()
        }
    }

    private func expectFailure(
        _ reason: ProxyFailure.Reason, _ scheme: Proxy.Scheme, port: Int, to destination: Int = 9,
        _ credentials: (user: String, password: String)? = nil, within limit: TimeAmount = .seconds(5)
    ) async throws {
        let proxy = try proxy(scheme, port: port, credentials)
        await #expect(throws: ProxyFailure(proxy, reason)) {
            try await open(proxy, port: destination, within: limit)
        }
    }

    @Test(arguments: Proxy.Scheme.allCases) func refusals(scheme: Proxy.Scheme) async throws {
        var settings = TestProxy.Settings()
        settings.user = "hans"
        settings.refused = [9]
        let server = try await TestProxy.start(settings)
        try await expectFailure(.refusal(.credentialsWanted), scheme, port: server.port)
        try await expectFailure(.refusal(.credentialsRefused), scheme, port: server.port, ("hans", "x"))
        let (rules, refused) =
            scheme == .http
            ? ("its rules do not allow it (HTTP status 403)", "nothing answers there (HTTP status 502)")
            : ("its rules do not allow it", "the connection is refused there")
        try await expectFailure(.refusal(.refused(rules)), scheme, port: server.port, ("hans", ""))
        // Nobody listens where nobody listens any more.
        let gone = try await TestProxy.start()
        let port = gone.port
        await gone.close()
        try await expectFailure(.refusal(.refused(refused)), scheme, port: server.port, to: port, ("hans", ""))
        await server.close()
    }

    @Test(arguments: Proxy.Scheme.allCases) func whatIsNoProxy(scheme: Proxy.Scheme) async throws {
        let nonsense = scheme == .http ? "something else than HTTP" : "version 83 where SOCKS 5 is spoken"
        try await ScriptedProxy.running([Array("SSH-2.0-x\r\n".utf8)]) { server in
            try await expectFailure(.refusal(.malformed(nonsense)), scheme, port: server.port)
        }
        try await ScriptedProxy.running([], closes: true) { server in
            try await expectFailure(.closed, scheme, port: server.port)
        }
        try await ScriptedProxy.running([]) { server in
            try await expectFailure(.silent, scheme, port: server.port, within: .milliseconds(100))
        }
        // In the middle of its answer.
        try await ScriptedProxy.running([scheme == .http ? Array("HTTP/1.1 200".utf8) : [5]], closes: true) { server in
            try await expectFailure(.closed, scheme, port: server.port)
        }
    }

    @Test func anAnswerWithoutAnEnd() async throws {
        let start = Array("HTTP/1.1 200 OK\r\n".utf8)
        try await ScriptedProxy.running([start + [UInt8](repeating: 120, count: 1 << 20)]) { server in
            try await expectFailure(.refusal(.malformed("an answer that does not end")), .http, port: server.port)
        }
    }

    @Test func aNameIsLookedUpHereWhereTheProxyTakesNone() async throws {
        let place = ProxyDestination(try HostPort(host: "localhost", port: 9))
        for scheme in Proxy.Scheme.allCases {
            let located = try await proxy(scheme, port: 9).located(place, on: Self.group.any(), within: .seconds(5))
            #expect((located.endpoint == nil) == (scheme != .socks5))
        }
    }

    @Test func aNameThatNobodyKnows() async throws {
        let proxy = try proxy(.socks5, port: 9)
        await #expect(throws: ProxyFailure(proxy, .nameUnknown("no-such-host.invalid"))) {
            try await open(proxy, to: "no-such-host.invalid", port: 9)
        }
    }

    @Test(
        arguments: [
            (.unreachable("connection refused"), "cannot be reached: connection refused"),
            (.refusal(.credentialsWanted), "wants a user name and a password"),
            (.refusal(.credentialsRefused), "does not take the user name and the password"),
            (.refusal(.refused("it failed")), "did not connect: it failed"),
            (.refusal(.malformed("nothing")), "says nothing"), (.silent, "did not answer in time"),
            (.closed, "closed the connection without an answer"),
        ] as [(ProxyFailure.Reason, String)])
    func everyFailureIsASentence(reason: ProxyFailure.Reason, end: String) throws {
        let failure = ProxyFailure(try Proxy(parsing: "http://hans:secret@proxy.example:3128"), reason)
        #expect("\(failure)" == "the proxy http://proxy.example:3128 \(end)")
    }

    @Test func whyAProxyIsNotReached() async throws {
        let gone = try await TestProxy.start()
        await gone.close()
        let unknown = Proxy(.http, at: try HostPort(host: "no-such-host.invalid", port: 9))
        for (proxy, reason) in [
            (try proxy(.http, port: gone.port), "connection refused"), (unknown, "its name has no address"),
        ] {
            do {
                _ = try await open(proxy, port: 9)
                Issue.record("somebody listens there")
            } catch {
                #expect(ProxyFailure(proxy, connecting: error).reason == .unreachable(reason))
            }
        }
    }
}
