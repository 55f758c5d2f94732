import Content
import Directory
import TestKit
import Testing
import Wire

@Suite struct PagingTests {
    typealias Fixture = DirectoryFixture

    @Test func twentyThousandPublicationsWithLongNamesAreListedCompletely() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        try await fixture.signIn("leia", 2)
        let count = Scale.count(20_000)
        let names = (0..<count).map { number in
            let text = "\(1_000_000 + number) "
            return text + String(repeating: "x", count: 255 - text.utf8.count)
        }
        for part in stride(from: 0, to: count, by: 500) {
            let drafts = try names[part..<min(part + 500, count)].map { try Sample.draft($0, 1) }
            #expect(try await fixture.publish(drafts, 1).count == drafts.count)
        }
        #expect(try await fixture.published(1).map(\.name.text) == names)
        #expect(try await fixture.search("x", 2) == names)
        #expect(try await fixture.search("xxx", 2) == names)
    }

    @Test func fiveThousandPeersAreListedCompletely() async throws {
        let count = 5_000
        let users = (0..<count).map { "u\($0)" }
        let fixture = try await Fixture(users.map { "\($0) secret\n" }.joined())
        try await withThrowingTaskGroup { group in
            for (number, user) in users.enumerated() {
                group.addTask {
                    // Each from a network of its own.
                    let address: [UInt8] = [10, UInt8(number >> 8), UInt8(number & 0xFF), 1]
                    for _ in 0..<100_000 {
                        let login = try Fixture.login(user, .password(Array("secret".utf8)))
                        let caller = Fixture.caller(UInt64(number), address: address)
                        let answer = await fixture.directory.answer(.login(login), from: caller).answers.first
                        guard case .refusal(.busy) = answer else { return }
                        await Task.yield()
                    }
                }
                if number >= 50 { try await group.next() }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.peers(0) == users.dropFirst().sorted())
    }

    @Test func aWindowGivesThePagesThatWereAskedFor() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        _ = try await fixture.publish((0..<200).map { try Sample.draft("file \(1_000 + $0)", 1) }, 1)
        let whole = await fixture.ask(.published(PageWindow()), 1)
        #expect(whole.count > 3)
        let some = await fixture.ask(.published(PageWindow(wanted: 0b1010)), 1)
        #expect(some == [whole[1], whole[3]])
        #expect(await fixture.ask(.published(PageWindow(wanted: 0)), 1) == [])
    }

    @Test func anEmptyListIsOneEmptyPage() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        #expect(try await fixture.peers(1) == [])
        #expect(try await fixture.published(1) == [])
        #expect(try await fixture.search("a", 1) == [])
        #expect(try await fixture.findings("a", 1) == [])
        #expect(try await fixture.holders(.empty, 1) == [])
        #expect(try await fixture.revocations(1) == [])
    }

    @Test(arguments: [[UInt8]](arrayLiteral: [0xFF], [0x2F], Array(repeating: 65, count: 300), [0]))
    func aCursorThatNoListGaveIsMalformed(_ cursor: [UInt8]) async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        let window = PageWindow(after: cursor)
        let name = try Sample.file("a")
        for request in [
            DirectoryRequest.published(window), .search(Sample.search("A"), window), .lookup(name: name, window),
            .holders(.empty, window), .revocations(since: 0, window: window),
            .listings(.matching(Sample.search("A")), window),
        ] {
            let answers = await fixture.ask(request, 1)
            if cursor == [0x2F], case .holders = request { continue }
            #expect(answers == [.refusal(.malformed)], "\(request)")
        }
    }

    @Test func moreThanOneDatagramHoldsIsMalformed() async throws {
        let fixture = try await Fixture()
        try await fixture.signIn("hans", 1)
        let many = Array(repeating: PublicationID(rawValue: 1), count: 1_001)
        #expect(await fixture.ask(.serve(add: many, remove: []), 1) == [.refusal(.malformed)])
        let drafts = Array(repeating: try Sample.draft("a"), count: 1_001)
        #expect(await fixture.ask(.publish(drafts), 1) == [.refusal(.malformed)])
        #expect(await fixture.ask(.unpublish(drafts.map(\.name)), 1) == [.refusal(.malformed)])
        let long = Sample.search(String(repeating: "A", count: 256))
        #expect(await fixture.ask(.search(long, PageWindow()), 1) == [.refusal(.malformed)])
        #expect(await fixture.ask(.listings(.matching(long), PageWindow()), 1) == [.refusal(.malformed)])
        #expect(await fixture.ask(.withdraw(many), 1) == [.refusal(.malformed)])
        let places = many.map { Arrangement(id: $0, parent: $0, name: drafts[0].name) }
        #expect(await fixture.ask(.arrange(places), 1) == [.refusal(.malformed)])
        #expect(await fixture.ask(.descend(many[0], []), 1) == [.refusal(.malformed)])
    }
}
