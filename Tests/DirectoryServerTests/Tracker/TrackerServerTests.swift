import Content
import DirectoryClient
import DirectoryServer
import TestKit
import Testing
import Wire

/// A server that is a tracker too, over sockets.
struct TrackerServerTests {
    private struct Scene {
        let server: DirectoryServer
        let hans: DirectoryClient
        let content: ContentID
        let path: String
        let infoHash = TruncatedInfoHash(InfoHash(Hash256(hashing: [7])))

        func client(_ host: String = "127.0.0.1") throws -> StandardClient {
            try StandardClient(host, port: server.port)
        }

        func announce(
            _ client: StandardClient, _ connection: UInt64, left: UInt64 = 5, event: UInt32 = 0, port: UInt16 = 6_881,
            path: String? = nil
        ) -> TrackerReply? {
            client.ask {
                TrackerPackets.announce(
                    connection, $0, infoHash, left: left, event: event, port: port, path: path ?? self.path)
            }
        }
    }

    private func running(
        loops: Int = 1, host: String? = "127.0.0.1", questionRate: Int? = nil, _ body: (Scene) async throws -> Void
    ) async throws {
        let fixture = try ServerFixture()
        var configuration = fixture.configuration
        configuration.loops = loops
        configuration.host = host
        configuration.bittorrentTracker = true
        if let questionRate { configuration.sessionLimits.trackerQuestionRate = questionRate }
        configuration.metrics = MetricsAddress("127.0.0.1:0")
        try await DirectoryServer.whileRunning(configuration) { server in
            let hans = try await connected(to: server.port, pin: server.pin)
            _ = try await hans.signIn(try Device("hans").login("falcon*solo"))
            let content = try Sample.content(3)
            _ = try await hans.publish([PublicationDraft(name: try FileName("plans"), content: content)])
            let vader = try await connected(to: server.port, pin: server.pin)
            _ = try await vader.signIn(try Device("vader").login("deathstar"))
            let path = try #require(try await vader.trackerPath(for: content))
            try await body(Scene(server: server, hans: hans, content: content, path: path))
            await vader.goodbye()
            await hans.goodbye()
        }
    }

