import NodeControl
import PeerNode
import Testing
import Wire

/// What is left out of a folder is looked through only where something was said, however many of the others end.
@Suite struct RestingFilesTests {
    private static let reason = NodeFailure.pausedElsewhere(name: "music/live")

    private func path(_ names: String...) throws -> [FileName] { try names.map { try FileName($0) } }

    @Test func whatIsResumedRestsNoLonger() throws {
        var words = PartWords()
        words.say(.paused, of: ["live"])
        var resting = RestingFiles()
        for name in ["a", "b"] {
            let rests = resting.add(
                try path("live", name), for: Self.reason, by: ["live", name], begunAfter: 0, words)
            #expect(rests)
        }
        #expect(resting.takeResumed(words).isEmpty && resting.all.count == 2)
        words.say(.resumed, of: ["live", "b"])
        #expect(try resting.takeResumed(words) == [path("live", "b")])
        #expect(try resting.all.map(\.path) == [path("live", "a")] && resting.all[0].reason == Self.reason)
        words.say(.resumed, of: [])
        #expect(try resting.takeResumed(words) == [path("live", "a")])
        #expect(resting.all.isEmpty)
    }

    @Test func itIsLookedOnlyWhereSomethingWasSaid() throws {
        var words = PartWords()
        words.say(.paused, of: ["a"])
        var resting = RestingFiles()
        #expect(resting.add(try path("a"), for: Self.reason, by: ["a"], begunAfter: 0, words))
        #expect(resting.takeResumed(words).isEmpty)
        // As many words, so that none is new, whatever they say.
        var others = PartWords()
        others.say(.resumed, of: ["a"])
        #expect(resting.takeResumed(others).isEmpty)
        others.say(.resumed, of: ["b"])
        #expect(try resting.takeResumed(others) == [path("a")])
    }

    /// Before it has ended.
    @Test func whatIsResumedMeanwhileDoesNotRest() throws {
        var words = PartWords()
        words.say(.paused, of: ["a"])
        words.say(.resumed, of: ["a"])
        var resting = RestingFiles()
        #expect(resting.takeResumed(words).isEmpty)
        #expect(!resting.add(try path("a"), for: Self.reason, by: ["a"], begunAfter: 0, words))
        #expect(resting.all.isEmpty)
        // What was said before it began is over.
        #expect(resting.add(try path("a"), for: Self.reason, by: ["a"], begunAfter: 2, words))
    }

    /// One of the same content goes by the word on that.
    @Test func theWordOnAnotherCounts() throws {
        var words = PartWords()
        words.say(.paused, of: ["a"])
        var resting = RestingFiles()
        #expect(resting.add(try path("b"), for: Self.reason, by: ["a"], begunAfter: 1, words))
        words.say(.resumed, of: ["a"])
        #expect(try resting.takeResumed(words) == [path("b")])
    }
}
