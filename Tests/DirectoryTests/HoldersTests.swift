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

    /// As calls do (`ReachTests`); what is kept for others is told to nobody who may hear more, or less.
    @Test func placesInsideAreToldOnlyToWhoIsThere() async throws {
        let fixture = try await Fixture("hans falcon*solo\nvader darkside\nleia alderaan\nlando secret\nanna secret\n")
        let (there, here): ([UInt8], [UInt8]) = ([198, 51, 100, 2], [192, 0, 2, 1])
        for (session, (user, address)) in [
            ("hans", there), ("vader", here), ("leia", there), ("lando", [10, 0, 0, 8]), ("anna", [192, 0, 2, 99]),
        ].enumerated() as EnumeratedSequence<[(String, [UInt8])]> {
            try await fixture.signIn(user, UInt64(session + 1), address: address)
        }
        func place(_ address: [UInt8], _ port: UInt16) throws -> Endpoint {
            try #require(Endpoint(address: address, port: port))
        }
        let claims = try [
            place([192, 168, 1, 1], 80), place([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 10, 0, 0, 5], 22),
            place(here, 443), place([203, 0, 113, 9], 7_000),
        ]
        #expect(await fixture.ask(.locate(claims), 1) == [.done])
        _ = try await fixture.publish([Sample.draft("plans", 3)], 1)
        let (seen, content) = (try place(there, 6_881), try Sample.content(3))
        for _ in 0..<3 {
            for (session, told) in [
                (2, [claims[3]]), (3, claims), (4, Array(claims[2...])), (5, Array(claims[2...])),
            ] as [(UInt64, [Endpoint])] {
                #expect(try await fixture.holders(content, session).map(\.endpoints) == [[seen] + told])
            }
        }
        // To say that one is there is not to be there.
        #expect(try await fixture.ask(.locate([place(there, 1)]), 2) == [.done])
        #expect(try await fixture.holders(content, 2).map(\.endpoints) == [[seen, claims[3]]])
        // Whoever comes where he is hears of it at once.
        await fixture.directory.moved(SessionID(rawValue: 5), to: there)
        #expect(try await fixture.holders(content, 5).map(\.endpoints) == [[seen] + claims])
        await fixture.directory.moved(SessionID(rawValue: 1), to: [10, 0, 0, 9])
        #expect(try await fixture.holders(content, 4).first?.endpoints.count == 5)
        #expect(try await fixture.holders(content, 3).first?.endpoints.count == 3)
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
