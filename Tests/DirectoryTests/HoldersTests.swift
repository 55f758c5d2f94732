import Content
import Directory
import TestKit
import Testing
import Wire

/// Who has a content is answered from memory once it was asked for: and always as the store would say it.
@Suite struct HoldersTests {
    typealias Fixture = DirectoryFixture

    private func scene() async throws -> (Fixture, ContentID, PublicationID) {
        let fixture = try await Fixture()
        for (number, user) in ["hans", "vader", "leia"].enumerated() {
            try await fixture.signIn(user, UInt64(number + 1))
        }
        let id = try await fixture.publish([Sample.draft("plans", 3)], 1)[0]
        return (fixture, try Sample.content(3), id)
    }

    private func names(_ fixture: Fixture, _ content: ContentID, _ session: UInt64 = 3) async throws -> [String] {
        try await fixture.holders(content, session).map(\.user.text)
    }

    private func isKnown(_ fixture: Fixture, _ content: ContentID) async -> Bool {
        let outcome = await fixture.directory.answerFromMemory(.holders(content, PageWindow()), from: Fixture.caller(3))
        return outcome?.ready.isEmpty == false
    }

    @Test func whatWasAskedOnceIsKnown() async throws {
        let (fixture, content, _) = try await scene()
        #expect(await !isKnown(fixture, content))
        #expect(try await names(fixture, content) == ["hans"])
        #expect(await isKnown(fixture, content))
        #expect(try await names(fixture, content, 1) == [])
        #expect(try await names(fixture, content, 2) == ["hans"])
    }

    @Test func whoeverComesGoesOrMovesIsSeen() async throws {
        let (fixture, content, _) = try await scene()
        #expect(try await names(fixture, content) == ["hans"])
        let seen = try await fixture.holders(content, 3)
        await fixture.directory.moved(SessionID(rawValue: 1), to: [198, 51, 100, 9])
        #expect(try await fixture.holders(content, 3) != seen)
        await fixture.pass(2_000)
        for session in UInt64(2)...3 { _ = await fixture.ask(.heartbeat, session) }
        await fixture.pass(1_000)
        #expect(try await names(fixture, content) == [])
        _ = await fixture.ask(.heartbeat, 1)
        #expect(try await names(fixture, content) == ["hans"])
        _ = await fixture.ask(.goodbye, 1)
        #expect(try await names(fixture, content) == [])
    }

    @Test func whatIsPublishedHeldAndRemovedIsSeen() async throws {
        let (fixture, content, id) = try await scene()
        #expect(try await names(fixture, content) == ["hans"])
        let entry = HolderEntry(content: content, origin: id, isWhole: false)
        _ = await fixture.ask(.hold(add: [entry], remove: []), 2)
        #expect(try await fixture.holders(content, 3).map(\.isWhole) == [true, false])
        _ = await fixture.ask(.hold(add: [], remove: [content]), 2)
        #expect(try await names(fixture, content) == ["hans"])
        _ = try await fixture.publish([Sample.draft("mine", 3)], 2)
        #expect(try await names(fixture, content) == ["hans", "vader"])
        _ = await fixture.ask(.serve(add: [], remove: [id]), 1)
        #expect(try await names(fixture, content) == ["vader"])
        _ = await fixture.ask(.serve(add: [id], remove: []), 1)
        #expect(try await names(fixture, content) == ["hans", "vader"])
        // The same name with another content.
        _ = try await fixture.publish([Sample.draft("plans", 4)], 1)
        #expect(try await names(fixture, content) == ["vader"])
        #expect(await fixture.ask(.unpublish([try Sample.file("mine")]), 2) == [.unpublishResults([true])])
        #expect(try await names(fixture, content) == [])
    }

    @Test func whatIsNoLongerForEverybodyIsNotTold() async throws {
        let (fixture, content, id) = try await scene()
        let entry = HolderEntry(content: content, origin: id, isWhole: true)
        _ = await fixture.ask(.hold(add: [entry], remove: []), 2)
        #expect(try await names(fixture, content) == ["hans", "vader"])
        var draft = try Sample.draft("plans", 4)
        draft.visibility = .restricted(try #require(Readers([try Sample.user("vader")], isListed: false)))
        _ = try await fixture.publish([draft], 1)
        #expect(try await names(fixture, content) == [])
        #expect(await !isKnown(fixture, content))
    }

    @Test func manyNamesComeAndGoInTheirOrder() async throws {
        let credentials = (0..<2_000).map { "m\($0 * 7_919 % 2_000) secret\n" }.joined()
        let fixture = try await Fixture(credentials)
        var names: Set<String> = []
        for number in 0..<Scale.count(2_000) {
            let user = "m\(number * 7_919 % 2_000)"
            try await fixture.signIn(user, UInt64(number + 1))
            names.insert(user)
        }
        func sorted() -> [String] { names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
        names.remove("m0")
        #expect(try await fixture.peers(1) == sorted())
        for number in stride(from: 1, to: Scale.count(2_000), by: 3) {
            _ = await fixture.ask(.goodbye, UInt64(number + 1))
            names.remove("m\(number * 7_919 % 2_000)")
        }
        #expect(try await fixture.peers(1) == sorted())
    }
}
