import Terminal

/// The commands about what is published, and by whom.
extension CommandForm {
    static let peers = CommandForm(
        word: "peers", alias: "lap", summary: "list who is online",
        explanation: """
            Lists the users who are online, without yourself; and, on standard error, which way open links to some of them take.
            """)

    static let published = CommandForm(
        word: "published", alias: "lpf", usage: "published [--long]", summary: "list what you have published",
        explanation:
            "Lists what you have published, folders with a slash behind the name; it stays published while you are away.",
        options: [OptionForm("--long", "-l", summary: "with sizes, and for whom each is")])

    static let publish = CommandForm(
        word: "publish", alias: "pub", usage: "publish PATH... [--to NAMES] [--locked|--public]",
        summary: "publish files and folders",
        explanation: """
            Publishes files and folders, each under the last part of its path. They stay published, also while you are
            away, until you withdraw them with unpublish. They stay where they are; nothing is copied to the server. A
            folder is one publication, with all files in it as they are now, hidden ones too (share leaves those out);
            symbolic links and what is no regular file are skipped. Of home folders, yours or another's, of what holds one or is hidden in it,
            and of /etc, it is asked whether you mean that. Published again, only what changed is read. With --to only the members and groups that you name
            know of it and may have it; with --locked the others see its name and may ask you for it (see asks). Published
            again without these it stays for whom it was.

              publish a.pdf
              publish ~/Music/song.mp3 "my notes.txt"
              publish ~/photos
              publish plan.pdf --to hans,team
              publish film.mkv --locked
            """,
        options: audience, arguments: [ArgumentForm("path", .file)], isRepeating: true)

    static let unpublish = CommandForm(
        word: "unpublish", alias: "unp", usage: "unpublish NAME...", summary: "withdraw what you have published",
        explanation:
            "Withdraws files and folders that you have published, by name. They themselves stay where they are.",
        arguments: [ArgumentForm("name", .published)], isRepeating: true)

    static let search = CommandForm(
        word: "search", alias: "sch", usage: "search TEXT... [OPTION...]",
        summary: "search the files of those who are online",
        explanation: """
            Lists the names that contain the text, of the files of everybody who is online but yourself; of several words
            each has to stand in the name, in any order. Upper and lower case count: pdf does not find A.PDF; with -i it
            does. Folders have a slash behind their names. Where more than 10,000 match, --sort holds among those that were
            found first. With --save it is kept under a name, and goes on as long as bittrickle runs: what is new is told,
            once, and searches lists it. With --run a command of yours is run for each, by the shell, with what was found
            in its environment: BITTRICKLE_NAME, BITTRICKLE_OWNER, BITTRICKLE_SIZE, BITTRICKLE_ROOT and
            BITTRICKLE_SEARCH. These are others' words: put them in quotes. What it asks of bittrickle is about the same
            network: BITTRICKLE_NETWORK says so.

              search pdf
              search -i maus elefant     both words
              search "my notes"
              search --long --kind audio --larger 5M --sort age concert
              search ""          all that there is
              search jazz --save jazz
              search jazz --save jazz --run 'bittrickle get --background -- "$BITTRICKLE_NAME@$BITTRICKLE_OWNER"'
            """,
        options: SearchWords.options, arguments: [ArgumentForm("text", .text)])

    static let searches = CommandForm(
        word: "searches", alias: "lss", usage: "searches [NAME | --forget NAME]",
        summary: "list saved searches, or what one found",
        explanation: """
            Lists the searches that you saved, with how much each has found since you last looked; with a name, what that
            one found, the newest first. They run without regard to case, now and then (config search-interval), in
            bittrickle daemon or whatever bittrickle is running. What was there when a search was saved is not told, and
            nothing is told twice.

              searches
              searches jazz
              searches --forget jazz
            """,
        options: [OptionForm("--forget", value: ArgumentForm("name", .text), summary: "forget that one")],
        arguments: [ArgumentForm("name", .text)])

    static let browse = CommandForm(
        word: "browse", usage: "browse MEMBER [FOLDER]", summary: "list what a member has",
        explanation: """
            Lists what a member who is online has, with sizes: all at the top, or what is in a folder that he shares. What is
            a publication as a whole is listed as one.

              browse hans
              browse hans Music/live
            """,
        arguments: [ArgumentForm("member", .member), ArgumentForm("folder", .text)])

    static let get = CommandForm(
        word: "get", usage: "get NAME... [--output PATH] [--background] [--ask]",
        summary: "download a file or folder into this folder",
        explanation: """
            Downloads the file or folder of exactly this name from everybody who is online and has it, checks every byte,
            and puts it into the folder in which bittrickle was started. What was interrupted goes on where it stopped.
            When those leave who give it, get waits for them, or for others who have it; Ctrl-C leaves it in the queue.
            What is here already is never overwritten. Several names may be given. Of a folder a part can be had: the
            path of a file or folder in it follows behind a slash. A folder that somebody shares comes file by file, and the
            same again fetches what is missing. What this computer has already is copied, not fetched.
            With --background it goes on while you do something else, also after the next login; queue shows how far it is.
            What only those have who are offline then waits for them.
            What is locked can be asked for: you are asked whether to, or say so with --ask.

              get a.pdf                     the file a.pdf
              get "my notes.txt"            a name with a space
              get a.pdf --output b.pdf      save it as b.pdf
              get a.pdf@hans                hans' file, where several files have this name
              get a.pdf#1a2b3c4d            the one whose root begins so
              get photos                    the folder photos
              get photos/2024/beach.jpg     one file of it
              get a.pdf --background        without waiting for it
            """,
        options: [
            OptionForm("--output", "-o", value: ArgumentForm("path", .file), summary: "save it there"),
            OptionForm("--background", "-b", summary: "do not wait for it"),
            OptionForm("--ask", summary: "ask its owner for it, where it is locked"),
        ],
        arguments: [ArgumentForm("name", .found)], isRepeating: true)
}
