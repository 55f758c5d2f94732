import NodeControl
import PeerNode
import Testing
import Wire

@Suite struct FolderTallyTests {
    private func progress(_ done: Int64) -> NodeProgress {
        NodeProgress(activity: .downloading, name: "music/a", done: done, total: 1_000, rate: nil, sources: 1)
    }

    /// It goes on from where it was.
    @Test func whatAPausedFileHadCountsOnce() throws {
        let (a, b) = ([try FileName("a")], [try FileName("b")])
        let tally = FolderTally("music", [a: 1_000, b: 1_000]) { _ in }
        tally.note(progress(400), of: a)
        tally.end(a, rests: true)
        #expect(tally.arrived == 400)
        tally.note(progress(600), of: a)
        tally.end(a, rests: false)
        tally.note(progress(50), of: b)
        tally.end(b, rests: true)
        // It was resumed, and ended before anything came.
        tally.end(b, rests: false)
        #expect(tally.arrived == 650)
    }
}
