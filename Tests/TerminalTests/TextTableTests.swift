import Terminal
import Testing

@Suite struct TextTableTests {
    private let table = TextTable(
        [.init("SIZE", isNumber: true), .init("OWNERS"), .init("NAME")],
        rows: [["1 B", "hans", "a.pdf"], ["23 KiB", "vader, yoda and many others", "文\u{1B}书"], ["-", "leia", ""]])

    @Test func columnsStandBelowEachOther() {
        #expect(
            table.lines(width: nil) == [
                "  SIZE  OWNERS                       NAME", "   1 B  hans                         a.pdf",
                "23 KiB  vader, yoda and many others  文␛书", "     -  leia                         ",
            ])
    }

    /// Nothing is cut.
    @Test func narrowWindows() {
        #expect(
            table.lines(width: 30) == [
                "  SIZE  OWNERS  NAME", "   1 B  hans    a.pdf", "23 KiB  vader, yoda and many others", "    文␛书",
                "     -  leia    ",
            ])
        #expect(table.lines(width: 42)[2] == "23 KiB  vader, yoda and many others  文␛书")
        let path = TextTable(
            [.init("KEY"), .init("VALUE"), .init("FROM")], rows: [["downloads", "/home/hans/Downloads", "set"]])
        #expect(path.lines(width: 34) == ["KEY        VALUE  FROM", "downloads  /home/hans/Downloads", "    set"])
    }

    @Test func withoutRowsThereIsTheHead() { #expect(TextTable([.init("A")], rows: []).lines(width: 80) == ["A"]) }
}
