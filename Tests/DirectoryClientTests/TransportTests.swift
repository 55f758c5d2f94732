import Content
import DirectoryClient
import DirectoryServer
import Glibc
import NIOCore
import NIOPosix
import NetworkTestKit
import TestKit
import Testing
import Wire

/// Clients whose UDP does not pass, and streams from the listening port.
@Suite(.serialized, .timeLimit(.minutes(2))) struct TransportTests {
    /// A server behind a line on which datagrams can be cut, and a TCP port of the same number there.
    private func throughLine(
        users: [String] = ["hans"], _ body: (LiveServer, DirectoryServer, LossyProxy, StreamProxy) async throws -> Void
    ) async throws {
        let live = try LiveServer(users: users)
        try await live.running { server in
            let datagrams = try await LossyProxy.start(to: try server.address)
            let port = try #require(try await datagrams.address.port)
            let streams = try await StreamProxy.start(to: try server.address, port: port)
            try await body(live, server, datagrams, streams)
            await datagrams.close()
            await streams.close()
        }
    }

    private func pacing(probe: Int64 = 600_000) -> TransportPacing {
        var pacing = TransportPacing()
        pacing.fallback = 300
        pacing.probe = probe
        return pacing
    }

    /// A port on which nobody listens, or somebody who shares it.
    private func signIn(_ client: DirectoryClient, from port: UInt16 = 4_000) async throws {
        var login = try login("hans")
        login.listeningPort = port
        _ = try await client.signIn(login)
    }

    // MARK: Sessions over TCP

    @Test func allGoesOverTCPWhereUDPIsBlocked() async throws {
        try await throughLine(users: ["hans", "vader"]) { _, server, datagrams, _ in
            await datagrams.cut()
            let hans = DirectoryClient(pacing: pacing())
            let start = ContinuousClock.now
            #expect(try await hans.connect(to: ServerAddress(datagrams.address), pin: nil) == server.pin)
            #expect(ContinuousClock.now - start < .seconds(3))
            #expect(await hans.transport == .tcp)
            try await signIn(hans)
            let drafts = try (0..<500).map {
                PublicationDraft(name: try FileName("file \($0)"), content: .empty)
            }
            #expect(try await hans.publish(drafts).count == 500)
            #expect(try await hans.published().count == 500)
            let vader = try await client(of: server.address, user: "vader")
            #expect(await vader.transport == .udp)
            #expect(try await vader.peers().map(\.text) == ["hans"])
            await hans.goodbye()
            #expect(try await vader.peers().isEmpty)
            await vader.goodbye()
        }
    }

    @Test func whereUDPPassesTCPIsNotTried() async throws {
        try await throughLine { _, _, datagrams, _ in
            let hans = DirectoryClient(pacing: pacing())
            _ = try await hans.connect(to: ServerAddress(datagrams.address), pin: nil)
            #expect(await hans.transport == .udp)
            await hans.goodbye()
        }
    }

    @Test func aSessionFallsBackAndReturns() async throws {
        try await throughLine { _, _, datagrams, _ in
            let hans = DirectoryClient(pacing: pacing(probe: 500))
            _ = try await hans.connect(to: ServerAddress(datagrams.address), pin: nil)
            try await signIn(hans)
            for _ in 0..<2 {
                await datagrams.cut()
                try await eventually("it goes on over TCP") { await hans.transport == .tcp }
                #expect(try await hans.published().isEmpty)
                await datagrams.restore()
                try await eventually("it is back on UDP") { await hans.transport == .udp }
                #expect(try await hans.published().isEmpty)
            }
            await hans.goodbye()
        }
    }

    @Test func aStreamThatBreaksIsDialledAnew() async throws {
        try await throughLine { _, _, datagrams, streams in
            await datagrams.cut()
            let hans = DirectoryClient(pacing: pacing())
            try await watching(hans) { told in
                _ = try await hans.connect(to: ServerAddress(datagrams.address), pin: nil)
                try await signIn(hans)
                await streams.cut()
                let before = told.pulses
                try await eventually("it is heard again") { told.pulses > before }
                #expect(try await hans.published().isEmpty)
                #expect(await hans.transport == .tcp)
            }
        }
    }

    @Test func itIsBackAfterARestartOfTheServer() async throws {
        let live = try LiveServer(users: ["hans"])
        let hans = DirectoryClient(pacing: pacing())
        try await watching(hans) { told in
            let datagrams = try await LossyProxy.start(to: try SocketAddress(ipAddress: "127.0.0.1", port: 9))
            let port = try #require(try await datagrams.address.port)
            await datagrams.cut()
            let streams = try await live.running { server in
                let streams = try await StreamProxy.start(to: try server.address, port: port)
                _ = try await hans.connect(to: ServerAddress(datagrams.address), pin: nil)
                try await signIn(hans)
                return streams
            }
            try await live.running { _ in
                try await eventually("it signs in again", within: .seconds(20)) { told.signIns > 0 }
                #expect(await hans.transport == .tcp)
                #expect(try await hans.published().isEmpty)
            }
            await datagrams.close()
            await streams.close()
        }
    }

    // MARK: The stream from the listening port

    /// As a peer's listener that lets its program dial from the same port.
    private func listener() async throws -> any Channel {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0).get()
        try await channel.setOption(.socketOption(.init(rawValue: SO_REUSEPORT)), value: 1).get()
        return channel
    }

    private func port(of channel: any Channel) throws -> UInt16 {
        UInt16(try #require(channel.localAddress?.port))
    }

    @Test func theServerSaysAsWhomItSeesTheListeningPort() async throws {
        try await throughLine { _, _, datagrams, streams in
            let listener = try await listener()
            let hans = DirectoryClient(pacing: pacing())
            _ = try await hans.connect(to: ServerAddress(datagrams.address), pin: nil)
            try await signIn(hans, from: port(of: listener))
            try await eventually("it is attached") { await hans.reflexiveEndpoint != nil }
            #expect(await hans.transport == .udp)
            #expect(await hans.isTranslated == true)
            let first = await hans.reflexiveEndpoint
            // The proxy stands for a translator: another port than ours.
            #expect(first?.address == [127, 0, 0, 1])
            #expect(try first?.port != port(of: listener))
            await streams.cut()
            try await eventually("it is attached anew") {
                let endpoint = await hans.reflexiveEndpoint
                return endpoint != nil && endpoint != first
            }
            await hans.goodbye()
            #expect(await hans.reflexiveEndpoint == nil)
            try await listener.close()
        }
    }

    @Test func whereNothingTranslatesTheStreamIsClosed() async throws {
        let live = try LiveServer(users: ["hans"])
        try await live.running { server in
            let listener = try await listener()
            let hans = DirectoryClient(pacing: pacing())
            _ = try await hans.connect(to: ServerAddress(server.address), pin: nil)
            try await signIn(hans, from: port(of: listener))
            try await eventually("it has asked") { await hans.isTranslated == false }
            #expect(await hans.reflexiveEndpoint == nil)
            #expect(try await hans.published().isEmpty)
            await hans.goodbye()
            try await listener.close()
        }
    }

    /// A listener that has its port alone.
    @Test func aPortThatCannotBeSharedIsNoHarm() async throws {
        try await throughLine { _, _, datagrams, _ in
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: 0).get()
            let hans = DirectoryClient(pacing: pacing())
            _ = try await hans.connect(to: ServerAddress(datagrams.address), pin: nil)
            try await signIn(hans, from: port(of: listener))
            #expect(try await hans.published().isEmpty)
            #expect(await hans.reflexiveEndpoint == nil)
            // Until it can be shared.
            try await listener.setOption(.socketOption(.so_reuseaddr), value: 1).get()
            try await listener.setOption(.socketOption(.init(rawValue: SO_REUSEPORT)), value: 1).get()
            try await eventually("it is attached") { await hans.reflexiveEndpoint != nil }
            await hans.goodbye()
            try await listener.close()
        }
    }
}
