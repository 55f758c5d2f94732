/// One line that says how far some work is: percent, bar, done/total, rate, time left, number of sources; or for whom it waits.
///
/// Pure: a window of any width gets what fits of it, and the most telling parts.
package struct ProgressLine: Hashable, Sendable {
    /// `Hashing` or `Fetching`
    package var verb: String
    package var name: String
    /// In bytes
    package var done: Int64
    package var total: Int64
    /// Bytes a second, nil where nothing is known yet
    package var rate: Double?
    /// nil where sources make no sense
    package var sources: Int?
    /// Which ways they are linked: `direct`
    package var paths: [String]
    /// What is counted, where it is not bytes: `rows`
    package var unit: String?
    /// What it says in place of how fast it goes, such as `waiting for hans`; nil while it goes on
    package var waiting: String?

    package init(
        verb: String, name: String, done: Int64, total: Int64, rate: Double? = nil, sources: Int? = nil,
        paths: [String] = [], unit: String? = nil, waiting: String? = nil
    ) {
        self.verb = verb
        self.name = name
        self.done = done
        self.total = total
        self.rate = rate
        self.sources = sources
        self.paths = paths
        self.unit = unit
        self.waiting = waiting
    }

    /// 0 to 100; 100 only when all is done.
    package var percent: Int {
        guard total > 0 else { return 100 }
        let share = Double(max(0, done)) / Double(total)
        return done >= total ? 100 : min(99, Int(share * 100))
    }

    /// The line, at most `columns` wide: one column is always left free, so that no terminal wraps.
    package func rendered(columns: Int) -> String {
        let width = max(0, columns - 1)
        let share = percent < 10 ? "  \(percent)%" : percent < 100 ? " \(percent)%" : "100%"
        var left = width - share.count
        var chosen: Set<Fact> = []
        for fact in facts.sorted(by: { $0.worth > $1.worth }) {
            let cost = fact.text.count + 2
            guard left >= cost else { break }
            chosen.insert(fact)
            left -= cost
        }
        let hasBar = left >= Self.leastBar + 1 + Self.leastName
        let bar = hasBar ? " " + Self.bar(percent, cells: min(Self.mostBar, left / 3)) : ""
        left -= bar.count
        let hasTitle = left > Self.leastName
        let title = hasTitle ? DisplayWidth.truncated("\(verb) \(SafeText(name))", to: left - 1) + " " : ""
        let shown = facts.filter { chosen.contains($0) }.map { "  " + $0.text }.joined()
        return DisplayWidth.truncated(title + share + bar + shown, to: width)
    }

    private struct Fact: Hashable {
        var text: String
        /// What has less is left out first.
        var worth: Int
    }

    /// In the order in which they are shown.
    private var facts: [Fact] {
        let amount =
            unit.map { "\(done)/\(total) \($0)" } ?? "\(HumanUnits.size(done))/\(HumanUnits.size(total))"
        var facts = [Fact(text: amount, worth: 2)]
        if let waiting { return facts + [Fact(text: SafeText(waiting).text, worth: 3)] }
        if let rate, rate > 0 {
            facts.append(Fact(text: HumanUnits.rate(rate), worth: 3))
            if done < total {
                facts.append(Fact(text: "ETA " + HumanUnits.timeLeft(seconds: Double(total - done) / rate), worth: 4))
            }
        }
        if let sources {
            facts.append(Fact(text: HumanUnits.counted(sources, "source"), worth: 1))
            if !paths.isEmpty { facts.append(Fact(text: paths.joined(separator: ", "), worth: 0)) }
        }
        return facts
    }

    private static let leastBar = 12
    private static let mostBar = 30
    private static let leastName = 14

    private static func bar(_ percent: Int, cells: Int) -> String {
        let inner = max(1, cells - 2)
        let full = percent * inner / 100
        return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: inner - full) + "]"
    }
}
