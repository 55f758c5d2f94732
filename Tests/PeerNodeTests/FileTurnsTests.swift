import PeerNode
import Testing
import Wire

/// How many files of a folder go on at a time.
struct FileTurnsTests {
    private func paths(_ count: Int) throws -> [[FileName]] { try (0..<count).map { [try FileName("\($0)")] } }

    /// As many as may, and how many these are.
    private func begin(_ paths: inout ArraySlice<[FileName]>, _ turns: FileTurns) -> Int {
        var begun = 0
        while turns.mayBegin, let path = paths.popFirst() {
            turns.begin(path)
            begun += 1
        }
        return begun
    }

    @Test func whoWaitsLetsOthersBegin() async throws {
        let turns = FileTurns(atOnce: 2)
        let all = try paths(10)
        var rest = all[...]
        #expect(!turns.isAnyRunning && begin(&rest, turns) == 2)
        turns.note(all[0], isWaiting: true)
        turns.note(all[0], isWaiting: true)
        for await _ in turns.signs { break }
        #expect(begin(&rest, turns) == 1)
        turns.note(all[1], isWaiting: false)
        #expect(begin(&rest, turns) == 0)
        // One that goes on again ends nobody, but comes before those that have not begun.
        turns.note(all[0], isWaiting: false)
        turns.end(all[1])
        #expect(begin(&rest, turns) == 0)
        turns.end(all[0])
        #expect(begin(&rest, turns) == 1)
        for path in all { turns.end(path) }
        #expect(!turns.isAnyRunning)
    }

    @Test func ofManyThatWaitSixteenLetOthersBegin() throws {
        let turns = FileTurns(atOnce: 1)
        let all = try paths(100)
        var rest = all[...]
        for path in all {
            _ = begin(&rest, turns)
            turns.note(path, isWaiting: true)
        }
        #expect(all.count - rest.count == 17)
        // What is told late is of none that runs.
        turns.end(all[0])
        turns.note(all[0], isWaiting: true)
        #expect(begin(&rest, turns) == 1 && !turns.mayBegin)
    }

    @Test func atLeastOneGoesOn() throws {
        #expect(FileTurns(atOnce: 0).mayBegin)
    }
}
