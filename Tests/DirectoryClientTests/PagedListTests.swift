import DirectoryClient
import TestKit
import Testing
import Wire

/// A list of names on a server that cuts it as ``PagePacker`` does.
struct ListedNames {
    var names: [FileName]

    init(count: Int, byteCount: Int = 255) throws {
        names = try (0..<count).map { number in
            let digits = String(number)
            return try FileName(
                String(repeating: "0", count: 7 - digits.count) + digits
                    + String(repeating: "n", count: byteCount - 7))
        }
    }

    func answers(_ window: PageWindow) -> [DirectoryAnswer] {
        var packer = PagePacker(window) { DirectoryAnswer.names($0) }
        let start = names.firstIndex { window.after.lexicographicallyPrecedes($0.bytes) } ?? names.count
        for name in names[start...] {
            guard packer.add(FoundName(name), key: name.bytes) else { return packer.answers(isEnd: false) }
        }
        return packer.answers(isEnd: true)
    }
}

extension [DirectoryAnswer] {
    var names: [FileName] {
        flatMap { answer -> [FileName] in if case .names(let page) = answer { page.items.map(\.name) } else { [] } }
    }
}

struct PagedListTests {
    @Test(arguments: [0, 1, 3, 4, 5, 127, 128, 129, 1_000]) func putsListsOfAnyLengthTogether(count: Int) throws {
        let listed = try ListedNames(count: count)
        var list = PagedList()
        var windows = 0
        asking: while true {
            let base = list.position
            windows += 1
            try #require(windows < 100)
            let answers = listed.answers(list.nextWindow())
            try #require(!answers.isEmpty)
            for (number, answer) in answers.enumerated() {
                let progress = list.receive(answer, base: base)
                if progress == .complete { break asking }
                #expect(progress == (number == answers.count - 1 ? .windowFull : .progress))
            }
        }
        #expect(list.pages.names == listed.names)
        #expect(windows >= 1 + (count - 1) / 128)
    }

    @Test func survivesLossRepetitionAndAnyOrder() throws {
        var random = SeededRandom.fresh()
        let listed = try ListedNames(count: 700)
        for _ in 0..<Scale.count(200) {
            var list = PagedList()
            var old: [(DirectoryAnswer, Int)] = []
            var rounds = 0
            asking: while true {
                rounds += 1
                try #require(rounds < 1_000, "seed \(random.seed)")
                let base = list.position
                let window = list.nextWindow()
                #expect(window.wanted & 1 == 1)
                var arriving = listed.answers(window).filter { _ in random.next() % 10 < 7 }.map { ($0, base) }
                old = (old + arriving).suffix(60)
                arriving += old.filter { _ in random.next() % 10 == 0 }
                for (answer, base) in arriving.shuffled(using: &random) {
                    switch list.receive(answer, base: base) {
                    case .complete: break asking
                    case .malformed(let detail): Issue.record("\(detail), seed \(random.seed)")
                    default: break
                    }
                }
            }
            #expect(list.pages.names == listed.names, "seed \(random.seed)")
        }
    }

    /// What is there all the time is listed once, whatever comes and goes meanwhile.
    @Test func keepsWhatStaysWhileTheListChanges() throws {
        var random = SeededRandom.fresh()
        let constant = try ListedNames(count: 400)
        for _ in 0..<Scale.count(100) {
            var list = PagedList()
            var rounds = 0
            asking: while true {
                rounds += 1
                try #require(rounds < 2_000, "seed \(random.seed)")
                var listed = constant
                for _ in 0..<Int.random(in: 0...20, using: &random) {
                    let place = Int.random(in: 0..<400, using: &random)
                    listed.names.append(try FileName(constant.names[place].text.prefix(100) + "+\(random.next())"))
                }
                listed.names.sort()
                let base = list.position
                for answer in listed.answers(list.nextWindow()).filter({ _ in random.next() % 10 < 7 }) {
                    if list.receive(answer, base: base) == .complete { break asking }
                }
            }
            let names = list.pages.names
            #expect(Set(names).count == names.count, "seed \(random.seed)")
            #expect(Set(names).isSuperset(of: constant.names), "seed \(random.seed)")
        }
    }

    @Test func asksForNoMoreThanIsWanted() throws {
        let long = try ListedNames(count: 2_000)
        var list = PagedList(limit: 40)
        let first = list.nextWindow()
        for answer in long.answers(first) { _ = list.receive(answer, base: 0) }
        #expect(list.position == 32)
        let second = list.nextWindow()
        #expect(second.wanted == 0xFF)
        let base = list.position
        let progress = long.answers(second).map { list.receive($0, base: base) }
        #expect(progress.last == .complete)
        #expect(list.pages.count == 40)
        #expect(list.pages.last?.isLast == false)
    }

    @Test func endsWhereTheListHasShrunk() throws {
        let long = try ListedNames(count: 40)
        var short = long
        short.names.removeLast(25)
        var list = PagedList()
        let answers = long.answers(list.nextWindow())
        for answer in answers.prefix(3) { #expect(list.receive(answer, base: 0) == .progress) }
        let rest = short.answers(list.nextWindow())
        var progress = PagedList.Progress.nothing
        for answer in rest { progress = list.receive(answer, base: 3) }
        #expect(progress == .complete)
        #expect(list.pages.names == short.names)
    }

    static let name = try? FileName("a")

    @Test(arguments: [
        Page(number: 32, after: [], last: [1], isFinal: false, items: [name]),
        Page(number: -1, after: [], last: [1], isFinal: false, items: [name]),
        // Leads nowhere: the same window would be asked for for ever.
        Page(number: 0, after: [], last: [], isFinal: false, items: []),
        Page(number: 0, after: [], last: [], isFinal: false, items: [name]),
        Page(number: 0, after: [], last: [1], isFinal: true, items: []),
    ]) func refusesPagesThatMakeNoSense(page: Page<FileName?>) {
        var list = PagedList()
        _ = list.nextWindow()
        let page = Page(
            number: page.number, after: page.after, last: page.last, isFinal: page.isFinal,
            items: page.items.compactMap { $0.map { FoundName($0) } })
        guard case .malformed = list.receive(.names(page), base: 0) else {
            Issue.record("\(page) was taken")
            return
        }
    }

    @Test func refusesAnAnswerThatIsNoPage() {
        var list = PagedList()
        guard case .malformed = list.receive(.done, base: 0) else {
            Issue.record("it was taken")
            return
        }
    }
}

extension DirectoryAnswer {
    fileprivate var isLast: Bool? { if case .names(let page) = self { page.isFinal } else { nil } }
}
