import NodeControl
import Terminal

/// Rates as people type and read them: `500k`, `1.5M`, `2 MiB/s`, `none`, see ``ByteCountText``.
enum RateText {
    /// Whether two words are one rate with a space in it.
    static func isSpaced(_ number: String, _ unit: String) -> Bool {
        unit.first?.isLetter == true && parse(number) != nil && Double(number) != nil && parse(number + unit) != nil
    }

    /// Nil for what is no rate; `.some(nil)` for none, which is no limit.
    static func parse(_ text: String) -> Int?? {
        if text == "none" { return .some(nil) }
        let perSecond = text.hasSuffix("/s") ? String(text.dropLast(2)) : text
        guard let rate = ByteCountText.parse(perSecond) else { return nil }
        return rate
    }

    /// In the largest unit in which it is a whole number.
    static func text(_ rate: Int?) -> String {
        guard let rate else { return "none" }
        guard rate > 0 else { return "0" }
        guard let unit = ByteCountText.units.first(where: { rate % $0.factor == 0 }) else { return "\(rate) B/s" }
        return "\(rate / unit.factor) \(unit.name)/s"
    }
}
