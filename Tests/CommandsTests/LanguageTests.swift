import Commands
import TestKit
import Testing

@Suite struct LanguageTests {
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
        ("get a", Command.get(names: ["a"], output: nil)), ("get a --output b", .get(names: ["a"], output: "b")),
        ("get -o ~/b a", .get(names: ["a"], output: "/home/x/b")),
        ("get --output=b a", .get(names: ["a"], output: "b")),
        ("get -- --output", .get(names: ["--output"], output: nil)), ("get a b", .get(names: ["a", "b"], output: nil)),
        ("get -", .get(names: ["-"], output: nil)), ("pub -a", .publish(paths: ["-a"])),
        ("sch -x", .search(substring: "-x")),
        ("sch \"\"", .search(substring: "")), ("help get", .help(.get)), ("help", .help(nil)), ("xit", .leave),
        ("export a.pdf ~/a.torrent", .export(name: "a.pdf", path: "/home/x/a.torrent")),
        ("identity ~/me", .identity(folder: "/home/x/me", days: 1)),
        ("identity me --days 30", .identity(folder: "me", days: 30)),
        ("identity --days=90 me", .identity(folder: "me", days: 90)),
        ("identity -- --days", .identity(folder: "--days", days: 1)),
        ("import a.torrent", .importTorrent(path: "a.torrent", content: nil)),
        ("import ~/a.torrent ~/b", .importTorrent(path: "/home/x/a.torrent", content: "/home/x/b")),
        ("pub ~", .publish(paths: ["/home/x"])), ("unp ~/a", .unpublish(names: ["~/a"])),
    ]) func commands(line: String, expected: Command) throws {
        #expect(try Command(parsing: line, home: "/home/x") == expected)
    }

    @Test(arguments: [
        ("git a", Misunderstanding.unknownCommand("git", nearest: "get")),
        ("quit", .unknownCommand("quit", nearest: "xit")),
        ("exit", .unknownCommand("exit", nearest: "xit")), ("lpa", .unknownCommand("lpa", nearest: "lap")),
        ("Get a", .unknownCommand("Get", nearest: "get")), ("download", .unknownCommand("download", nearest: nil)),
        ("get", .missing(.get, "the name of the file to download")),
        ("get a --output", .missing(.get, "the path after --output")),
        ("get a b -o c", .oneOutputForMany), ("get --x a", .unknownOption(.get, "--x")),
        ("export", .missing(.export, "the name of a published file")),
        ("export a", .missing(.export, "the torrent file to write")), ("export a b c", .tooMany(.export, "c")),
        ("identity", .missing(.identity, "the folder to write to")), ("identity a b", .tooMany(.identity, "b")),
        ("identity a --days", .missing(.identity, "the number after --days")),
        ("identity a --days 0", .noNumber(.identity, "0", 1...90)),
        ("identity a --days 91", .noNumber(.identity, "91", 1...90)),
        ("identity a --days week", .noNumber(.identity, "week", 1...90)),
        ("identity a --output b", .unknownOption(.identity, "--output")),
        ("import", .missing(.importing, "the torrent file")), ("import a b c", .tooMany(.importing, "c")),
        ("xit now", .tooMany(.xit, "now")),
        ("sch a b", .tooMany(.sch, "b")), ("pub 'a", .openQuote("'")), ("pub a\\", .openBackslash),
        ("help foo", .unknownCommand("foo", nearest: nil)), ("help get lap", .tooMany(.help, "lap")),
    ]) func misunderstandings(line: String, expected: Misunderstanding) {
        #expect(throws: expected) { try Command(parsing: line, home: nil) }
        #expect(!expected.message.what.isEmpty && expected.message.hint != nil)
    }
}
