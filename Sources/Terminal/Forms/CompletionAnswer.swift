/// What a program says when a shell asks how a command line may go on: a line with what kind it is and what of the word is
/// there already, then each choice on a line.
package enum CompletionAnswer: Hashable, Sendable {
    /// The shell knows them.
    case files(typed: String)
    case folders(typed: String)
    case words([String], typed: String)

    /// More are of no use to anybody.
    private static let most = 2_000

    package var text: String {
        switch self {
        case .files(let typed): "files \(SafeText(typed))\n"
        case .folders(let typed): "folders \(SafeText(typed))\n"
        case .words(let words, let typed):
            (["words \(SafeText(typed))"]
                + words.filter { $0.utf8.starts(with: typed.utf8) && Self.isHarmless($0) }.prefix(Self.most))
                .joined(separator: "\n") + "\n"
        }
    }

    /// Names are strangers'. Left out is what is not one line, what a terminal would take for more than text, and what bash
    /// does not quote when it completes a name: there it would be a command, a variable, or somebody's home.
    private static func isHarmless(_ word: String) -> Bool {
        SafeText(word).text == word && !word.hasPrefix("~") && !word.contains("`") && !word.contains("$")
    }
}

/// What a shell asks with `complete`: `--line LINE`, with the line up to the cursor as it was typed, or `-- WORD...`, with
/// the words of the line without quotes, of which the last may be empty.
package struct CompletionQuestion: Hashable, Sendable {
    /// What a program is asked with.
    package static let command = "complete"

    /// Behind the program's name.
    package let finished: [String]
    package let typed: String

    /// - Parameter arguments: of `complete`.
    package init(_ arguments: [String]) {
        if arguments.first == "--line", arguments.count == 2 {
            let line = Words(arguments[1])
            typed = line.ending.word?.text ?? ""
            let words = line.words.map(\.text)
            finished = Array((line.ending.word == nil ? words : Array(words.dropLast())).dropFirst())
        } else {
            let words = arguments.first == "--" ? Array(arguments.dropFirst()) : arguments
            typed = words.last ?? ""
            finished = words.dropLast()
        }
    }

    /// - Parameters:
    ///   - leading: options that may stand before the command.
    ///   - choices: for an argument that is no path and not one of its own words.
    package func answer(
        among groups: [FormGroup], leading: [OptionForm] = [], choices: (ArgumentForm) -> [String] = { $0.words }
    ) -> CompletionAnswer {
        func answer(_ form: ArgumentForm, behind start: String = "") -> CompletionAnswer {
            switch form.kind {
            case .file: .files(typed: typed)
            case .folder: .folders(typed: typed)
            default: .words(choices(form).map { start + $0 }, typed: typed)
            }
        }
        return switch Expectation(after: finished, typed: typed, among: groups, leading: leading) {
        case .command: .words(groups.flatMap(\.commands).flatMap(\.words), typed: typed)
        case .option(let options): .words(options.map(\.long), typed: typed)
        case .argument(let form): answer(form)
        // Whole words, as the shell sees them.
        case .value(let form, let start): answer(form, behind: start)
        case .nothing: .words([], typed: typed)
        }
    }

    /// What stands behind an option; nil where it is not there.
    package func value(of option: OptionForm) -> String? {
        if let word = finished.last(where: { $0.hasPrefix("\(option.long)=") }) {
            return String(word.dropFirst(option.long.count + 1))
        }
        guard let index = finished.firstIndex(where: option.names.contains) else { return nil }
        return finished.dropFirst(index + 1).first
    }
}
