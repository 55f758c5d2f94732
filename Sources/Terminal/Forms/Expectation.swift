/// What may stand at a place of a command line.
package enum Expectation: Hashable, Sendable {
    case command
    case option([OptionForm])
    case argument(ArgumentForm)
    /// The same behind an equals sign: what is typed begins with `start`.
    case value(ArgumentForm, start: String)
    case nothing

    /// - Parameters:
    ///   - words: Those that are finished.
    ///   - typed: What of the next one stands there.
    ///   - groups: All commands, and the options that each takes.
    ///   - leading: Options that may stand before the command.
    package init(after words: [String], typed: String, among groups: [FormGroup], leading: [OptionForm] = []) {
        var rest = words[...]
        while let word = rest.first,
            let option = leading.first(where: { $0.names.contains(word) || $0.start(of: word) != nil })
        {
            rest.removeFirst()
            if let value = option.value, option.start(of: word) == nil, rest.popFirst() == nil {
                self = .argument(value)
                return
            }
        }
        guard let first = rest.popFirst() else {
            self = Self.option(typed, among: leading) ?? .command
            return
        }
        guard let (form, common) = Self.form(first, groups) else {
            self = .nothing
            return
        }
        var arguments: [String] = []
        var takesOptions = true
        while let word = rest.popFirst() {
            if !takesOptions || !word.hasPrefix("-") {
                arguments.append(word)
            } else if word == "--" {
                takesOptions = false
            } else if let value = (form.options + common).first(where: { $0.names.contains(word) })?.value,
                rest.popFirst() == nil
            {
                self = .argument(value)
                return
            }
        }
        let option = takesOptions ? Self.option(typed, among: form.options + common) : nil
        self = option ?? Self.argument(of: form, after: arguments)
    }

    /// Nil where no option is begun, or none is to be had.
    private static func option(_ typed: String, among options: [OptionForm]) -> Expectation? {
        guard typed.hasPrefix("-"), !options.isEmpty else { return nil }
        for option in options {
            if let value = option.value, let start = option.start(of: typed) { return .value(value, start: start) }
        }
        return .option(options)
    }

    private static func form(_ word: String, _ groups: [FormGroup]) -> (CommandForm, [OptionForm])? {
        for group in groups {
            if let form = group.commands.first(where: { $0.words.contains(word) }) { return (form, group.common) }
        }
        return nil
    }

    private static func argument(of form: CommandForm, after arguments: [String]) -> Expectation {
        // Where a word stands for all transfers, or for no transfer at all, what follows is another matter.
        if let first = form.arguments.first, first.kind == .transfer, let word = arguments.first,
            first.words.contains(word)
        {
            return .nothing
        }
        return form.argument(at: arguments.count).map(Expectation.argument) ?? .nothing
    }
}
