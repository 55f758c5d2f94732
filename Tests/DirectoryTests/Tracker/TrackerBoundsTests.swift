import Content
import Directory
import TestKit
import Testing
import Wire

/// What members can make the tracker keep and do, and what makes void what it knows.
@Suite struct TrackerBoundsTests {
    @Test func aSwarmIsThereAsLongAsItHasAClient() async throws {
        let scene = try await TrackerScene()
        let path = try await scene.path(2)
        for name: UInt8 in 0..<100 {
            _ = try await scene.announce(path, event: 3, name: name)
            // Who cannot be dialled can dial.
            #expect(try await scene.told(scene.announce(path, port: 0, name: name)) == ["7:6881"])
        }
        #expect(scene.tracker.sizes == (0, 1))
        _ = try await scene.announce(path)
        #expect(scene.tracker.sizes == (1, 1))
        _ = try await scene.announce(path, event: 3)
        #expect(scene.tracker.sizes == (0, 1))
        #expect(scene.tracker.count == 0)
        await scene.fixture.pass(60_000)
        #expect(scene.tracker.sizes == (0, 0))
    }

    @Test func swarmsOfAContentAreBounded() async throws {
        let scene = try await TrackerScene()
        let members = (0..<9).map { "m\($0) secret\n" }.joined()
        _ = await scene.fixture.directory.reload(
            scene.fixture.file("hans falcon*solo\nvader darkside\nleia alderaan\n" + members))
        let path = try await scene.path(2)
        for name: UInt8 in 0..<20 {
            // Also who is not listed is told of ours.
            #expect(try await scene.told(scene.announce(path, name: name)) == ["7:6881"])
        }
        #expect(scene.tracker.sizes == (8, 1))
        for number in 0..<9 {
            try await scene.fixture.signIn("m\(number)", UInt64(number + 10))
            let path = try await scene.path(UInt64(number + 10))
            for name in 0..<9 {
                _ = try await scene.announce(path, address: UInt8(20 + number), name: UInt8(100 + 10 * number + name))
            }
        }
        #expect(scene.tracker.sizes == (32, 1))
        #expect(scene.tracker.count == 32)
    }

