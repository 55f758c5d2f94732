import PeerNode
import Testing

@Suite struct FolderGetTests {
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
