package import Terminal

/// The options that may stand before the command of a command line, as well as behind it.
package enum StartOptions {
    /// The one that the shell does not take: it is in a network already.
    package static let network = OptionForm(
        "--network", "-n", value: ArgumentForm("network", .network),
        summary: "in that one of the networks that you joined, in place of the first")

    package static let all = Manner.options + [network]

    /// How many words there are before the command.
    package static func count(in words: [String]) -> Int {
        var manner = Manner()
        var count = 0
        while count < words.count {
            if manner.take(words[count]) || network.start(of: words[count]) != nil {
                count += 1
            } else if network.names.contains(words[count]) {
                count += 2
            } else {
                break
            }
        }
        return min(count, words.count)
    }

    /// The first of them that a command does not take, as it is typed; nil where it takes all.
    ///
    /// - Parameter words: Those before the command.
    package static func refused(among words: some Collection<String>, by form: CommandForm) -> String? {
        var rest = Array(words)[...]
        while let word = rest.popFirst() {
            let taken = form.options.first { $0.names.contains(word) || $0.start(of: word) != nil }
            guard let taken else { return String(word.prefix { $0 != "=" }) }
            if taken.value != nil, taken.start(of: word) == nil { rest = rest.dropFirst() }
        }
        return nil
    }

    static func help(columns: Int) -> [String] {
        TextLayout.paragraph(
            "On the command line these may stand before the command, too, and so may:", columns: columns)
            + TextLayout.table([TextLayout.Row(left: network.usage, right: network.summary)], columns: columns)
    }
}
