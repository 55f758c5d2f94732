import Content

extension Search {
    /// `s` the words; what is as a rule left out: `f` ignores case, `z` sizes and `t` times, `x` extensions, `u` the owner,
    /// `o` the order, `r` reversed. `n` the number.
    var arguments: BencodeDictionary {
        [
            "f": .flag(query.ignoresCase),
            "n": .integer(number),
            "o": query.order == .name ? nil : .integer(query.order.rawValue),
            "r": .flag(query.isReversed),
            "s": query.words.isEmpty ? nil : .list(query.words.map(Bencode.string)),
            "t": query.times.map(Self.field),
            "u": query.owner?.field,
            "x": query.extensions.isEmpty ? nil : .list(query.extensions.map(Bencode.text)),
            "z": query.sizes.map(Self.field),
        ]
    }

    init(arguments: BencodeDictionary) throws(MalformedField) {
        guard let order = SearchQuery.Order(rawValue: arguments["o"] == nil ? 0 : try arguments.integer("o"))
        else { throw MalformedField() }
        let query = SearchQuery(
            words: try arguments.strings("s", atMost: SearchQuery.wordLimit) { $0 },
            ignoresCase: try arguments.flag("f"),
            sizes: try Self.range(arguments, "z"), times: try Self.range(arguments, "t"),
            extensions: try arguments.strings("x", atMost: SearchQuery.extensionLimit) {
                String(validating: $0, as: UTF8.self)
            },
            owner: try arguments.valueIfPresent("u"), order: order, isReversed: try arguments.flag("r"))
        guard query.isPossible else { throw MalformedField() }
        self.init(query, number: try arguments.integer("n", in: 0...Int64.max))
    }

    private static func field(_ range: ClosedRange<Int64>) -> Bencode {
        .list([.integer(range.lowerBound), .integer(range.upperBound)])
    }

    private static func range(_ arguments: BencodeDictionary, _ key: String)
        throws(MalformedField) -> ClosedRange<Int64>?
    {
        guard let value = arguments[key] else { return nil }
        guard let ends = value.list, ends.count == 2, let lower = ends[0].integer, let upper = ends[1].integer,
            lower <= upper
        else { throw MalformedField() }
        return lower...upper
    }
}
