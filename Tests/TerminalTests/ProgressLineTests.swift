import Terminal
import Testing

@Suite struct ProgressLineTests {
    private let line = ProgressLine(
        verb: "Fetching", name: "holiday.mov", done: 64 << 20, total: 256 << 20, rate: 12_900_000, sources: 2)

    @Test(arguments: [
        (
            120,
            "Fetching holiday.mov  25% [#####---------------]  64.0 MiB/256 MiB  12.9 MB/s  ETA 16s  2 sources"
        ),
        (80, "Fetching holiday.mov  25%  64.0 MiB/256 MiB  12.9 MB/s  ETA 16s  2 sources"),
        (60, " 25%  64.0 MiB/256 MiB  12.9 MB/s  ETA 16s  2 sources"),
        (40, "Fetching holi…  25%  12.9 MB/s  ETA 16s"),
        (20, " 25%  ETA 16s"), (5, " 25%"), (1, ""), (0, ""),
    ]) func fits(columns: Int, expected: String) {
        #expect(line.rendered(columns: columns) == expected)
    }

    /// The last rate and what would be left of the time say nothing of it.
    @Test(arguments: [
        (120, "Fetching holiday.mov  25% [######------------------]  64.0 MiB/256 MiB  waiting for hans"),
        (64, "Fetching holiday.mov  25%  64.0 MiB/256 MiB  waiting for hans"), (24, " 25%  waiting for hans"),
    ]) func whoIsWaitedForStandsInPlaceOfTheRate(columns: Int, expected: String) {
        var line = line
        line.waiting = "waiting for hans"
        #expect(line.rendered(columns: columns) == expected)
    }

    @Test func neverWiderThanTheWindow() {
        for columns in 0...200 {
            for name in ["a", "文件文件文件文件文件文件文件文件", "\u{1B}[2J" + String(repeating: "x", count: 255)] {
                let line = ProgressLine(verb: "Reading", name: name, done: 1, total: .max, rate: 1, sources: nil)
                #expect(DisplayWidth.columns(of: line.rendered(columns: columns)) <= max(0, columns - 1))
                #expect(!line.rendered(columns: columns).contains("\u{1B}"))
            }
        }
    }

    @Test(arguments: [(Int64(0), Int64(0), 100), (0, 10, 0), (999, 1_000, 99), (1_000, 1_000, 100), (-5, 10, 0)])
    func percent(done: Int64, total: Int64, expected: Int) {
        #expect(ProgressLine(verb: "", name: "", done: done, total: total).percent == expected)
    }

    @Test func nothingIsGuessedWithoutARate() {
        let line = ProgressLine(verb: "Reading", name: "a", done: 0, total: 1_024)
        #expect(line.rendered(columns: 100).hasSuffix("]  0 B/1.00 KiB"))
    }
}
