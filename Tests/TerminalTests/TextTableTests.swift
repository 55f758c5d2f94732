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

    /// The last column is never cut.
    @Test func narrowWindows() {
        #expect(
            table.lines(width: 30) == [
                "  SIZE  OWNERS      NAME", "   1 B  hans        a.pdf", "23 KiB  vader, yo…  文␛书",
                "     -  leia        ",
            ])
        #expect(table.lines(width: 1)[2] == "23 KiB  vader, …  文␛书")
    }

    @Test func withoutRowsThereIsTheHead() { #expect(TextTable([.init("A")], rows: []).lines(width: 80) == ["A"]) }
}
