package import NodeControl
import Terminal

/// Why a line of the shell is no command.
package enum Misunderstanding: Error, Hashable, Sendable {
    case unknownCommand(String, nearest: String?)
    case missing(Verb, String)
    case tooMany(Verb, String)
    case unknownOption(Verb, String)
    case oneOutputForMany
    /// Two options that exclude one another.
    case contradiction(Verb, String, String)
    case noNumber(Verb, String, ClosedRange<Int>)
    case noRate(String)
    case noPeriod(Verb, String)
    case noSize(Verb, String)
    case noSetting(String, nearest: String?)
    case noSettingValue(SettingKey, String)
    /// What should be the number of an open file.
    case noDescriptor(Verb, String)
    /// Two places were given where the passwords would be.
    case twoSecrets(Verb)
    /// None of these words.
    case noChoice(Verb, String, [String])
    /// What is to be done by an admin.
    case noTask(String, nearest: String)
    case openQuote(Character)
    case openBackslash
    case lineTooLong

    package var message: Message {
        let (what, hint) = sentences
        return Message(what, hint: hint, exitStatus: .usage)
    }

    private var sentences: (String, String) {
        switch self {
        case .unknownCommand(let word, let nearest?):
            ("There is no command \(SafeText(word)).", "Did you mean \(nearest)? help lists all commands.")
        case .unknownCommand(let word, nil):
            ("There is no command \(SafeText(word).truncated(to: 60)).", "help lists all commands.")
        case .missing(let verb, let what):
            ("\(verb) needs \(what).", "Usage: \(verb.usage)")
        case .tooMany(let verb, let word):
            (
                "\(verb) has no use for \"\(SafeText(word).truncated(to: 60))\".",
                "Usage: \(verb.usage)"
            )
        case .unknownOption(let verb, let option):
            (
                "\(verb) has no option \(SafeText(option).truncated(to: 60)).",
                "Usage: \(verb.usage). Before a name that begins with a hyphen write --"
            )
        case .oneOutputForMany:
            (
                "--output names one file, but several are to be downloaded.",
                "Put a name with spaces in quotes; download several one by one."
            )
        case .contradiction(let verb, let one, let other):
            ("\(one) and \(other) exclude one another.", "Usage: \(verb.usage)")
        case .noNumber(let verb, let word, let range):
            (
                "\"\(SafeText(word).truncated(to: 60))\" is no number from \(range.lowerBound) to \(range.upperBound).",
                "Usage: \(verb.usage)"
            )
        case .noRate(let word):
            (
                "\"\(SafeText(word).truncated(to: 60))\" is no rate: at least \(RateText.text(NodeLimits.leastRate)), or none.",
                "Such as 500k, 1.5M or 2MiB, in bytes a second; only limit up may be 0. pause stops a transfer."
            )
        case .noPeriod(let verb, let word):
            (
                "\"\(SafeText(word).truncated(to: 60))\" is no time from a minute to a year.",
                "Such as 30m, 12h or 7d. Usage: \(verb.usage)"
            )
        case .noSize(let verb, let word):
            (
                "\"\(SafeText(word).truncated(to: 60))\" is no size.",
                "Such as 500k, 1.5M or 2GiB. Usage: \(verb.usage)"
            )
        case .noSetting(let word, let nearest):
            (
                "There is no setting \(SafeText(word).truncated(to: 60)).",
                (nearest.map { "Did you mean \($0)? " } ?? "") + "config lists all settings."
            )
        case .noSettingValue(let key, let text):
            (
                "\"\(SafeText(text).truncated(to: 60))\" cannot be the value of \(key.rawValue).",
                "It takes \(SettingText.expected(key))."
            )
        case .noDescriptor(let verb, let word):
            (
                "\"\(SafeText(word).truncated(to: 60))\" is not the number of an open file.",
                "Such as: \(verb) --password-fd 3 3< FILE"
            )
        case .twoSecrets(let verb):
            ("The passwords can stand in one place only.", "Usage: \(verb.usage)")
        case .noChoice(let verb, let word, let choices):
            (
                "\"\(SafeText(word).truncated(to: 60))\" is none of \(choices.joined(separator: ", ")).",
                "Usage: \(verb.usage)"
            )
        case .noTask(let word, let nearest):
            (
                "admin has no task \(SafeText(word).truncated(to: 60)).",
                "Did you mean admin \(nearest)? help admin lists all tasks."
            )
        case .openQuote(let quote):
            ("The quote \(quote) is not closed.", "Close it, or write \\\(quote) for the character itself.")
        case .openBackslash:
            ("The line ends with a backslash.", "Write \\\\ for the character itself.")
        case .lineTooLong:
            ("The line is too long.", "Lines have at most \(DescriptorLines.longest) bytes.")
        }
    }
}
