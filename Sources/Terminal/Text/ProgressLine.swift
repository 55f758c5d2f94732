/// One line that says how far some work is: percent, bar, done/total, rate, time left, number of sources.
///
/// Pure: a window of any width gets what fits, the most telling parts first.
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

    package init(verb: String, name: String, done: Int64, total: Int64, rate: Double? = nil, sources: Int? = nil) {
        self.verb = verb
        self.name = name
        self.done = done
        self.total = total
        self.rate = rate
        self.sources = sources
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
        var parts: [String] = []
        var left = width - share.count
        for part in facts {
            let cost = part.count + 2
            guard left >= cost else { break }
            parts.append(part)
            left -= cost
        }
        let bar =
            left >= Self.leastBar + 1 + Self.leastName ? Self.bar(percent, cells: min(Self.mostBar, left / 3)) : ""
        if !bar.isEmpty { left -= bar.count + 1 }
        let title = DisplayWidth.truncated("\(verb) \(SafeText(name))", to: max(0, left - 1))
        let showsTitle = left - 1 >= Self.leastName
        let pieces = (showsTitle ? [title + " " + share] : [share]) + (bar.isEmpty ? [] : [bar])
        let line = (pieces.joined(separator: " ")) + parts.map { "  " + $0 }.joined()
        return DisplayWidth.truncated(line, to: width)
    }

    /// In the order in which they are worth their room.
    private var facts: [String] {
        var facts: [String] = []
        let rate = rate.flatMap { $0 > 0 ? $0 : nil }
        if let rate, done < total {
            facts.append("ETA " + HumanUnits.timeLeft(seconds: Double(total - done) / rate))
        }
        if let rate { facts.append(HumanUnits.rate(rate)) }
        facts.append("\(HumanUnits.size(done))/\(HumanUnits.size(total))")
        if let sources { facts.append(HumanUnits.counted(sources, "source")) }
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
