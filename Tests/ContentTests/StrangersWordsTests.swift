import Content
import Testing

/// Small things that strangers' names and sizes go through.
@Suite struct StrangersWordsTests {
    @Test func sumsOfSizesDoNotOverflow() {
        #expect([Int64]().saturatingSum == 0)
        #expect([1, 2, 3].map(Int64.init).saturatingSum == 6)
        #expect(Array(repeating: ContentID.maximumSize, count: 10_000).saturatingSum == .max)
        #expect([.max, 1, 1].saturatingSum == Int64.max)
    }

    @Test(arguments: [
        ("/a/b", ["a", "b"]), ("a//b/", ["a", "b"]), ("", []), ("/", []),
        ("a/\u{301}b/c", ["a", "\u{301}b", "c"]), ("a\u{20D2}/b", ["a\u{20D2}", "b"]),
    ])
    func pathsArePartedAtTheirSlashes(path: String, parts: [String]) {
        #expect(path.pathParts == parts)
    }
}
