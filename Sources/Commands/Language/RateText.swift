import NodeControl

/// Rates as people type and read them: `500k`, `1.5M`, `2 MiB/s`, `none`. Units are those of bytes; k, M
/// and G count in thousands, Ki, Mi and Gi in 1,024.
enum RateText {
    private static let units: [(name: String, factor: Int)] = [
        ("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20), ("MB", 1_000_000), ("KiB", 1 << 10), ("kB", 1_000),
    ]

    /// Whether two words are one rate with a space in it.
    static func isSpaced(_ number: String, _ unit: String) -> Bool {
        unit.first?.isLetter == true && parse(number) != nil && Double(number) != nil && parse(number + unit) != nil
    }

    /// Nil for what is no rate; `.some(nil)` for none, which is no limit.
    static func parse(_ text: String) -> Int?? {
        if text == "none" { return .some(nil) }
        let perSecond = text.hasSuffix("/s") ? String(text.dropLast(2)) : text
        let number = perSecond.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let factor = factor(String(perSecond.dropFirst(number.count))), number.first?.isNumber == true,
            number.last?.isNumber == true, let value = Double(number),
            let rate = Int(exactly: (value * Double(factor)).rounded())
        else { return nil }
        return rate
    }

    private static func factor(_ unit: String) -> Int? {
        if ["", "B"].contains(unit) { return 1 }
        // `k`, `K`, `kB` and `KB`; `Mi` and `MiB`.
        let name = unit.hasPrefix("K") && !unit.hasPrefix("Ki") ? "k" + unit.dropFirst() : unit
        return units.first { $0.name == name || $0.name == name + "B" }?.factor
    }

    /// In the largest unit in which it is a whole number.
    static func text(_ rate: Int?) -> String {
        guard let rate else { return "none" }
        guard rate > 0 else { return "0" }
        guard let unit = units.first(where: { rate % $0.factor == 0 }) else { return "\(rate) B/s" }
        return "\(rate / unit.factor) \(unit.name)/s"
    }
}
