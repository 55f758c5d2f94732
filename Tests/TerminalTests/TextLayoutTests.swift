import Terminal
import Testing

@Suite struct TextLayoutTests {
    @Test func paragraphsAreFilled() {
        let page = TextLayout.page("one two\nthree four\n\nfive", columns: 13)
        #expect(page == "one two three\nfour\n\nfive")
        #expect(TextLayout.page("averylongword and more", columns: 8) == "averylongword\nand more")
    }

    @Test(arguments: [
        ("short  enough", 20, "short  enough"),
        ("one two three\n  indented and long", 12, "one two\n  three\n  indented\n    and long"),
        ("3  active  2%  film.mkv", 14, "3  active  2%\n  film.mkv"),
        ("averylongword and more", 8, "averylongword\n  and\n  more"),
        ("Do you mean it? [y/N] ", 12, "Do you mean\n  it? [y/N] "), ("", 5, ""), ("a\n\nb", 5, "a\n\nb"),
    ]) func whatIsTooLongGoesOnBelow(text: String, columns: Int, expected: String) {
        #expect(TextLayout.wrapped(text, columns: columns) == expected)
    }

    private static let examples = """
          get a                 the file a
          get "my notes.txt"    a name with a space, which is put in quotes
          queue
        """

    @Test func examplesStandSideBySide() {
        #expect(
            TextLayout.page(Self.examples, columns: 80) == """
                  get a               the file a
                  get "my notes.txt"  a name with a space, which is put in quotes
                  queue
                """)
        #expect(
            TextLayout.page(Self.examples, columns: 52) == """
                  get a               the file a
                  get "my notes.txt"  a name with a space, which is
                                      put in quotes
                  queue
                """)
    }

    @Test func inANarrowWindowTheyStandBelow() {
        #expect(
            TextLayout.page(Self.examples, columns: 30) == """
                  get a
                      the file a
                  get "my notes.txt"
                      a name with a space,
                      which is put in quotes
                  queue
                """)
    }

    /// Where a few are long, these have a line of their own.
    @Test func longOnesDoNotPushTheOthersAway() {
        let rows = [
            TextLayout.Row(left: "short", right: "one"),
            TextLayout.Row(left: "a very long usage of some command", right: "the other, with a longer explanation"),
        ]
        #expect(
            TextLayout.table(rows, columns: 70) == [
                "  short                         one",
                "  a very long usage of some command",
                "                                the other, with a longer explanation",
            ])
    }
}
