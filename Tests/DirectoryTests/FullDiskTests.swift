import Directory
import DirectorySQLite
import TestKit
import Testing
import Wire

/// What a server does whose disk is full.
@Suite struct FullDiskTests {
    typealias Fixture = DirectoryFixture

    /// Publishes until there is no room, in batches of names that take much.
    private func fill(_ fixture: Fixture, _ session: UInt64) async throws -> [String] {
        var names: [String] = []
        for round in 0..<1_000 {
            let batch = (0..<20).map { "\(round * 100 + $0) " + String(repeating: "x", count: 200) }
            let outcome = await fixture.directory.answer(
                .publish(try batch.map { try Sample.draft($0, 1) }), from: Fixture.caller(session))
            let answer = outcome.answers.first
            if answer == .refusal(.storeFull) { return names }
            guard case .publishResults = answer else { throw TestKitError.invalid("\(outcome)") }
            names += batch
        }
        throw TestKitError.timedOut("a full store")
    }

    @Test func nothingAcknowledgedIsLostAndTheRestGoesOn() async throws {
        let folder = try TemporaryDirectory()
        let fixture = try await Fixture(in: folder, pages: 80)
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("leia", 2)
        let names = try await fill(fixture, 1)
        #expect(!names.isEmpty)
        #expect(try await fixture.published(1).map(\.name.text) == names.sorted())
        #expect(try await fixture.search("xxxx", 2).count == names.count)
        #expect(try await fixture.peers(2) == ["hans"])
        #expect(await fixture.ask(.heartbeat, 1).count == 1)
        try fixture.store.close()
        let roomy = try await Fixture(in: folder)
        try await roomy.signIn("hans", 1)
        #expect(try await roomy.published(1).map(\.name.text) == names.sorted())
        #expect(try await roomy.publish([Sample.draft("another", 1)], 1).count == 1)
    }

    @Test func whatIsRefusedIsToldOnceAMinute() async throws {
        let fixture = try await Fixture(pages: 80)
        try await fixture.signIn("hans", 1)
        _ = try await fill(fixture, 1)
        let drafts = try (0..<200).map { try Sample.draft(String(repeating: "y", count: 200) + "\($0)", 1) }
        func notices() async -> [DirectoryNotice] {
            await fixture.directory.answer(.publish(drafts), from: Fixture.caller(1)).notices
        }
        #expect(await notices() == [], "it was told when it began")
        fixture.times.change { $0.monotonic += 60_000 }
        #expect(await notices() == [.storeFailed(.full)])
        #expect(await notices() == [])
        // What was put off can be written, and that is news.
        fixture.times.change { $0.monotonic += 10_000 }
        let farewell = await fixture.directory.farewell()
        #expect(farewell == [.storeWorks])
    }

    /// Nobody need leave for it.
    @Test func anyChangeThatIsWrittenTellsThatTheStoreWorks() async throws {
        let fixture = try await Fixture(pages: 80)
        try await fixture.signIn("hans", 1)
        _ = try await fill(fixture, 1)
        fixture.times.change { $0.monotonic += 10_000 }
        #expect(await fixture.ask(.unpublish([try FileName("no such name")]), 1) == [.unpublishResults([false])])
        #expect(await fixture.pass(0).notices == [], "nothing was written")
        #expect(await fixture.ask(.renew(devicePublicKey: [1]), 1).count == 1)
        #expect(await fixture.pass(0).notices == [.storeWorks])
        #expect(await fixture.pass(0).notices == [], "it is told once")
    }

    /// Also where the index of names finds out when its statement ends, and takes the transaction with it.
    @Test func theStoreSaysThatItIsFull() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("directory.sqlite")
        let store = try DirectorySQLite(path: path, presence: PresenceView(), largestPageCount: 1)
        await #expect(throws: DirectoryStoreError.full) {
            for number in 0..<1_000 {
                _ = try await store.publish(
                    [Sample.draft("\(number) " + String(repeating: "x", count: 200))], by: Sample.user("hans"),
                    limit: 9_999)
            }
        }
        try store.close()
    }
}
