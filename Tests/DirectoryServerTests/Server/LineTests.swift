import Content
import DirectoryClient
import DirectoryServer
import NIOCore
import NetworkTestKit
import TestKit
import Testing
import Wire

/// What passes on the line between server and client.
struct LineTests {
    /// With several loops the kernel gives what comes from the new address to any of them.
    @Test(arguments: [1, 4]) func aClientWhoseAddressChangesGoesOn(_ loops: Int) async throws {
        try await throughProxy(loops: loops) { client, proxy in
            _ = try await client.signIn(try Device("hans").login("falcon*solo"))
            for _ in 0..<(3 * loops) {
                await proxy.rebind()
                #expect(try await client.peers().isEmpty)
            }
        }
    }

    @Test func severalLoopsAreOneDirectory() async throws {
        try await ServerFixture(credentials: (0..<12).map { "m\($0) secret\n" }.joined()).running(loops: 3) { server in
            var clients: [DirectoryClient] = []
            for number in 0..<12 {
                let client = try await connected(to: server.port, pin: server.pin)
                _ = try await client.signIn(try Device("m\(number)").login("secret"))
                clients.append(client)
            }
            let name = try FileName("plans")
            let content = try Sample.content(3)
            _ = try await clients[0].publish([PublicationDraft(name: name, content: content)])
            for client in clients.dropFirst() {
                #expect(try await client.peers().count == 11)
                #expect(try await client.holders(content).map(\.user.text) == ["m0"])
            }
            for client in clients { await client.goodbye() }
        }
    }

    @Test func beforeTheLoginNoMoreIsSentThanReceived() async throws {
        try await throughProxy { _, proxy in
            let (received, sent) = (await proxy.byteCount(.toServer), await proxy.byteCount(.toClient))
            #expect(sent <= received)
            #expect(sent > 0)
        }
    }

    @Test func replayedDatagramsYieldNothingNew() async throws {
        try await throughProxy { client, proxy in
            _ = try await client.signIn(try Device("hans").login("falcon*solo"))
            let opening = try #require(await datagrams(.open, through: proxy).first)
            let answers = await datagrams(.openAnswer, through: proxy)
            #expect(answers.count == 1)

            // From the same address: the same answer, to the byte.
            await proxy.replayToServer(opening)
            try await eventually("the opening is answered") {
                await datagrams(.openAnswer, through: proxy).count == 2
            }
            #expect(await datagrams(.openAnswer, through: proxy) == answers + answers)

            // From another one, as whoever recorded it would: no session.
            await proxy.rebind()
            #expect(try await client.peers().isEmpty)
            await proxy.replayToServer(opening)
            try await eventually("the opening is refused") {
                await !datagrams(.startAgain, through: proxy).isEmpty
            }
            #expect(await datagrams(.openAnswer, through: proxy) == answers + answers)
        }
    }

    @Test func aLossyLineIsSurvived() async throws {
        try await throughProxy(.foul) { client, _ in
            _ = try await client.signIn(try Device("hans").login("falcon*solo"))
            for number in 0..<20 {
                let name = try FileName("file \(number)")
                let results = try await client.publish([PublicationDraft(name: name, content: .empty)])
                #expect(results.count == 1)
            }
            #expect(try await client.published().count == 20)
        }
    }

    /// A client that is connected, not signed in, to a server behind a proxy with the same weather both ways.
    private func throughProxy(
        _ weather: Weather = .fair, loops: Int = 1, _ body: (DirectoryClient, LossyProxy) async throws -> Void
    ) async throws {
        try await ServerFixture().running(loops: loops) { server in
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: Int(server.port))
            let proxy = try await LossyProxy.start(to: address, toServer: weather, toClient: weather)
            let client = DirectoryClient()
            _ = try await client.connect(to: ServerAddress(try await proxy.address), pin: server.pin)
            try await body(client, proxy)
            await client.goodbye()
            await proxy.close()
        }
    }

    private func datagrams(_ kind: DatagramKind, through proxy: LossyProxy) async -> [[UInt8]] {
        await proxy.records.map(\.bytes).filter { DatagramKind(of: $0) == kind }
    }
}
