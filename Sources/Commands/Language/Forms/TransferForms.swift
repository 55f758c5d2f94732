import Terminal

/// The commands about the queue of downloads, and about limits.
extension CommandForm {
    static let queue = CommandForm(
        word: "queue", usage: "queue [TRANSFER first|last|high|normal|low]",
        summary: "list downloads, or change their order",
        explanation: """
            Lists the downloads in the order of their turns, each with its number, its state, and how far it is. So many
            are active at the same time as limit says; of the others those of high priority come first, then the oldest.
            What is not finished goes on after the next login, also when bittrickle was killed. A download is waiting
            while nobody gives of it; then it takes no other's place, and goes on by itself when somebody comes.

              queue
              queue 3 first                 before the others of its priority
              queue film.mkv high           before those of normal and low priority
            """,
        arguments: [ArgumentForm("transfer", .transfer), ArgumentForm("place", .words, words: Command.positions)])

    static let pause = CommandForm(
        word: "pause", usage: "pause TRANSFER...", summary: "have downloads wait",
        explanation: """
            Has downloads wait until they are resumed, by number or name, as get has it; the name of a folder that somebody
            shares, or of one in it, stands for all that is being fetched of it, begun or not. What has arrived is kept.
            Ctrl-C during get does the same; a get that waits for what is paused, or cancelled, ends, and one of a folder
            around it brings the rest and says at its end what was left out.

              pause 3
              pause film.mkv 4
              pause Music/live
            """,
        arguments: [ArgumentForm("transfer", .transfer)], isRepeating: true)

    static let resume = CommandForm(
        word: "resume", usage: "resume TRANSFER...", summary: "have downloads go on",
        explanation:
            "Has downloads go on that were paused or have failed, by number or name, as soon as there is a place for them.",
        arguments: [ArgumentForm("transfer", .transfer)], isRepeating: true)

    static let cancel = CommandForm(
        word: "cancel", usage: "cancel TRANSFER...", summary: "give downloads up",
        explanation: """
            Gives downloads up, by number or name: what has arrived of them is thrown away, on a terminal after a question. A
            folder's name means all that is being fetched of it, begun or not; a get that waits for it ends, and one of a
            folder around it brings the rest. Of one that is finished the file stays, and only its line in the queue goes;
            so do all of them with cancel finished.
            """,
        arguments: [ArgumentForm("transfer", .transfer, words: [Verb.finished])], isRepeating: true)

    static let limit = CommandForm(
        word: "limit", usage: "limit [[TRANSFER] up|down RATE | slots|active N]",
        summary: "show or set how much is given and taken",
        explanation: """
            Shows how much is given and taken, or sets it, until it is set again: rates in bytes a second over all
            uploads (up) and downloads (down), or for one download; how many are served (slots) and fetched (active) at
            the same time. RATE is such as 500k, 1.5M, 2MiB, or none; k and M count in thousands, as all rates that are
            shown do. With few bytes a second fewer than slots are served. With limit up 0 nothing is served at all: no
            uploads, what you publish is not to be had, and nobody is told what you have fetched. limit up none serves
            again.

              limit
              limit up 1M
              limit down none
              limit film.mkv down 500k
              limit slots 8
              limit active 5
            """,
        arguments: [
            ArgumentForm("transfer", .transfer, words: Command.limits),
            ArgumentForm("direction", .words, words: Command.directions), ArgumentForm("rate", .text),
        ])
}
