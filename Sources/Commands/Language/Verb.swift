import Terminal

/// The commands of the shell.
package enum Verb: String, CaseIterable, Sendable, CustomStringConvertible {
    case get, lap, lpf, pub, sch, unp
    case export, identity
    case importing = "import"
    case queue, pause, resume, cancel, limit
    case xit, help

    /// What `cancel` takes for all that are.
    static let finished = "finished"

    /// As it is typed.
    package var description: String { rawValue }

    /// Those that have a short name, written out.
    private static let fullWords: [String: Verb] = [
        "peers": .lap, "published": .lpf, "publish": .pub, "unpublish": .unp, "search": .sch,
    ]

    /// All that may be typed.
    package static let words = allCases.map(\.rawValue) + fullWords.keys.sorted()

    /// Short ones first: full ones only where no short one begins so.
    package static func words(beginning start: String) -> [String] {
        let short = allCases.map(\.rawValue)
        return short.contains { $0.hasPrefix(start) } ? short : fullWords.keys.sorted()
    }

    /// Takes the short or the full word.
    package init?(word: String) {
        guard let verb = Verb(rawValue: word) ?? Self.fullWords[word] else { return nil }
        self = verb
    }

    package var usage: String {
        switch self {
        case .get: "get NAME[/PATH] [--output PATH] [--background]"
        case .lap: "lap"
        case .lpf: "lpf"
        case .pub: "pub PATH..."
        case .sch: "sch SUBSTRING"
        case .unp: "unp NAME..."
        case .export: "export NAME FILE"
        case .identity: "identity FOLDER [--days N]"
        case .importing: "import FILE [PATH]"
        case .queue: "queue [TRANSFER first|last|high|normal|low]"
        case .pause: "pause TRANSFER..."
        case .resume: "resume TRANSFER..."
        case .cancel: "cancel TRANSFER..."
        case .limit: "limit [[TRANSFER] up|down RATE | slots|active N]"
        case .xit: "xit"
        case .help: "help [COMMAND]"
        }
    }

    package var summary: String {
        switch self {
        case .get: "download a file or folder into this folder"
        case .lap: "list who is online"
        case .lpf: "list what you have published"
        case .pub: "publish files and folders"
        case .sch: "search the files of those who are online"
        case .unp: "withdraw what you have published"
        case .export: "write a torrent file for other programs"
        case .identity: "write a certificate and key for other programs"
        case .importing: "publish what a torrent file describes"
        case .queue: "list downloads, or change their order"
        case .pause: "have downloads wait"
        case .resume: "have downloads go on"
        case .cancel: "give downloads up"
        case .limit: "show or set how much is given and taken"
        case .xit: "leave"
        case .help: "explain a command"
        }
    }

    package var explanation: String {
        switch self {
        case .get:
            """
            Downloads the file or folder of exactly this name from everybody who is online and has it, checks every byte,
            and puts it into the folder in which bittrickle was started. What was interrupted goes on where it stopped.
            What is here already is never overwritten. Several names may be given. Of a folder a part can be had: the
            path of a file or folder in it follows behind a slash. What this computer has already is copied, not fetched.
            With --background it goes on while you do something else, also after the next login; queue shows how far it is.

              get a.pdf                     the file a.pdf
              get "my notes.txt"            a name with a space
              get a.pdf --output b.pdf      save it as b.pdf
              get a.pdf@hans                hans' file, where several files have this name
              get a.pdf#1a2b3c4d            the one whose root begins so
              get photos                    the folder photos
              get photos/2024/beach.jpg     one file of it
              get a.pdf --background        without waiting for it
            """
        case .lap: "Lists the users who are online, without yourself."
        case .lpf:
            "Lists what you have published, folders with a slash behind the name; it stays published while you are away."
        case .pub:
            """
            Publishes files and folders, each under the last part of its path. They stay published, also while you are
            away, until you withdraw them with unp. They stay where they are; nothing is copied to the server. A folder is
            one publication, with all files in it as they are now; symbolic links and what is no regular file are
            skipped. Published again, only what changed is read.

              pub a.pdf
              pub ~/Music/song.mp3 "my notes.txt"
              pub ~/photos
            """
        case .sch:
            """
            Lists the names that contain the substring, of the files of everybody who is online but yourself.
            Upper and lower case count. Folders have a slash behind their names.

              sch pdf
              sch "my notes"
              sch ""          all that there is
            """
        case .unp:
            "Withdraws files and folders that you have published, by name. They themselves stay where they are."
        case .export:
            """
            Writes the torrent file (BitTorrent v2) of a publication, yours or anybody's, for programs such as those of
            libtorrent. With it, and with what identity writes, they fetch the file from the members of this network,
            and from nobody else. Nothing that stands there is overwritten. Of another member's file the hashes of its
            pieces must be known here: get it first, where it is larger than a piece. The torrent of a folder is named by
            the folder's hash, whatever it is called: all who have the same folder are one swarm.

              export a.pdf a.pdf.torrent
              export a.pdf@hans hans.torrent
            """
        case .identity:
            """
            Writes certificate.pem and key.pem into a folder, which is made where it is missing: with these another
            program is you towards the other members, for a day, or for up to 90 days. The same command again renews
            the certificate. The key is one of its own; whoever has it can fetch in your name, so keep it as you keep
            your password. It ends early only when your password changes, and then only towards bittrickle, not
            towards other programs.

              identity ~/torrents/me
              identity ~/torrents/me --days 30
            """
        case .importing:
            """
            Checks a file or folder that is here against a torrent file made elsewhere (BitTorrent v2 or hybrid), and
            publishes it under its name. It is looked for beside the torrent file, or where PATH says. What is not what
            the torrent describes is not published; the first wrong piece is named, and its file. A folder must hold
            the files of the torrent and no others.

              import film.mkv.torrent
              import film.mkv.torrent ~/films
              import photos.torrent ~/Pictures/photos
            """
        case .queue:
            """
            Lists the downloads in the order of their turns, each with its number, its state, and how far it is. So many
            are active at the same time as limit says; of the others those of high priority come first, then the oldest.
            What is not finished goes on after the next login, also when bittrickle was killed. A download is waiting
            while nobody gives of it; then it takes no other's place, and goes on by itself when somebody comes.

              queue
              queue 3 first                 before the others of its priority
              queue film.mkv high           before those of normal and low priority
            """
        case .pause:
            """
            Has downloads wait until they are resumed, by number or name. What has arrived is kept. Ctrl-C during get does
            the same.

              pause 3
              pause film.mkv 4
            """
        case .resume:
            "Has downloads go on that were paused or have failed, by number or name, as soon as there is a place for them."
        case .cancel:
            """
            Gives downloads up, by number or name: what has arrived of them is thrown away. Of one that is finished the
            file stays, and only its line in the queue goes; so do all of them with cancel finished.
            """
        case .limit:
            """
            Shows how much is given and taken, or sets it, until it is set again: rates in bytes a second over all
            uploads (up) and downloads (down), or for one download; how many are served (slots) and fetched (active) at
            the same time. RATE is such as 500k, 1.5M, 2 MiB, or none. With few bytes a second fewer than slots are served.
            With limit up 0 nothing is served at all: no uploads, what you publish is not to be had, and nobody is told
            what you have fetched. limit up none serves again.

              limit
              limit up 1M
              limit down none
              limit film.mkv down 500k
              limit slots 8
              limit active 5
            """
        case .xit: "Says goodbye to the server and ends bittrickle; so does Ctrl-D."
        case .help: "Lists the commands, or explains one."
        }
    }

    /// What `help` says, laid out for a window of this width.
    package static func overview(columns: Int) -> String {
        let rows = allCases.map { TextLayout.Row(left: $0.usage, right: $0.summary) }
        let rest =
            "lap, lpf, pub, sch and unp may be written out: peers, published, publish, search, unpublish. "
            + "Names with spaces go in quotes. Ctrl-C stops the running command, Ctrl-D leaves."
        return (TextLayout.table(rows, columns: columns) + TextLayout.paragraph(rest, columns: columns))
            .joined(separator: "\n")
    }

    /// What `help VERB` says.
    package func page(columns: Int) -> String { TextLayout.page("\(usage)\n\n\(explanation)", columns: columns) }
}