    /// What the directory said of a content holds for all its info-hashes.
    @Test func anotherInfoHashNeedsNoOtherLook() async throws {
        let scene = try await TrackerScene()
        let path = try await scene.path(2)
        let admission = try await scene.admission(path)
        for name: UInt8 in 0..<5 { #expect(scene.told(scene.reply(path, by: admission, name: name)) == ["7:6881"]) }
        scene.fixture.times.change { $0.monotonic += 60_000 }
        #expect(scene.reply(path, by: admission) == nil)
        // Who stops is heard, and told nothing.
        #expect(scene.tracker.count == 5)
        let nothing = TrackerReply.announced(interval: 300, leechers: 0, seeders: 0, peers: [])
        #expect(scene.reply(path, by: admission, event: 3, name: 0) == nothing)
        #expect(scene.tracker.count == 4)
    }

    @Test func contentsAreBoundedAndThoseWithoutClientsGiveWay() async throws {
        var limits = TrackerLimits()
        limits.contents = 2
        let scene = try await TrackerScene(limits: limits)
        _ = try await scene.fixture.publish(
            (10..<14).map { (number: Int) in try Sample.draft("file \(number)", number) }, 1)
        let path = try await scene.path(2)
        func announce(_ number: Int, port: UInt16) async throws -> [String] {
            let path = TrackerPath(passkey: path.passkey, content: try Sample.content(number))
            return try await scene.told(scene.announce(path, port: port))
        }
        for number in 10..<14 { #expect(try await announce(number, port: 0) == ["7:6881"]) }
        #expect(scene.tracker.sizes == (0, 2))
        for number in 12..<14 { #expect(try await announce(number, port: 1) == ["7:6881"]) }
        #expect(try await announce(10, port: 1) == ["nothing"])
        #expect(scene.tracker.sizes == (2, 2))
    }

    @Test func aScrapeLooksAtAFewSwarms() async throws {
        let scene = try await TrackerScene()
        _ = try await scene.fixture.publish(
            (10..<40).map { (number: Int) in try Sample.draft("file \(number)", number) }, 1)
        let path = try await scene.path(2)
        var hashes: [TruncatedInfoHash] = []
        for number in 10..<40 {
            let path = TrackerPath(passkey: path.passkey, content: try Sample.content(number))
            // One of many contents, and 30 of one each.
            _ = try await scene.announce(path, name: 1)
            _ = try await scene.announce(path, name: UInt8(number))
            hashes.append(scene.key(path, name: UInt8(number)).infoHash)
        }
        let shared = scene.key(path, name: 1).infoHash
        #expect(
            try scene.scrape([hashes[0], shared, hashes[0]]).reply == .scraped([[1, 0, 1], [4, 0, 4], [1, 0, 1]]))
        scene.fixture.times.change { $0.monotonic += 60_000 }
        #expect(try scene.scrape([TruncatedInfoHash](repeating: hashes[0], count: 74)).stale.count == 1)
        #expect(try scene.scrape([TruncatedInfoHash](repeating: shared, count: 74)).stale.count == 4)
        #expect(try scene.scrape(hashes).stale.count == 16)
    }

    /// Clients of one member leave room for those of others, and none is passed over where pages end amid a member's.
    @Test func oursAreToldOfAFewClientsOfEach() async throws {
        let scene = try await TrackerScene()
        let members = (0..<80).map { "m\($0) secret\n" }.joined()
        _ = await scene.fixture.directory.reload(
            scene.fixture.file("hans falcon*solo\nvader darkside\nleia alderaan\n" + members))
        let path = try await scene.path(2)
        for name: UInt8 in 0..<8 {
            for port: UInt16 in 1...4 { _ = try await scene.announce(path, port: port, name: name) }
        }
        #expect(scene.tracker.count == 32)
        #expect(
            try await scene.fixture.holders(scene.content, 3).map(\.user.text) == ["hans"]
                + Array(repeating: "vader", count: 4))
        for number in 0..<80 {
            try await scene.fixture.signIn("m\(number)", UInt64(number + 10))
            let path = try await scene.path(UInt64(number + 10))
            for port: UInt16 in 1...4 {
                _ = try await scene.announce(path, address: UInt8(20 + number), port: port, name: 0)
            }
        }
        let all = try await scene.fixture.holders(scene.content, 3)
        #expect(all.count == 257 && Set(all).count == 257)
        // Window by window of one page.
        var (after, told): ([UInt8], Set<Holder>) = ([], [])
        for _ in 0..<100 {
            let answers = await scene.fixture.ask(.holders(scene.content, PageWindow(after: after, wanted: 1)), 3)
            guard case .holders(let page)? = answers.first else { throw TestKitError.invalid("\(answers)") }
            told.formUnion(page.items)
            after = page.last
            if page.isFinal { break }
        }
        #expect(told.count == 257 && told.isSubset(of: all))
    }

    /// Where the directory has just looked at it, neither the store is asked whether clients may be told, nor who has it.
    @Test func clientsAreToldFromMemory() async throws {
        let scene = try await TrackerScene()
        func known() async -> DirectoryOutcome? {
            await scene.fixture.directory.answerFromMemory(
                .holders(scene.content, PageWindow()), from: DirectoryFixture.caller(3))
        }
        _ = try await scene.announce(scene.path(2))
        #expect(try await scene.fixture.holders(scene.content, 3).count == 2)
        guard case .holders(let page)? = await known()?.answers.first else { throw TestKitError.invalid("no answer") }
        #expect(page.items.map(\.user.text) == ["hans", "vader"])
        scene.fixture.times.change { $0.monotonic += 60_000 }
        #expect(await known() == nil)
        // Whoever asks then renews it for all.
        #expect(try await scene.fixture.holders(scene.content, 3).count == 2)
        #expect(await known() != nil)
    }

    @Test func aNewRestrictedFileLeavesOthersKnown() async throws {
        let scene = try await TrackerScene()
        let path = try await scene.path(2)
        let admission = try await scene.admission(path)
        var draft = try Sample.draft("secret", 5)
        draft.visibility = .restricted(try #require(Readers([try Sample.user("vader")], isListed: true)))
        // New, and once more as it was.
        for _ in 0..<2 {
            _ = try await scene.fixture.publish([draft], 1)
            #expect(scene.told(scene.reply(path, by: admission)) == ["7:6881"])
        }
        draft.name = try Sample.file("plans")
        draft.content = scene.content
        _ = try await scene.fixture.publish([draft], 1)
        #expect(!scene.tracker.isValid(admission))
        #expect(scene.reply(path, by: admission) == nil)
    }

    /// What comes to the store while it is read is not missed for a minute.
    @Test func aChangeDuringALookIsSeen() async throws {
        let front = Seen<HeldStore?>(nil)
        let scene = try await TrackerScene { store in
            let held = HeldStore(store)
            front.change { $0 = held }
            return held
        }
        let (path, fixture, content) = (try await scene.path(2), scene.fixture, scene.content)
        let overtaking = HolderEntry(content: content, origin: scene.publication, isWhole: true)
        front.value?.afterNextSources { _ = await fixture.ask(.hold(add: [overtaking], remove: []), 3) }
        guard case .announced(_, _, let seeders, _)? = try await scene.announce(path) else {
            throw TestKitError.invalid("no answer")
        }
        #expect(seeders == 2)
    }
}
