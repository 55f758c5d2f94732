import Terminal
import Testing

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("abc", 3), ("", 0), ("größe", 5), ("文件", 4), ("한글", 4), ("ｱ", 1), ("Ａ", 2), ("e\u{301}", 1), ("👍", 2),
        ("❤️", 1), ("👨‍👩‍👧", 6), ("\u{3000}", 2), ("…", 1), ("🇩🇪", 4),
    ]) func columns(text: String, expected: Int) {
        #expect(DisplayWidth.columns(of: text) == expected)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("文件文件", 5, "文件…"), ("文件文件", 4, "文…"), ("abc", 1, "…"),
        ("abc", 0, ""), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
    ]) func truncated(text: String, limit: Int, expected: String) {
        #expect(DisplayWidth.truncated(text, to: limit) == expected)
    }
}
