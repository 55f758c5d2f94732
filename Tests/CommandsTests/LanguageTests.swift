import Commands
import NodeControl
import Terminal
import TestKit
import Testing

@Suite struct LanguageTests {
    private static let adminTasks = [
        "invite", "invitations", "withdraw", "members", "disable", "enable", "remove", "password", "role", "sign-out",
        "sessions", "publications", "take-down", "groups", "group", "add-group", "remove-group", "put", "take",
    ]

    @Test(arguments: [
        ("get a.pdf", ["get", "a.pdf"]), ("  get   a\tb ", ["get", "a", "b"]),
        ("pub 'a b' \"c d\"", ["pub", "a b", "c d"]),
        (#"pub a\ b\"c"#, ["pub", #"a b"c"#]), (#"pub "a\"b\\c\d""#, ["pub", #"a"b\c\d"#]),
        (#"pub 'a\'"#, ["pub", #"a\"#]),
        ("pub a'b c'd\"e\"", ["pub", "ab cde"]), ("pub ''", ["pub", ""]), ("", []),
        ("pub \"\u{301}\"", ["pub", "\u{301}"]),
    ]) func words(line: String, expected: [String]) {
        #expect(Words(line).words.map(\.text) == expected)
        #expect(Words(line).ending.quote == nil)
    }

    @Test func whatIsQuotedIsReadBack() {
        var random = SeededRandom.fresh()
        let alphabet = Array("ab '\"\\~-\t#@üé文")
        for _ in 0..<1_000 {
            let name = String(
                (0..<Int.random(in: 1...8, using: &random)).map { _ in
                    alphabet[Int(random.next() % UInt64(alphabet.count))]
                })
            let words = Words("get \(Quoting.quoted(name))").words
            #expect(words == [Words.Word(text: "get"), Words.Word(text: name)], "seed \(random.seed): \(name)")
            for quote in [nil, Words.Quote.single, .double] where quote != .single || !name.contains("'") {
                let mark = quote.map { String($0.rawValue) } ?? ""
                // A tilde typed first would be the home folder; Tab never types a word's first character unasked.
                let typed = Words("x" + mark + Quoting.typed(name, quote: quote) + mark).words
                #expect(typed.map(\.text) == ["x" + name], "seed \(random.seed): \(name)")
            }
        }
    }

    @Test(arguments: [
        ("get a", Action.get(names: ["a"], output: nil)), ("get a --output b", .get(names: ["a"], output: "b")),
        ("get -o ~/b a", .get(names: ["a"], output: "/home/x/b")),
        ("get --output=b a", .get(names: ["a"], output: "b")),
        ("sch --output", .search(SearchTerms(words: ["--output"]))), ("unp -- --a", .unpublish(names: ["--a"])),
        ("get -- --output", .get(names: ["--output"], output: nil)), ("get a b", .get(names: ["a", "b"], output: nil)),
        ("get -", .get(names: ["-"], output: nil)), ("pub -a", .publish(paths: ["-a"])),
        ("pub a --to hans,team --locked", .publish(paths: ["a"], to: .only(["hans", "team"], isListed: true))),
        ("pub a --locked", .publish(paths: ["a"], to: .only([], isListed: true))),
        ("share a --public", .share(paths: ["a"], to: .everybody)),
        ("get a --ask", .get(names: ["a"], output: nil, isAsking: true)),
        ("approve 7 --always", .answer(asks: ["7"], .always)), ("refuse 7 8", .answer(asks: ["7", "8"], .refuse)),
        ("published --long", .listPublishedLong),

        ("sch -x", .search(SearchTerms(words: ["-x"]))),
        ("sch \"\"", .search(SearchTerms(words: [""]))), ("help get", .help(.verb(.get))), ("help", .help(nil)),
        ("help daemon", .help(.own("daemon"))),
        ("xit", .leave),
        ("search jazz --save a", .saveSearch(SearchDraft(name: "a", text: "jazz"))),
        ("search --save a -s-x", .saveSearch(SearchDraft(name: "a", text: "-s-x"))),
        ("sch --save a --run 'x \"$Y\"' ''", .saveSearch(SearchDraft(name: "a", text: "", command: "x \"$Y\""))),
        ("searches", .listSearches), ("searches 'a b'", .lookAtSearch("a b")),
        ("searches --forget a", .forgetSearch("a")), ("block", .listBlocked),
        ("block hans yoda", .block(members: ["hans", "yoda"])), ("unblock hans", .unblock(members: ["hans"])),
        ("config", .listSettings), ("config down", .showSetting(.down)), ("config down 2M", .set(.down, "2000000")),
        ("config up 500 kB", .set(.up, "500000")), ("config down none", .set(.down, "none")),
        ("config up 0", .set(.up, "0")), ("config notify OFF", .set(.notify, "off")),
        ("config hand-on yes", .set(.handOn, "on")), ("config downloads ~/a", .set(.downloads, "/home/x/a")),
        ("config search-interval 5m", .set(.searchInterval, "300")),
        ("config search-interval 90s", .set(.searchInterval, "90")), ("config --unset slots", .set(.slots, nil)),
        ("passwd --password-file ~/p", .changePassword(.file("/home/x/p"))),
        ("passwd --password-fd 3", .changePassword(.descriptor(3))),
        ("admin password hans --password-fd=0", .admin(.password("hans", .descriptor(0)))),
        ("export a.pdf ~/a.torrent", .export(name: "a.pdf", path: "/home/x/a.torrent")),
        ("identity ~/me", .identity(folder: "/home/x/me", days: 1)),
        ("identity me --days 30", .identity(folder: "me", days: 30)),
        ("identity --days=90 me", .identity(folder: "me", days: 90)),
        ("identity -- --days", .identity(folder: "--days", days: 1)),
        ("import a.torrent", .importTorrent(path: "a.torrent", content: nil)),
        ("import ~/a.torrent ~/b", .importTorrent(path: "/home/x/a.torrent", content: "/home/x/b")),
        ("get a --background", .enqueue(names: ["a"], output: nil)),
        ("get -b a -o c", .enqueue(names: ["a"], output: "c")), ("queue", .listTransfers),
        ("queue 3 first", .change(transfers: ["3"], .moveToFront)),
        ("queue a low", .change(transfers: ["a"], .prioritise(.low))),
        ("pause 3 a", .change(transfers: ["3", "a"], .pause)), ("resume a", .change(transfers: ["a"], .resume)),
        ("cancel 'a b'", .change(transfers: ["a b"], .cancel)), ("limit", .showLimits),
        ("limit up 1M", .limit(.up(1_000_000))), ("limit up 0", .limit(.up(0))), ("limit up 0k", .limit(.up(0))),
        ("limit down none", .limit(.down(nil))), ("limit down 1.5MiB/s", .limit(.down(1_572_864))),
        ("limit up 4096", .limit(.up(4_096))), ("limit up 500K", .limit(.up(500_000))),
        ("limit up 8KiB", .limit(.up(8_192))), ("limit up 2GB", .limit(.up(2_000_000_000))),
        ("limit a down 5Mi", .change(transfers: ["a"], .limit(.down, 5 << 20))),
        ("limit 7 up none", .change(transfers: ["7"], .limit(.up, nil))),
        ("limit up 5 M", .limit(.up(5_000_000))), ("limit up 0 k", .limit(.up(0))),
        ("limit 7 down 1.5 MiB/s", .change(transfers: ["7"], .limit(.down, 1_572_864))),
        ("limit slots 8", .limit(.slots(8))), ("limit active 100", .limit(.active(100))),
        ("pub ~", .publish(paths: ["/home/x"])), ("unp ~/a", .unpublish(names: ["~/a"])),
        ("peers", .listPeers), ("published --json", .listPublished), ("status -q", .showStatus),
        ("search -q x", .search(SearchTerms(words: ["x"]))), ("search -- -q", .search(SearchTerms(words: ["-q"]))),
        ("sch -i Maus \"der Elefant\"", .search(SearchTerms(words: ["Maus", "der Elefant"], ignoresCase: true))),
        (
            "search x --kind=pdf,.Ps --owner hans --larger 1.5k --smaller 2GiB --newer 7d --older 12h",
            .search(
                SearchTerms(
                    words: ["x"], leastSize: 1_500, greatestSize: 2 << 30, newerThan: 604_800, olderThan: 43_200,
                    extensions: ["pdf", "Ps"], owner: "hans"))
        ),
        (
            "search -l x --sort size -r --kind audio",
            .listMatching(
                SearchTerms(words: ["x"], extensions: FileKind.audio.extensions, order: .size, isReversed: true))
        ),
        ("search pdf --long", .listMatching(SearchTerms(words: ["pdf"]))),
        ("search -l \"\"", .listMatching(SearchTerms(words: [""]))),
        ("share ~/a b", .share(paths: ["/home/x/a", "b"])), ("unshare a", .unshare(paths: ["a"])),
        ("shares", .listShares), ("passwd", .changePassword(nil)),
        ("passwd -f ~/x", .changePassword(.file("/home/x/x"))),
        ("devices", .listDevices), ("devices --sign-out 1a", .signOut(device: "1a")),
        ("devices --sign-out-others", .signOutOthers), ("admin members", .admin(.members)),
        ("admin invite", .admin(.invite(InvitationRequest(expiresInSeconds: 7 * 86_400)))),
        (
            "admin invite --uses 3 --expires 12h --role admin --address h:1",
            .admin(.invite(InvitationRequest(uses: 3, expiresInSeconds: 43_200, role: .admin, address: "h:1")))
        ),
        ("admin withdraw 4", .admin(.withdraw(4))), ("admin disable a", .admin(.change("a", .disable))),
        ("admin role a admin", .admin(.change("a", .role(.admin)))),
        ("admin sign-out a", .admin(.change("a", .signOut))), ("admin invitations", .admin(.invitations)),
        ("admin password a -f x", .admin(.password("a", .file("x")))), ("admin sessions", .admin(.sessions)),
        ("admin publications a", .admin(.publications("a"))), ("admin groups", .admin(.groups)),
        ("admin take-down a b.pdf", .admin(.takeDown("a", name: "b.pdf"))), ("admin group g", .admin(.group("g"))),
        ("admin add-group g", .admin(.changeGroup("g", .add))),
        ("admin put g a b", .admin(.changeGroup("g", .put(["a", "b"])))),
        ("admin take g a", .admin(.changeGroup("g", .take(["a"])))),
        ("browse hans", .browse(member: "hans", folder: nil)),
        ("browse hans \"my music\"", .browse(member: "hans", folder: "my music")),
        ("unpublish a", .unpublish(names: ["a"])), ("publish a --yes b", .publish(paths: ["a", "b"])),
    ]) func commands(line: String, expected: Action) throws {
        #expect(try Command(parsing: line, home: "/home/x")?.action == expected)
    }

    @Test func everyCommandTakesTheCommonOptions() throws {
        for verb in Verb.allCases {
            let words =
                Manner.options.map(\.long) + ["-v"]
                + Array(repeating: verb == .admin ? "members" : "3", count: verb.leastArguments)
            let manner = try Command(verb, arguments: words).manner
            #expect(manner.isJSON && manner.isQuiet && manner.isAgreed && manner.verbosity == 2, "\(verb)")
            // What is looked for may be anything.
            guard verb != .search else { continue }
            #expect(throws: Misunderstanding.self) { try Command(verb, arguments: words + ["3", "3", "--json=3"]) }
        }
        #expect(try Command(parsing: "peers -vv", home: nil)?.manner.verbosity == 2)
        let several = try Command(parsing: "peers -vyqv", home: nil)?.manner
        #expect(several?.verbosity == 2 && several?.isAgreed == true && several?.isQuiet == true)
        // Not where one of them is none: this is a path.
        #expect(try Command(parsing: "publish -yx", home: nil)?.action == .publish(paths: ["-yx"]))
    }

    /// Short words and full ones mean the same, and none has two meanings.
    @Test func wordsAreUnique() {
        let words = Verb.allCases.flatMap(\.form.words)
        #expect(Set(words).count == words.count)
        for verb in Verb.allCases {
            #expect(verb.form.words.allSatisfy { Verb(word: $0) == verb })
            #expect(verb.form.word == verb.rawValue && verb.form.usage.hasPrefix(verb.rawValue))
            let names = (verb.form.options + Manner.options).flatMap(\.names)
            #expect(Set(names).count == names.count)
            #expect(verb.form.arguments.isEmpty || verb.form.usage.contains(" "))
            for option in verb.form.options where !verb.form.usage.hasSuffix("[OPTION...]") {
                #expect(verb.form.usage.contains(option.long))
            }
        }
    }

    @Test(arguments: [
        ("git a", Misunderstanding.unknownCommand("git", nearest: "get")),
        ("invite", .unknownCommand("invite", nearest: "admin invite")),
        ("quit", .unknownCommand("quit", nearest: "xit")), ("serach a", .unknownCommand("serach", nearest: "search")),
        ("exit", .unknownCommand("exit", nearest: "xit")), ("lpa", .unknownCommand("lpa", nearest: "lap")),
        ("Get a", .unknownCommand("Get", nearest: "get")), ("download", .unknownCommand("download", nearest: nil)),
        ("get", .missing(.get, "the name of the file to download")),
        ("get a --output", .missing(.get, "the path after --output")),
        ("export a --foo", .unknownOption(.export, "--foo")), ("unp --a", .unknownOption(.unpublish, "--a")),
        ("get a --output b --output c", .tooMany(.get, "--output")),
        ("get a b -o c", .oneOutputForMany), ("get --x a", .unknownOption(.get, "--x")),
        ("search a --run x", .missing(.search, "--save NAME beside --run")),
        ("search a --save", .missing(.search, "the name after --save")),
        ("search --save a", .missing(.search, "what to search for")), ("searches a b", .tooMany(.searches, "b")),
        ("searches --forget a b", .tooMany(.searches, "b")), ("unblock", .missing(.unblock, "the name of a member")),
        ("config dwn", .noSetting("dwn", nearest: "down")), ("config --unset x", .noSetting("x", nearest: nil)),
        ("config down 0", .noSettingValue(.down, "0")), ("config slots many", .noSettingValue(.slots, "many")),
        ("config notify maybe", .noSettingValue(.notify, "maybe")), ("config slots 1 2", .tooMany(.config, "2")),
        ("config search-interval 1s", .noSettingValue(.searchInterval, "1s")),
        ("config downloads ''", .noSettingValue(.downloads, "")), ("config --unset up 5", .tooMany(.config, "5")),
        ("passwd --password-fd x", .noDescriptor(.passwd, "x")),
        ("passwd --password-fd -1", .noDescriptor(.passwd, "-1")),
        ("passwd --password-fd 3 --password-file a", .twoSecrets(.passwd)),
        ("export", .missing(.export, "the name of a published file")),
        ("export a", .missing(.export, "the torrent file to write")), ("export a b c", .tooMany(.export, "c")),
        ("identity", .missing(.identity, "the folder to write to")), ("identity a b", .tooMany(.identity, "b")),
        ("identity a --days", .missing(.identity, "the number after --days")),
        ("identity a --days 0", .noNumber(.identity, "0", 1...90)),
        ("identity a --days 91", .noNumber(.identity, "91", 1...90)),
        ("identity a --days week", .noNumber(.identity, "week", 1...90)),
        ("identity a --output b", .unknownOption(.identity, "--output")),
        ("import", .missing(.importing, "the torrent file")), ("import a b c", .tooMany(.importing, "c")),
        ("queue 3", .missing(.queue, "first, last, high, normal or low behind the transfer")),
        ("queue 3 up", .noChoice(.queue, "up", ["first", "last", "high", "normal", "low"])),
        ("queue 3 first now", .tooMany(.queue, "now")), ("pause", .missing(.pause, "the number or name of a transfer")),
        ("limit up", .missing(.limit, "a value behind \"up\"")), ("limit up fast", .noRate("fast")),
        ("limit down 0", .noRate("0")), ("limit a up 0", .noRate("0")), ("limit up 100", .noRate("100")),
        ("limit up -5M", .noRate("-5M")), ("limit up 1e9", .noRate("1e9")), ("limit up 5Mb", .noRate("5Mb")),
        ("limit up .M", .noRate(".M")), ("limit up 99999999999G", .noRate("99999999999G")),
        ("limit up 1.2.3M", .noRate("1.2.3M")), ("limit slots 0", .noNumber(.limit, "0", 1...1_000)),
        ("limit active 101", .noNumber(.limit, "101", 1...100)),
        ("limit a sideways 1M", .noChoice(.limit, "sideways", ["up", "down"])),
        ("limit a 1M", .noChoice(.limit, "a", ["up", "down", "slots", "active"])),
        ("limit a up 1M 2", .tooMany(.limit, "2")), ("limit up 5 Mb", .noChoice(.limit, "5", ["up", "down"])),
        ("admin", .missing(.admin, "a task, such as members")), ("admin members a", .tooMany(.admin, "a")),
        ("admin users", .noTask("users", nearest: "members")),
        ("admin memebrs", .noTask("memebrs", nearest: "members")),
        ("admin x", .noChoice(.admin, "x", adminTasks)),
        ("admin invite --expires 5s", .noPeriod(.admin, "5s")),
        ("admin invite --uses 0", .noNumber(.admin, "0", 1...100_000)),
        ("admin invite --expires 367d", .noPeriod(.admin, "367d")),
        ("admin role a king", .noChoice(.admin, "king", ["member", "admin"])),
        ("admin put g", .missing(.admin, "the name of a member")), ("devices a", .tooMany(.devices, "a")),
        ("admin withdraw x", .noNumber(.admin, "x", 0...Int.max)),
        ("xit now", .tooMany(.xit, "now")),
        ("sch a --sort age", .missing(.search, "--long beside --sort")), ("sch a --larger x", .noSize(.search, "x")),
        ("sch a --newer soon", .noPeriod(.search, "soon")), ("sch a b --save x", .tooMany(.search, "b")),
        ("sch a --save x -i", .contradiction(.search, "--save", "--ignore-case")),
        ("sch a -l --sort colour", .noChoice(.search, "colour", ["name", "size", "age", "holders"])),
        ("sch 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", .tooMany(.search, "17")),
        ("pub a --public --to b", .contradiction(.publish, "--public", "--to")),
        ("share a --public --locked", .contradiction(.share, "--public", "--locked")),
        ("pub a --to ,", .missing(.publish, "the names after --to")),
        ("pub a ''", .missing(.publish, "the file to publish")), ("share ''", .missing(.share, "the folder to share")),
        ("approve", .missing(.approve, "the number of a question")),
        ("pub 'a", .openQuote("'")), ("pub a\\", .openBackslash),
        ("help foo", .unknownCommand("foo", nearest: nil)), ("help get lap", .tooMany(.help, "lap")),
        ("doctor a b", .tooMany(.doctor, "b")),
    ]) func misunderstandings(line: String, expected: Misunderstanding) {
        #expect(throws: expected) { try Command(parsing: line, home: nil) }
        #expect(!expected.message.what.isEmpty && expected.message.hint != nil)
    }
}

extension Verb {
    /// How many words must stand behind it.
    fileprivate var leastArguments: Int {
        switch self {
        case .peers, .published, .queue, .limit, .passwd, .devices, .shares, .asks, .status, .doctor, .help, .xit: 0
        case .searches, .block, .config: 0
        case .get, .publish, .search, .unpublish, .browse, .pause, .resume, .cancel, .importing, .identity: 1
        case .admin, .share, .unshare, .approve, .refuse, .unblock: 1
        case .export: 2
        }
    }
}
