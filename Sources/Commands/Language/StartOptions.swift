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
            if manner.take(words[count]) || words[count].hasPrefix("\(network.long)=") {
                count += 1
            } else if network.names.contains(words[count]) {
                count += 2
            } else {
                break
            }
        }
        return min(count, words.count)
    }
    static func help(columns: Int) -> [String] {
        TextLayout.paragraph(
            "On the command line these may stand before the command, too, and so may:", columns: columns)
            + TextLayout.table([TextLayout.Row(left: network.usage, right: network.summary)], columns: columns)
    }
}
