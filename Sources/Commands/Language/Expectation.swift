import Terminal

/// What may stand at a place of a line.
enum Expectation: Hashable, Sendable {
    case verb
    case option([OptionForm])
    case argument(ArgumentForm)
    case nothing

    /// - Parameters:
    ///   - words: Those that are finished.
    ///   - typed: What of the next one stands there.
    init(after words: [String], typed: String) {
        guard let first = words.first else {
            self = .verb
            return
        }
        guard let verb = Verb(word: first) else {
            self = .nothing
            return
        }
        let form = verb.form
        var arguments: [String] = []
        var rest = words.dropFirst()
        var takesOptions = true
        while let word = rest.popFirst() {
            if !takesOptions || !word.hasPrefix("-") {
                arguments.append(word)
            } else if word == "--" {
                takesOptions = false
            } else if let value = form.option(named: word)?.value, rest.popFirst() == nil {
                self = .argument(value)
                return
            }
        }
        if takesOptions, typed.hasPrefix("-") {
            self = .option(form.options + Manner.options)
        } else {
            self = Self.argument(arguments, of: verb)
        }
    }

    private static func argument(_ arguments: [String], of verb: Verb) -> Expectation {
        // What stands before a rate is a direction only behind a transfer.
        if verb == .limit, let first = arguments.first, Command.limits.contains(first) { return .nothing }
        return verb.form.argument(at: arguments.count).map(Expectation.argument) ?? .nothing
    }
}
