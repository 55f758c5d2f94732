import Content
import Library
import PeerNode
import Testing
import Wire

@Suite struct AskedNameTests {
    private func record(_ name: String, _ path: [String] = [], of owner: String?, digit: UInt8 = 0x11) throws
        -> TransferRecord
    {
        let root = try #require(Hash256(Array(repeating: digit, count: 32)))
        return TransferRecord(
            number: 1, place: 1, priority: 0, content: try #require(ContentID(root: root, size: 5)),
            origin: PublicationID(rawValue: 1), name: try FileName(name), path: path, folder: "/here", target: "a",
            owner: owner.flatMap { UserName($0) })
    }

    @Test func whoChoosesAnOwnerMeansNobodyElses() throws {
        let (hers, his) = (try record("a.pdf", of: "petra"), try record("a.pdf", of: "hans"))
        #expect(AskedName("a.pdf").means(hers))
        #expect(AskedName("a.pdf").means(his))
        #expect(AskedName("a.pdf@hans").means(his))
        #expect(!AskedName("a.pdf@hans").means(hers))
        // Of what an earlier version began nobody knows whose it is.
        #expect(AskedName("a.pdf@hans").means(try record("a.pdf", of: nil)))
    }

    @Test func whoChoosesARootMeansNoOtherContent() throws {
        #expect(AskedName("a.pdf#1111").means(try record("a.pdf", of: "hans")))
        #expect(!AskedName("a.pdf#1111").means(try record("a.pdf", of: "hans", digit: 0x22)))
    }

    @Test(arguments: ["Music@hans", "Music/live@hans", "Music/live"])
    func ofAFolderToo(word: String) throws {
        #expect(AskedName(word).way(to: try record("Music", ["live", "song"], of: "hans")) != nil)
        #expect(
            (AskedName(word).way(to: try record("Music", ["live", "song"], of: "petra")) != nil) == !word.contains("@"))
        #expect(AskedName(word).way(to: try record("Musik", ["live", "song"], of: "hans")) == nil)
    }

    @Test func aNameThatHasTheSignInItIsAName() throws {
        #expect(AskedName("a@b").means(try record("a@b", of: "hans")))
        #expect(!AskedName("a@b").means(try record("a@b", ["c"], of: "hans")))
    }
}
