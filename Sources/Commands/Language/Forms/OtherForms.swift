import Terminal

/// The commands about other programs, and about this one.
extension CommandForm {
    static let export = CommandForm(
        word: "export", usage: "export NAME FILE", summary: "write a torrent file for other programs",
        explanation: """
            Writes the torrent file (BitTorrent v2) of a publication, yours or anybody's, for programs such as those of
            libtorrent. With it, and with what identity writes, they fetch the file from the members of this network,
            and from nobody else. Nothing that stands there is overwritten. Of another member's file the hashes of its
            pieces must be known here: get it first, where it is larger than a piece. The torrent of a folder is named by
            the folder's hash, whatever it is called: all who have the same folder are one swarm. Where the server is a
            tracker, the file names it, with a key of yours: keep such a file to yourself.

              export a.pdf a.pdf.torrent
              export a.pdf@hans hans.torrent
            """,
        arguments: [ArgumentForm("name", .publication), ArgumentForm("file", .file)])

    static let importing = CommandForm(
        word: "import", usage: "import FILE [PATH]", summary: "publish what a torrent file describes",
        explanation: """
            Checks a file or folder that is here against a torrent file made elsewhere (BitTorrent v2 or hybrid), and
            publishes it under its name. It is looked for beside the torrent file, or where PATH says. What is not what
            the torrent describes is not published; the first wrong piece is named, and its file. A folder must hold
            the files of the torrent and no others.

              import film.mkv.torrent
              import film.mkv.torrent ~/films
              import photos.torrent ~/Pictures/photos
            """,
        arguments: [ArgumentForm("file", .file), ArgumentForm("path", .file)])

    static let identity = CommandForm(
        word: "identity", usage: "identity FOLDER [--days N]",
        summary: "write a certificate and key for other programs",
        explanation: """
            Writes certificate.pem and key.pem into a folder, which is made where it is missing: with these another
            program is you towards the other members, for a day, or for up to 90 days. The same command again renews
            the certificate. The key is one of its own; whoever has it can fetch in your name, so keep it as you keep
            your password. It ends early only when your password changes, and then only towards bittrickle, not
            towards other programs.

              identity ~/torrents/me
              identity ~/torrents/me --days 30
            """,
        options: [
            OptionForm("--days", "-d", value: ArgumentForm("number", .text), summary: "how long they are good, 1 to 90")
        ],
        arguments: [ArgumentForm("folder", .folder)])

    static let status = CommandForm(
        word: "status", summary: "say who is here, and what goes on",
        explanation: """
            Says who you are in which network, how many are online, how much you have published, where a folder counts as one, what the downloads do, and
            how much is given and taken. Where the server does not answer it says so, and what this computer knows.
            """)

    static let help = CommandForm(
        word: "help", usage: "help [COMMAND]", summary: "explain a command",
        explanation: "Lists the commands, or explains one, also one that is for the command line alone.",
        arguments: [ArgumentForm("command", .command)])

    static let xit = CommandForm(
        word: "xit", summary: "leave",
        explanation: "Says goodbye to the server and ends bittrickle; so does Ctrl-D.")
}
