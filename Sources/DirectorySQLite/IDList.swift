/// Many ids as one argument of a statement: asking for each by itself takes several times as long as reading it.
enum IDList {
    /// Begins a statement in which `wanted` has them, in their order, as `number`. `:ids` is what ``text(_:)`` makes of them.
    static let wanted = "WITH wanted (number) AS (SELECT value FROM json_each(:ids))"

    static func text(_ ids: [Int64]) -> String {
        var text = "["
        text.reserveCapacity(ids.count * 9 + 2)
        for (place, id) in ids.enumerated() {
            if place > 0 { text += "," }
            text += String(id)
        }
        return text + "]"
    }
}
