import NodeControl
import PeerNode
import TestKit
import Testing

@Suite struct FolderGetTests {
    /// One of them may go, and is no sign for the others.
    @Test(.timeLimit(.minutes(1))) func anyNumberMayAwaitItsEnd() async throws {
        let get = FolderGet(name: "music", owner: "hans", path: "/here/music", files: [["a"]])
        let (goes, going) = AsyncStream.makeStream(of: Void.self)
        let isReleased = Seen(false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let impatient = Task { await get.isOver() }  // unstructured: it goes before the others
            group.addTask {
                _ = try await get.perform { () throws(NodeFailure) in
                    for await _ in goes {}
                    return .alreadyThere(path: "/here/music")
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    await get.isOver()
                    #expect(isReleased.value, "it was answered before the end")
                }
            }
            impatient.cancel()
            await impatient.value
            isReleased.change { $0 = true }
            going.finish()
            try await group.waitForAll()
        }
        // Whoever comes later does not wait.
        await get.isOver()
    }

    @Test func whatIsPausedRestsUntilItIsResumed() {
        var words = PartWords()
        words.say(.paused, of: ["live"])
        #expect(words.leftOut(["live", "late", "a"])?.part == ["live"])
        #expect(words.leftOut(["lively"]) == nil && words.leftOut(["a"]) == nil)
        let before = words.number
        words.say(.resumed, of: ["live", "late"])
        #expect(words.leftOut(["live", "late", "a"]) == nil && words.leftOut(["live", "b"])?.word == .paused)
        #expect(words.isResumed(["live", "late", "a"], since: before))
        #expect(!words.isResumed(["live", "late", "a"], since: words.number))
        #expect(!words.isResumed(["live", "b"], since: before))
        words.say(.resumed, of: [])
        #expect(words.leftOut(["live", "b"]) == nil && words.isResumed(["live", "b"], since: before))
        words.say(.paused, of: ["live"])
        #expect(words.leftOut(["live", "late", "a"])?.part == ["live"])
    }

    @Test func whatIsCancelledDoesNotComeWhateverIsSaidLater() {
        var words = PartWords()
        words.say(.paused, of: ["live", "a"])
        words.say(.cancelled, of: ["live"])
        words.say(.resumed, of: [])
        words.say(.paused, of: ["live"])
        #expect(words.leftOut(["live", "a"])?.word == .cancelled)
        #expect(!words.isResumed(["live", "a"], since: 0))
    }
}
