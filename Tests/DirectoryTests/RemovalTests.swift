import Content
import Directory
import DirectorySQLite
import TestKit
import Testing
import Wire

/// A shared folder with much in it is removed: nobody sees it any more, and others are answered while the rest goes.
@Suite struct RemovalTests {
    typealias Fixture = DirectoryFixture

    enum Way: CaseIterable {
        case unpublish, withdraw, takeDown, replace

        func go(_ fixture: Fixture, _ music: PublicationID) async throws -> [DirectoryAnswer] {
            let name = try Sample.file("music")
            return switch self {
            case .unpublish: await fixture.ask(.unpublish([name]), 1)
            case .withdraw: await fixture.ask(.withdraw([music]), 1)
            case .takeDown:
                await fixture.directory.administer(.change(.takeDown([name], of: try Sample.user("hans")))).answers
            case .replace: await fixture.ask(.publish([try Sample.draft("music", 9)]), 1)
            }
        }
    }

    @Test(arguments: Way.allCases) func othersAreAnsweredMeanwhile(way: Way) async throws {
        var settings = DirectorySettings.standard
        settings.limits.removedAtOnce = 300
        let fixture = try await Fixture(settings: settings)
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("vader", 2)
        #expect(await fixture.directory.dropRemains().isAnyLeft == false)
        let top = try await fixture.publish([Sample.folder("music")], 1)
        _ = await fixture.ask(.serve(add: top, remove: []), 1)
        for part in 0..<2 {
            let drafts = try (0..<900).map { try Sample.draft("song \(part) \($0)", 1, below: top[0]) }
            _ = try await fixture.publish(drafts, 1)
        }
        #expect(try await fixture.search("song 1 899", 2) == ["song 1 899"])
        #expect(try await way.go(fixture, top[0]).count == 1)
        var portions = 0
        var removal: (isAnyLeft: Bool, notices: [DirectoryNotice])
        repeat {
            #expect(try await fixture.search("song", 2) == [])
            _ = try await fixture.publish([Sample.draft("mine \(portions)", portions)], 2)
            #expect(try await fixture.search("mine", 1).count == portions + 1)
            portions += 1
            removal = await fixture.directory.dropRemains()
        } while removal.isAnyLeft
        #expect(portions > 1_800 / 300)
        let left = try await fixture.store.memberRecords(after: nil, limit: 1).map(\.publications)
        #expect(left == [way == .replace ? 1 : 0])
    }

    /// What a server began that ended meanwhile, the next one ends.
    @Test func theNextServerGoesOn() async throws {
        let folder = try TemporaryDirectory()
        let first = try await Fixture(in: folder)
        try await first.signIn("hans", 1)
        let top = try await first.publish([Sample.folder("music")], 1)
        let drafts = try (0..<900).map { try Sample.draft("song \($0)", 1, below: top[0]) }
        _ = try await first.publish(drafts, 1)
        _ = await first.ask(.unpublish([try Sample.file("music")]), 1)
        try first.store.close()
        let second = try await Fixture(in: folder)
        try await second.signIn("hans", 1)
        #expect(try await second.published(1) == [])
        while await second.directory.dropRemains().isAnyLeft {}
        #expect(try await second.store.memberRecords(after: nil, limit: 1).map(\.publications) == [0])
    }

    /// It is tried again with the next tick.
    @Test func aStoreThatFailsIsTold() async throws {
        let fixture = try await Fixture()
        try fixture.store.close()
        for _ in 0..<2 { #expect(await fixture.directory.dropRemains().isAnyLeft == false) }
        let again = try await Fixture()
        try again.store.close()
        guard case .storeFailed? = await again.directory.dropRemains().notices.first else {
            Issue.record("nothing was told")
            return
        }
    }
}
