import Terminal

extension CommandForm {
    static let doctor = CommandForm(
        word: "doctor", usage: "doctor [MEMBER]", summary: "say what works and what does not, and how to mend it",
        explanation: """
            Looks at this computer (clock, disks, published files), at the server and the line to it, and at how others reach this
            computer: the server dials it back. With a member it tries every way to him, from both ends. It takes ten seconds at
            most. Each finding has a code that stays, a sentence, and what mends it; the exit code is 1 where there is a problem.
            On the command line it works without a login, too, and --network may name a server that you never joined.

              doctor
              doctor vader
              doctor --json
            """,
        arguments: [ArgumentForm("member", .member)])
}
