import Content
import Directory
import NIOCore
import TestKit
import Testing
import Wire

/// Who may announce what, and who is told of whom.
@Suite struct TrackerTests {
    @Test func aPasskeyIsItsMembersAlone() async throws {
        let scene = try await TrackerScene()
        let path = try await scene.path(2)
        #expect(await scene.verdict(path) == "known")
        let other = try await scene.path(3)
        #expect(!other.passkey.isEqualInConstantTime(to: path.passkey))
        let forged = Passkey(
            mac: Hash256(hashing: [1]), issued: path.passkey.issued, member: try Sample.user("vader"))
        #expect(await scene.verdict(TrackerPath(passkey: forged, content: scene.content)) == "void")
    }

    @Test func itEndsWithThePasswordAndTheAccount() async throws {
        let scene = try await TrackerScene()
        let paths = try await [scene.path(2), scene.path(3)]
        for path in paths { #expect(await scene.verdict(path) == "known") }
        _ = await scene.fixture.directory.reload(scene.fixture.file("hans falcon*solo\nvader lightside\n"))
        for path in paths { #expect(await scene.verdict(path) == "void") }
        // The old password again does not bring back what was given under it.
        await scene.fixture.pass(2_000)
        _ = await scene.fixture.directory.reload(
            scene.fixture.file("hans falcon*solo\nvader darkside\nleia alderaan\n"))
        for path in paths { #expect(await scene.verdict(path) == "void") }
    }

    @Test func itEndsWithSigningOutAndAfterItsTime() async throws {
        let scene = try await TrackerScene()
        let path = try await scene.path(2)
        try await scene.fixture.signIn("vader", 4, device: 2)
        #expect(await scene.verdict(path) == "known")
        #expect(await scene.fixture.ask(.account(.signOutOthers), 4) == [.done])
        #expect(await scene.verdict(path) == "void")
        let fresh = try await scene.path(4)
        #expect(await scene.verdict(fresh) == "known")
        scene.fixture.times.change { $0.wall += MemberCertificateTerms.revocationMemory + 1_000 }
        #expect(await scene.verdict(fresh) == "void")
    }

    /// What is for some, and what there is not, cannot be told apart, by readers neither.
    @Test func onlyWhatIsForEverybodyIsAnswered() async throws {
        let scene = try await TrackerScene()
        var draft = try Sample.draft("secret", 5)
        draft.visibility = .restricted(try #require(Readers([try Sample.user("vader")], isListed: true)))
        _ = try await scene.fixture.publish([draft], 1)
        let open = try await scene.path(2)
        for number in [5, 6] {
            let content = try Sample.content(number)
            for session: UInt64 in 1...3 {
                #expect(await scene.fixture.ask(.tracker(content), session) == [.refusal(.noSuchPublication)])
            }
            #expect(await scene.verdict(TrackerPath(passkey: open.passkey, content: content)) == "unknown")
        }
        // What was for everybody stops at once.
        #expect(try await scene.told(scene.announce(open)) == ["7:6881"])
        _ = try await scene.announce(open, address: 11)
        draft.name = try Sample.file("plans")
        draft.content = scene.content
        _ = try await scene.fixture.publish([draft], 1)
        #expect(try await scene.announce(open) == nil)
        #expect(await scene.verdict(open) == "unknown")
        #expect(try await scene.fixture.holders(scene.content, 3).isEmpty)
        #expect(scene.tracker.count == 0)
    }

    @Test func aServerThatIsNoneSaysSo() async throws {
        let fixture = try await DirectoryFixture()
        try await fixture.signIn("hans", 1)
        #expect(await fixture.ask(.tracker(try Sample.content(3)), 1) == [.tracker(nil)])
    }

    @Test func clientsAreToldOfOursAndOfEachOther() async throws {
        let scene = try await TrackerScene()
        let (vaders, leias) = try await (scene.path(2), scene.path(3))
        // Hans is one of ours at 192.0.2.7.
        #expect(try await scene.told(scene.announce(vaders, address: 9)) == ["7:6881"])
        #expect(try await scene.told(scene.announce(leias, address: 10, left: 0)) == ["7:6881", "9:6881"])
        guard case .announced(let interval, let leechers, let seeders, _)? = try await scene.announce(vaders) else {
            Issue.record("no answer")
            return
        }
        #expect(interval == 300 && leechers == 1 && seeders == 2)
        #expect(try await scene.told(scene.announce(vaders, wanted: 1)).count == 1)
        #expect(try await scene.told(scene.announce(vaders, wanted: 0)) == [])
        // A torrent of another name is another swarm.
        #expect(try await scene.told(scene.announce(leias, address: 10, name: 8)) == ["7:6881"])
        // Who dials himself gains nothing.
        #expect(try await scene.told(scene.announce(scene.path(1), address: 12)) == ["10:6881", "9:6881"])
        #expect(try await scene.told(scene.announce(leias, address: 10, event: 3)) == [])
        #expect(try await scene.told(scene.announce(vaders)) == ["12:6881", "7:6881"])
    }

    /// As holders are told (`HoldersTests`).
    @Test func placesInsideAreToldOnlyToWhoIsThere() async throws {
        let scene = try await TrackerScene()
        let claims =
            [([10, 0, 0, 5], 22), ([198, 51, 100, 9], 80), ([203, 0, 113, 4], 7_000)] as [([UInt8], UInt16)]
        let places = try claims.map { try #require(Endpoint(address: $0, port: $1)) }
        #expect(await scene.fixture.ask(.locate(places), 1) == [.done])
        let path = try await scene.path(2)
        func told(_ network: [UInt8], _ address: UInt8) async throws -> [String] {
            try await scene.told(scene.announce(path, network: network, address: address, port: 5_000))
                .filter { !$0.hasSuffix(":5000") }
        }
        #expect(try await told([10, 0, 0], 9) == ["4:7000", "7:6881", "9:80"])
        #expect(try await told([198, 51, 100], 9) == ["4:7000", "7:6881"])
        #expect(try await told([192, 0, 2], 7) == ["4:7000", "5:22", "7:6881", "9:80"])
    }

    @Test func oursAreToldOfClients() async throws {
        let scene = try await TrackerScene()
        #expect(try await scene.fixture.holders(scene.content, 3).map(\.user.text) == ["hans"])
        let path = try await scene.path(2)
        _ = try await scene.announce(path, left: 0)
        let holders = try await scene.fixture.holders(scene.content, 3)
        #expect(holders.map(\.user.text) == ["hans", "vader"])
        #expect(holders.map(\.infoHash) == [nil, scene.key(path).infoHash])
        #expect(holders.last?.endpoints == [try #require(Endpoint(address: [10, 0, 0, 9], port: 6_881))])
        #expect(holders.last?.isWhole == true)
        // Nobody is told of himself.
        #expect(try await scene.fixture.holders(scene.content, 2).map(\.user.text) == ["hans"])
        await scene.fixture.pass(TrackerTests.lapse - 1)
        for session: UInt64 in 1...3 { _ = await scene.fixture.ask(.heartbeat, session) }
        try await scene.fixture.signIn("leia", 3)
        #expect(try await scene.fixture.holders(scene.content, 3).map(\.user.text) == ["vader"])
        await scene.fixture.pass(1)
        #expect(try await scene.fixture.holders(scene.content, 3).isEmpty)
        #expect(scene.tracker.count == 0)
    }

    private static let lapse: Int64 = 450_000

    @Test func listsAreBounded() async throws {
        var limits = TrackerLimits()
        limits.perMember = 5
        limits.clients = 6
        let scene = try await TrackerScene(limits: limits)
        let (vaders, leias) = try await (scene.path(2), scene.path(3))
        // In one swarm four of a member, the latest.
        for port: UInt16 in 1...6 {
            _ = try await scene.announce(vaders, port: port)
            scene.fixture.times.change { $0.monotonic += 1 }
        }
        #expect(try await scene.told(scene.announce(leias)) == ["7:6881", "9:3", "9:4", "9:5", "9:6"])
        #expect(scene.tracker.count == 5)
        // In others one more of his; and of everybody together six.
        for name: UInt8 in 20...22 { _ = try await scene.announce(vaders, port: 1, name: name) }
        #expect(scene.tracker.count == 6)
        #expect(try await scene.told(scene.announce(leias, name: 20)) == ["7:6881", "9:1"])
        #expect(scene.tracker.count == 6)
    }

    @Test func anAnswerFitsADatagram() async throws {
        let scene = try await TrackerScene()
        let path = try await scene.path(2)
        let members = (0..<300).map { "m\($0) secret\n" }.joined()
        _ = await scene.fixture.directory.reload(
            scene.fixture.file("hans falcon*solo\nvader darkside\nleia alderaan\n" + members))
        for number in 0..<300 {
            try await scene.fixture.signIn("m\(number)", UInt64(number + 10))
            _ = try await scene.announce(
                scene.path(UInt64(number + 10)), address: 9, port: UInt16(number + 1), wanted: 200)
        }
        #expect(try await scene.told(scene.announce(path, wanted: .max)).count == 196)
        // All are told some time.
        var told: Set<String> = []
        for _ in 0..<10 { try await told.formUnion(scene.told(scene.announce(path, wanted: 60))) }
        #expect(told.count == 301)
    }
}
