import Content
import PeerNode
import Synchronization
import Testing
import Wire

/// What the directory is told agrees in the end with what is here, whatever of it is lost.
@Suite(.timeLimit(.minutes(1))) struct HolderEntriesTests {
    /// A directory that hears, and answers or not.
    private final class Ear: Sendable {
        struct Lost: Error {}
        enum Mood { case answers, hearsOnly, isDeaf }

        private struct State {
            var held: [ContentID: HolderEntry] = [:]
            var mood = Mood.answers
            var count = 0
        }

        private let state = Mutex(State())

        var held: [ContentID: HolderEntry] { state.withLock { $0.held } }
        /// How often it was told something.
        var count: Int { state.withLock { $0.count } }
        func set(_ mood: Mood) { state.withLock { $0.mood = mood } }
        func forget() { state.withLock { $0.held = [:] } }

        func take(_ add: [HolderEntry], _ remove: [ContentID]) throws {
            try state.withLock { state in
                state.count += 1
                guard state.mood != .isDeaf else { throw Lost() }
                for entry in add { state.held[entry.content] = entry }
                for content in remove { state.held[content] = nil }
                guard state.mood == .answers else { throw Lost() }
            }
        }
    }

    private let ear = Ear()
    private let entries: HolderEntries

    init() {
        let ear = ear
        entries = HolderEntries(logger: quiet) { try ear.take($0, $1) }
    }

    private func entry(_ seed: UInt64, isWhole: Bool = true, origin: Int64 = 1) throws -> HolderEntry {
        let content = try BadSource(content(100, seed: seed), .honest).content
        return HolderEntry(content: content, origin: PublicationID(rawValue: origin), isWhole: isWhole)
    }

    @Test func theBestClaimIsToldAndTheLastTakesItBack() async throws {
        let partial = try entry(1, isWhole: false)
        let whole = try entry(1, origin: 2)
        entries.set(partial, of: partial.content, by: .heldFile)
        await entries.tell()
        #expect(ear.held.values.map(\.self) == [partial])
        entries.set(whole, of: whole.content, by: .heldFolder(path: "/a"))
        await entries.tell()
        #expect(ear.held.values.map(\.self) == [whole])
        entries.set(nil, of: whole.content, by: .heldFolder(path: "/a"))
        await entries.tell()
        #expect(ear.held.values.map(\.self) == [partial])
        entries.set(nil, of: partial.content, by: .heldFile)
        await entries.tell()
        #expect(ear.held.isEmpty)
    }

    @Test func whatDidNotChangeIsNotToldAgain() async throws {
        let entry = try entry(1)
        for _ in 0..<3 {
            entries.set(entry, of: entry.content, by: .heldFile)
            await entries.tell()
        }
        #expect(ear.count == 1)
    }

    /// Of what was lost on the way there it is not known whether it was heard.
    @Test(arguments: [Ear.Mood.hearsOnly, .isDeaf])
    private func whatMayNotHaveBeenHeardIsToldAgain(mood: Ear.Mood) async throws {
        let entry = try entry(1)
        ear.set(mood)
        entries.set(entry, of: entry.content, by: .heldFile)
        await entries.tell()
        ear.set(.answers)
        // It was taken back meanwhile, which is told all the same.
        entries.set(nil, of: entry.content, by: .heldFile)
        await entries.tell()
        #expect(ear.held.isEmpty)

        entries.set(entry, of: entry.content, by: .heldFile)
        await entries.tell()
        ear.set(mood)
        entries.set(nil, of: entry.content, by: .heldFile)
        await entries.tell()
        ear.set(.answers)
        // And the other way round.
        entries.set(entry, of: entry.content, by: .heldFile)
        await entries.tell()
        #expect(ear.held.values.map(\.self) == [entry])
    }

    @Test func afterALoginEverythingIsTold() async throws {
        let (first, second) = (try entry(1), try entry(2))
        for entry in [first, second] { entries.set(entry, of: entry.content, by: .heldFile) }
        await entries.tell()
        ear.forget()
        await entries.announce()
        #expect(Set(ear.held.values) == [first, second])
        await entries.setServing(false)
        #expect(ear.held.isEmpty)
        await entries.announce()
        #expect(ear.held.isEmpty)
        await entries.setServing(true)
        #expect(Set(ear.held.values) == [first, second])
    }

    /// Many at the same time: all of it is told when the last has returned, and not once for each.
    @Test func thoseWhoComeMeanwhileShareATurn() async throws {
        let all = try (1...200).map { try entry($0) }
        await withTaskGroup(of: Void.self) { group in
            for entry in all {
                group.addTask {
                    self.entries.set(entry, of: entry.content, by: .heldFile)
                    await self.entries.tell()
                    #expect(self.ear.held[entry.content] == entry)
                }
            }
        }
        #expect(ear.held.count == all.count)
    }
}