    /// 127.0.0.1, or ::1, and a port.
    private static func peer(_ port: UInt16, isLong: Bool = false) -> [UInt8] {
        let address: [UInt8] = isLong ? [UInt8](repeating: 0, count: 15) + [1] : [127, 0, 0, 1]
        return address + [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
    }

    @Test(arguments: [1, 3]) func itFindsAndIsFound(loops: Int) async throws {
        try await running(loops: loops) { scene in
            let client = try scene.client()
            let connection = try client.connection()
            #expect(
                scene.announce(client, connection, left: 0, port: 5_000)
                    == .announced(interval: 300, leechers: 0, seeders: 2, peers: Self.peer(4_000)))
            // Whatever loop others come to, they know of it.
            for number in 0..<UInt16(4 * loops) {
                let other = try scene.client()
                guard
                    case .announced(_, _, let seeders, let peers)? = scene.announce(
                        other, try other.connection(), event: 2, port: 5_001)
                else { throw TestKitError.invalid("no answer \(number)") }
                #expect(seeders == 2)
                #expect(
                    Set([peers.prefix(6), peers.suffix(6)]) == Set([Self.peer(4_000)[...], Self.peer(5_000)[...]]))
            }
            let holders = try await scene.hans.holders(scene.content)
            #expect(holders.map(\.user.text) == ["vader", "vader"])
            #expect(holders.allSatisfy { $0.infoHash == scene.infoHash })
            #expect(Set(holders.flatMap(\.endpoints).map(\.port)) == [5_000, 5_001])
            _ = scene.announce(client, connection, event: 3, port: 5_000)
            #expect(try await scene.hans.holders(scene.content).flatMap(\.endpoints).map(\.port) == [5_001])
        }
    }

    /// Each kind of address is told of its own.
    @Test func bothKindsOfAddresses() async throws {
        try await running(host: nil) { scene in
            let (short, long) = (try scene.client(), try scene.client("::1"))
            let (shortID, longID) = (try short.connection(), try long.connection())
            _ = scene.announce(long, longID, port: 5_000)
            _ = scene.announce(short, shortID, port: 5_001)
            let other = try scene.client("::1")
            #expect(
                scene.announce(other, try other.connection(), port: 5_002)
                    == .announced(interval: 300, leechers: 3, seeders: 1, peers: Self.peer(5_000, isLong: true)))
            let third = try scene.client()
            guard case .announced(_, _, _, let peers)? = scene.announce(third, try third.connection(), port: 5_003)
            else { throw TestKitError.invalid("no answer") }
            #expect(Set([peers.prefix(6), peers.suffix(6)]) == Set([Self.peer(4_000)[...], Self.peer(5_001)[...]]))
        }
    }

    @Test func whatIsNotAMembersIsRefused() async throws {
        try await running { scene in
            let client = try scene.client()
            let connection = try client.connection()
            func announce(_ connection: UInt64, _ hash: TruncatedInfoHash, _ path: String?) -> TrackerReply? {
                client.ask { TrackerPackets.announce(connection, $0, hash, path: path) }
            }
            func scrape(_ client: StandardClient, _ connection: UInt64) -> TrackerReply? {
                client.ask { TrackerPackets.scrape(connection, $0, [scene.infoHash]) }
            }
            let invalid = TrackerReply.failed("passkey not valid: export the torrent again")
            #expect(announce(connection, scene.infoHash, nil) == invalid)
            #expect(
                announce(connection, scene.infoHash, scene.path.replacing("passkey=", with: "passkey=00")) == invalid)
            let forged = scene.path.replacing("passkey=\(scene.path.dropFirst(18).prefix(2))", with: "passkey=00")
            if forged != scene.path { #expect(announce(connection, scene.infoHash, forged) == invalid) }
            #expect(scrape(client, connection) == .failed("announce first"))
            #expect(announce(connection ^ 1, scene.infoHash, scene.path) == .failed("connection id too old"))
            let other = try Sample.content(4)
            let content = try #require(try await scene.hans.published().first?.content)
            #expect(content == scene.content)
            let unknown = scene.path.replacing(
                scene.path.suffix(80), with: (other.root.bytes + [UInt8](repeating: 0, count: 7) + [4]).hex)
            #expect(announce(connection, scene.infoHash, unknown) == .failed("unknown torrent"))
            guard case .announced? = announce(connection, scene.infoHash, scene.path) else {
                throw TestKitError.invalid("no answer")
            }
            #expect(scrape(client, connection) == .scraped([[1, 0, 1]]))
            // The same id from another address.
            #expect(scrape(try scene.client(), connection) == .failed("connection id too old"))
        }
    }

    @Test func itIsNoneUnlessToldTo() async throws {
        try await ServerFixture().running { server in
            let client = try StandardClient("127.0.0.1", port: server.port)
            #expect(client.ask(expectsSilence: true, TrackerPackets.connect) == nil)
            let hans = try await connected(to: server.port, pin: server.pin)
            _ = try await hans.signIn(try Device("hans").login("falcon*solo"))
            #expect(try await hans.trackerPath(for: try Sample.content(3)) == nil)
            await hans.goodbye()
        }
    }

    /// A client has torrents that were exported at different times: the directory is asked about each passkey once.
    @Test func aConnectionHasSeveralPasskeys() async throws {
        try await running(questionRate: 2) { scene in
            let client = try scene.client()
            let connection = try client.connection()
            let other = try #require(try await scene.hans.trackerPath(for: scene.content))
            for number in 0..<20 {
                guard
                    case .announced? = scene.announce(client, connection, path: number.isMultiple(of: 2) ? nil : other)
                else { throw TestKitError.invalid("no answer to \(number)") }
            }
        }
    }

    /// Whoever sends much that is none of a member's keeps nobody else from being answered.
    @Test func aFloodLeavesSessionsServed() async throws {
        try await running { scene in
            let flood = try scene.client()
            let (connect, forged) = (
                TrackerPackets.connect(1), TrackerPackets.announce(5, 1, scene.infoHash, path: scene.path)
            )
            for number in 0..<Scale.count(40_000) {
                flood.send(number.isMultiple(of: 2) ? connect : forged)
                if number.isMultiple(of: 4_000) { #expect(try await scene.hans.peers().map(\.text) == ["vader"]) }
            }
            let numbers = try await Scraper(port: try #require(scene.server.metricsPort)).numbers()
            #expect((numbers["bittrickle_requests_total{kind=\"connect\",outcome=\"ok\"}"] ?? 0) > 0)
            #expect((numbers["bittrickle_requests_total{kind=\"announce\",outcome=\"refused\"}"] ?? 0) > 0)
            let client = try scene.client()
            // Its own allowance may be used up just now.
            var connection: UInt64?
            for _ in 0..<20 where connection == nil { connection = try? client.connection() }
            guard case .announced? = scene.announce(client, try #require(connection)) else {
                throw TestKitError.invalid("no answer")
            }
        }
    }
}
