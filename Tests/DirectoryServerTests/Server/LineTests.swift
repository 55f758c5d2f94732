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
    @Test func aClientWhoseAddressChangesGoesOn() async throws {
        try await throughProxy { client, proxy in
            _ = try await client.signIn(try Device("hans").login("falcon*solo"))
            for _ in 0..<3 {
                await proxy.rebind()
                #expect(try await client.peers().isEmpty)
            }
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
        _ weather: Weather = .fair, _ body: (DirectoryClient, LossyProxy) async throws -> Void
    ) async throws {
        try await ServerFixture().running { server in
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
