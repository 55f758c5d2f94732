import Commands
import Logging
import Terminal
import Testing

/// What others can have this program log is bounded, and what is left out is counted.
struct LogPacingTests {
    private let begin = ContinuousClock.now

    /// How many were left out before each that is told.
    private func told(_ pacing: inout LogPacing, _ kind: LogPacing.Kind, _ count: Int, after time: Duration) -> [Int] {
        (0..<count).compactMap { _ in pacing.admits(kind, at: begin + time) }
    }

    @Test func ofLinesThatSayTheSameAFewAreToldAMinute() {
        var pacing = LogPacing()
        let (hans, vader) = (LogPacing.Kind("Not served", of: "hans"), LogPacing.Kind("Not served", of: "vader"))
        let none = [Int](repeating: 0, count: LogPacing.limit)
        let first = told(&pacing, vader, 1_000, after: .zero)
        #expect(first == none)
        for kind in [hans, LogPacing.Kind("No ticket", of: "vader")] {
            let other = told(&pacing, kind, 1, after: .zero)
            #expect(other == [0])
        }
        let late = told(&pacing, vader, 1_000, after: .seconds(59))
        #expect(late == [])
        let next = told(&pacing, vader, 1_000, after: LogPacing.period)
        #expect(next == [2_000 - LogPacing.limit] + none.dropLast())
        let other = told(&pacing, hans, 1, after: LogPacing.period)
        #expect(other == [0])
    }

    @Test func theLogIsPacedUnlessSomebodyLooksClosely() {
        for (level, expected) in [(Logger.Level.info, LogPacing.limit), (.debug, 100)] {
            let errors = Written()
            let console = Console(output: Written(), errors: errors, showsProgress: false)
            let log = ConsoleLog(console: console, logLevel: level)
            // As each part of a program has a copy of it.
            for _ in 0..<100 { Logger(label: "test") { _ in log }.warning("Not served", metadata: ["member": "vader"]) }
            #expect(errors.text.split(separator: "\n").count == expected)
            #expect(errors.text.hasPrefix("warning: Not served member=vader\n"))
        }
    }

    @Test func manyNamesTakeNoMoreMemory() {
        var pacing = LogPacing()
        func told(_ name: String, _ count: Int = 1) -> [Int] {
            self.told(&pacing, LogPacing.Kind("Not served", of: name), count, after: .zero)
        }
        for number in 0..<LogPacing.capacity { _ = told("\(number)", 99) }
        let known = told("0")
        #expect(known == [])
        let (more, again) = (told("one more"), told("0"))
        #expect(more == [0] && again == [0])
    }
}
