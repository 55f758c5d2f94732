import Terminal

/// The commands about one's own account, and about those of others.
extension CommandForm {
    static let passwd = CommandForm(
        word: "passwd", usage: "passwd [--password-file FILE | --password-fd N]", summary: "change your password",
        explanation: """
            Asks for the password that you have, and for the one that you want; without a terminal they are the next two
            lines of the input. They may also stand in a file, or come from a file that is open, a line each, or in the
            environment as BITTRICKLE_PASSWORD and BITTRICKLE_NEW_PASSWORD. All your other devices are signed out.

              passwd
              passwd --password-file ~/both-passwords
            """,
        options: secretOptions)

    static let secretOptions = [
        OptionForm(
            "--password-file", "-f", value: ArgumentForm("file", .file),
            summary: "read what is secret from it, a line each"),
        OptionForm(
            "--password-fd", value: ArgumentForm("number", .text), summary: "the same from a file that is open"),
    ]

    static let block = CommandForm(
        word: "block", usage: "block [MEMBER...]", summary: "have nothing to do with members, or list those",
        explanation: """
            Blocks members for yourself: nothing of theirs is found, listed or fetched any more, and nothing is given to
            them; connections with them end. Nobody is told. A name that nobody in the network has is refused, unless the
            server is away. Without a name it lists whom you have blocked.

              block vader
              block
            """,
        arguments: [ArgumentForm("member", .member)], isRepeating: true)

    static let unblock = CommandForm(
        word: "unblock", usage: "unblock MEMBER...", summary: "block members no longer",
        explanation: "Has members whom you blocked be like all others again.",
        arguments: [ArgumentForm("member", .member)], isRepeating: true)

    static let devices = CommandForm(
        word: "devices", usage: "devices [--sign-out DEVICE | --sign-out-others]",
        summary: "list your devices, or sign them out",
        explanation: """
            Lists where you are signed in, or may sign in without the password. A device that is signed out needs the
            password again; it is named by the beginning of its number.

              devices
              devices --sign-out 1a2b3c4d
            """,
        options: [
            OptionForm("--sign-out", value: ArgumentForm("device", .text), summary: "sign that one out"),
            OptionForm("--sign-out-others", summary: "sign all out but this one"),
        ])

    static let admin = CommandForm(
        word: "admin", usage: "admin TASK [NAME...] [OPTION...]",
        summary: "administer the network, as one of its admins",
        explanation: """
            Does what bittrickle-server does on the server's machine, for members with the role of an admin.

              admin invite --uses 3         a link for three, for 7 days or --expires 12h
              admin invitations             those that are open
              admin withdraw 4              take one back, by its number
              admin members                 everybody who belongs
              admin disable hans            let him in no more
              admin enable hans             let him in again
              admin remove hans             with all that he published
              admin password hans           asks for a new one, or takes a line of --password-file
              admin role hans admin         or member
              admin sign-out hans           on all his devices
              admin sessions                who is signed in
              admin publications hans       what he publishes
              admin take-down hans a.pdf    withdraw it
              admin groups                  all groups
              admin group friends           who is in it
              admin add-group friends       make it
              admin remove-group friends    give it up
              admin put friends hans leia   into the group
              admin take friends hans       out of it
            """,
        options: [
            OptionForm("--uses", value: ArgumentForm("number", .text), summary: "how many may join by the link"),
            OptionForm(
                "--expires", value: ArgumentForm("time", .text), summary: "how long it is good, such as 30m, 12h or 7d"),
            OptionForm(
                "--role", value: ArgumentForm("role", .words, words: ["member", "admin"]),
                summary: "of those who join by it"),
            OptionForm(
                "--address", value: ArgumentForm("address", .text),
                summary: "where they reach the server, HOST or HOST:PORT"),
        ] + secretOptions,
        arguments: [
            ArgumentForm("task", .words, words: AdminTask.Word.allCases.map(\.rawValue)), ArgumentForm("name", .member),
        ], isRepeating: true)
}
