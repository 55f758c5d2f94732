import FoundationEssentials
import Library
import NodeControl
import PeerNode
import Synchronization
import TestKit
import Testing

/// The searches of a member, with a clock that stands still and a network that a test makes up.
@Suite(.timeLimit(.minutes(1))) struct SavedSearchesTests {
    private final class World: Sendable {
        let folder: TemporaryDirectory
        let clock = ManualClock()
        let found = Mutex<Result<FoundListings, NodeFailure>>(.success(FoundListings(listings: [], isComplete: true)))
        let asked = Mutex<[String]>([])
        let told = Seen<[SearchMatch]>([])
        let threads = IOThreads(limit: 1, label: "test")

        init() throws { folder = try TemporaryDirectory() }

        var path: String { folder.file("searches.json") }

        func searches() -> SavedSearches {
            SavedSearches(
                SearchSurroundings(
                    path: path,
                    find: { text throws(NodeFailure) in
                        self.asked.withLock { $0.append(text) }
                        return try self.found.withLock { $0 }.get()
                    }, tell: { news in self.told.change { $0 += news.matches } }, pace: .of(clock), wall: { 5_000 }),
                interval: .seconds(60), threads: threads, logger: quiet)
        }

        func has(_ names: String...) {
            let listings = names.map { Listing(name: $0, isFolder: false, size: 1, root: "r\($0)", owners: ["vader"]) }
            found.withLock { $0 = .success(FoundListings(listings: listings, isComplete: true)) }
        }

        /// While the body runs, the searches do.
        func running(_ searches: SavedSearches, _ body: () async throws -> Void) async throws {
            await searches.begin()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await searches.run() }
                try await body()
                group.cancelAll()
            }
        }
    }

    @Test func whatIsNewIsToldOnceAlsoOverRestarts() async throws {
        let world = try World()
        world.has("old")
        let first = world.searches()
        try await world.running(first) {
            _ = try await first.save(SearchDraft(name: "jazz", text: "ja", command: "true"))
            world.has("old", "new")
            await world.clock.waitForSleeper()
            world.clock.advance(by: .seconds(60))
            await world.told.wait { $0.map(\.name) == ["new"] }
            #expect(await first.searches.map(\.newCount) == [1])
        }
        let second = world.searches()
        try await world.running(second) {
            #expect(await second.searches.map(\.command) == ["true"])
            world.has("old", "new", "third")
            await world.clock.waitForSleeper()
            world.clock.advance(by: .seconds(2))
            await world.told.wait { $0.map(\.name) == ["new", "third"] }
            #expect(try await second.look(at: "jazz").map(\.name) == ["third", "new"])
            #expect(try await second.look(at: "jazz") == [])
            try await second.forget("jazz")
        }
        let third = world.searches()
        await third.begin()
        #expect(await third.searches == [])
        #expect(world.asked.withLock { Set($0) } == ["ja"])
    }

    @Test func oneThatFailsHasItsTurnAgain() async throws {
        let world = try World()
        let searches = world.searches()
        try await world.running(searches) {
            _ = try await searches.save(SearchDraft(name: "a", text: "a"))
            world.found.withLock { $0 = .failure(.serverAway(address: "x")) }
            await world.clock.waitForSleeper()
            world.clock.advance(by: .seconds(60))
            await world.clock.waitForSleeper()
            world.has("new")
            world.clock.advance(by: .seconds(60))
            await world.told.wait { $0.map(\.name) == ["new"] }
        }
    }

    @Test func aShorterIntervalCountsAtOnce() async throws {
        let world = try World()
        let searches = world.searches()
        try await world.running(searches) {
            _ = try await searches.save(SearchDraft(name: "a", text: "a"))
            world.has("new")
            await world.clock.waitForSleeper()
            await searches.set(interval: .seconds(5))
            world.clock.advance(by: .seconds(5))
            await world.told.wait { $0.map(\.name) == ["new"] }
        }
    }

    @Test func whatCannotBeSavedIsSaid() async throws {
        let world = try World()
        let searches = world.searches()
        await #expect(throws: NodeFailure.searchUnfit) { try await searches.save(SearchDraft(name: "", text: "a")) }
        world.found.withLock { $0 = .success(FoundListings(listings: [], isComplete: false)) }
        await #expect(throws: NodeFailure.searchTooBroad(limit: 500)) {
            try await searches.save(SearchDraft(name: "a", text: ""))
        }
        world.has()
        for number in 0..<SearchBook.limit { _ = try await searches.save(SearchDraft(name: "\(number)", text: "x")) }
        await #expect(throws: NodeFailure.keptLimit(limit: SearchBook.limit)) {
            try await searches.save(SearchDraft(name: "more", text: "x"))
        }
        await #expect(throws: NodeFailure.noSuchSearch("more")) { try await searches.forget("more") }
        await #expect(throws: NodeFailure.noSuchSearch("more")) { try await searches.look(at: "more") }
    }

    @Test func whatCannotBeWrittenIsNotSaved() async throws {
        let world = try World()
        // A folder in its place.
        try FileManager.default.createDirectory(atPath: world.path, withIntermediateDirectories: true)
        let searches = world.searches()
        let failure = await #expect(throws: NodeFailure.self) {
            try await searches.save(SearchDraft(name: "a", text: "a"))
        }
        guard case .stateUnusable = failure else { return #expect(Bool(false), "\(String(describing: failure))") }
        #expect(await searches.searches == [])
    }

    @Test func aDamagedFileIsSetAside() async throws {
        let world = try World()
        try Data("[{".utf8).write(to: URL(filePath: world.path))
        let searches = world.searches()
        await searches.begin()
        #expect(await searches.searches == [])
        #expect(FileManager.default.fileExists(atPath: "\(world.path).damaged"))
    }
}
