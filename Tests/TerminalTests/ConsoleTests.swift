import Synchronization
import Terminal
import Testing

/// Collects what is written.
final class Screen: TextSink {
    private let state = Mutex("")
    private let isOpen: Bool

    init(isOpen: Bool = true) { self.isOpen = isOpen }

    var text: String { state.withLock { $0 } }
    let failure: String? = nil

    func write(_ text: String) -> Bool {
        if isOpen { state.withLock { $0 += text } }
        return isOpen
    }
}

final class Prompt: PromptHolder {
    private let remarks = Mutex("")
    var text: String { remarks.withLock { $0 } }
    func interpose(_ text: String) { remarks.withLock { $0 += text } }
}

@Suite struct ConsoleTests {
    private let output = Screen()
    private let errors = Screen()

    private func console(showsProgress: Bool = true) -> Console {
        Console(output: output, errors: errors, showsProgress: showsProgress)
    }

    @Test func linesAndRemarksGoTheirOwnWays() {
        let console = console()
        console.line("1 file found:")
        console.remark("Careful.")
        #expect(output.text == "1 file found:\n")
        #expect(errors.text == "Careful.\n")
    }

    @Test func aRemarkTakesTheProgressLineAwayAndBringsItBack() {
        let console = console()
        console.progress("50%")
        console.remark("Careful.")
        console.progress(nil)
        console.progress(nil)
        #expect(errors.text == "\r50%\u{1B}[K" + "\r\u{1B}[K" + "Careful.\n" + "\r50%\u{1B}[K" + "\r\u{1B}[K")
    }

    @Test func withoutATerminalThereIsNoProgress() {
        let console = console(showsProgress: false)
        console.progress("50%")
        console.line("a")
        #expect(errors.text.isEmpty)
    }

    @Test func remarksGoAboveAPrompt() {
        let console = console()
        let prompt = Prompt()
        console.beginPrompt(prompt)
        console.remark("Back.")
        #expect(prompt.text == "Back.\n")
        #expect(errors.text.isEmpty)
        console.endPrompt { "late\n" }
        console.remark("Away.")
        #expect(errors.text == "late\nAway.\n")
    }

    @Test func noticesThatNobodyReads() {
        let console = Console(output: Screen(isOpen: false), errors: errors, showsProgress: false)
        #expect(console.isRead)
        console.line("a")
        #expect(!console.isRead)
    }

    @Test func progressComesAtMostTenTimesASecondAndNotForMoments() {
        let now = Mutex(ContinuousClock().now)
        let display = ProgressDisplay(console: console(), columns: { 10 }, now: { now.withLock { $0 } })
        func pass(_ milliseconds: Int) { now.withLock { $0 = $0.advanced(by: .milliseconds(milliseconds)) } }
        for done in 0..<100 {
            display.show(ProgressLine(verb: "", name: "", done: Int64(done), total: 100))
            pass(10)
        }
        let shown = errors.text.split(separator: "\u{1B}[K").map { $0.filter { $0 != "\r" && $0 != " " } }
        #expect(shown == ["25%", "35%", "45%", "55%", "65%", "75%", "85%", "95%"])
        display.end()
        let before = errors.text
        pass(1_000)
        display.show(ProgressLine(verb: "", name: "", done: 1, total: 100))
        #expect(errors.text == before)
    }
}
