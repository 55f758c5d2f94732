import Terminal
import Testing

@Suite struct HelpTextTests {
    private let text = """
        OVERVIEW: Do something that takes a long sentence to say.

        EXAMPLES
          A caption that is longer than the window is:
            program --option

        USAGE: program [--option <value>] [--another-option <value>]

        OPTIONS:
          -o, --option <value>    What it does, in a few words.
          --another-option <value>
                                  What this one does.
          -h, --help              Show help information.

        """

    @Test func wideEnough() {
        #expect(HelpText.laidOut(text, columns: 80) == text)
    }

    /// At words, and nothing is lost.
    @Test func narrow() {
        let lines = HelpText.laidOut(text, columns: 34)
        #expect(
            lines == """
                OVERVIEW: Do something that takes
                a long sentence to say.

                EXAMPLES
                  A caption that is longer than
                    the window is:
                    program --option

                USAGE: program [--option <value>]
                           [--another-option <value>]

                OPTIONS:
                  -o, --option <value>
                      What it does, in a few
                      words.
                  --another-option <value>
                      What this one does.
                  -h, --help
                      Show help information.

                """)
    }
}
