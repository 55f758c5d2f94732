import Terminal

/// The commands about folders that are watched.
extension CommandForm {
    static let share = CommandForm(
        word: "share", usage: "share FOLDER... [--to NAMES] [--locked|--public]",
        summary: "share folders, with whatever is in them",
        explanation: """
            Watches folders, each under the last part of its path: what is in them is in the network by name at once, and
            with what it holds as soon as somebody asks for it, or there is time. What is added, changed, renamed or removed
            follows by itself, as long as bittrickle runs; bittrickle daemon stays. What is hidden, with a dot before its name, is
            left out. Of home folders, yours or another's, of what holds one or is hidden in it, and of /etc, it is asked whether you mean
            that. publish is for what is to stay as it is. For whom a folder is, is said as with publish, also of one
            that is shared already.

              share ~/Music
              share ~/Family --to family
            """,
        options: audience, arguments: [ArgumentForm("folder", .folder)], isRepeating: true)

    static let unshare = CommandForm(
        word: "unshare", usage: "unshare FOLDER...", summary: "share folders no longer",
        explanation: "Withdraws folders that you share, by path or by name. They themselves stay where they are.",
        arguments: [ArgumentForm("folder", .folder)], isRepeating: true)

    static let shares = CommandForm(
        word: "shares", summary: "list the folders that you share",
        explanation:
            "Lists the folders that you share, with how many files are in each, and how much of them is still to be read."
    )
}
