import NodeControl

/// How what is looked for stands in the query of a request.
enum SearchParameters {
    static let word = "q"
    /// `true`.
    static let anyCase = "anycase"
    static let leastSize = "least"
    static let greatestSize = "greatest"
    static let newer = "newer"
    static let older = "older"
    /// A ``FileKind`` or an extension.
    static let kind = "kind"
    static let owner = "owner"
    static let order = "sort"
    /// `true`.
    static let reversed = "reversed"

    /// - Parameter part: Writes a text so that it can stand in a query.
    static func query(_ terms: SearchTerms, _ part: (String) -> String) -> String {
        var items = terms.words.map { (word, $0) } + terms.extensions.map { (kind, ".\($0)") }
        if terms.ignoresCase { items.append((anyCase, "true")) }
        for (name, number) in [
            (leastSize, terms.leastSize), (greatestSize, terms.greatestSize), (newer, terms.newerThan),
            (older, terms.olderThan),
        ] {
            if let number { items.append((name, String(number))) }
        }
        if let name = terms.owner { items.append((owner, name)) }
        if terms.order != .name { items.append((order, terms.order.rawValue)) }
        if terms.isReversed { items.append((reversed, "true")) }
        return items.map { "\($0)=\(part($1))" }.joined(separator: "&")
    }
}
