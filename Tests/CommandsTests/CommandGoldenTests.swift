import Commands
import NodeControl
import Terminal
import TestKit
import Testing

/// Every command as it is carried out alone: what it says to people and to programs, where, and its exit code, each held
/// against a file in `Golden/`.
@Suite struct CommandGoldenTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let verb: Verb
        let runs: [Run]
        var testDescription: String { verb.rawValue }
    }

    struct Run: Sendable {
        let words: [String]
        var script = ScriptedNode.Script()
        var answers: [String]?

        init(_ line: String, _ script: ScriptedNode.Script = .init(), answers: [String]? = nil) {
            words = Words(line).words.map(\.text)
            self.script = script
            self.answers = answers
        }
    }

    @Test func everyCommandHasOne() {
        #expect(Set(CommandCases.all.map(\.verb)) == Set(Verb.allCases).subtracting([.help, .xit]))
        for golden in CommandCases.all {
            #expect(golden.runs.contains { $0.words.contains("--json") }, "\(golden.verb)")
        }
    }

    @Test(arguments: CommandCases.all) func golden(_ golden: Case) async throws {
        var text = ""
        for run in golden.runs {
            let ended = try await ShellRun.once(run.words, run.script, answers: run.answers)
            text +=
                "$ bittrickle \(run.words.map { $0.contains(" ") ? Quoting.quoted($0) : $0 }.joined(separator: " "))\n\(ended.output)"
            if !ended.prompts.isEmpty { text += "[asked]\n\(ended.prompts.joined(separator: "\n"))\n" }
            if !ended.errors.isEmpty { text += "[standard error]\n\(ended.errors)" }
            text += "[\(ended.status.rawValue)]\n\n"
        }
        try Golden.expect(text, "run-\(golden.verb).txt")
    }

    /// What a terminal would take for more than text is escaped, and comes back as it was.
    @Test func recordsAreSafeAndExact() async throws {
        let evil = "a\u{1B}[2J\u{202E}\u{9B}\u{7F}\u{2028}\u{E000}é文\u{1F600}\"\\/"
        let run = try await ShellRun.once(["peers", "--json"], .init(peers: .success([evil])))
        #expect(
            run.output == """
                {"peer":{"member":"a\\u001b[2J\\u202e\\u009b\\u007f\\u2028\\ue000é文\u{1F600}\\"\\\\/","paths":[]},"v":1}

                """)
    }

    /// Nor what holds it; a folder in it is none of that.
    @Test(arguments: [("/home/hans", "is"), ("/home/hans/", "is"), ("/home", "holds"), ("/", "holds")])
    func theHomeFolderIsNotGivenAwayByMistake(path: String, verb: String) async throws {
        try await isAskedAbout(path) {
            $0.hasPrefix("\(path) \(verb) your home folder: others would get all that is in it")
        }
    }

    /// It is given to others where somebody agrees, and to nobody where he cannot be asked.
    private func isAskedAbout(_ path: String, _ isMeant: (_ question: String) -> Bool) async throws {
        for command in ["publish", "share"] {
            let no = try await ShellRun.once([command, path], answers: ["n"])
            #expect(no.prompts.count == 1 && isMeant(no.prompts[0]))
            #expect(!no.questions.contains { $0.hasPrefix(command) } && no.status == .commandFailed)
            let yes = try await ShellRun.once([command, path], answers: ["y"])
            #expect(yes.questions.contains("\(command) \(path)") && yes.status == .success)
            let agreed = try await ShellRun.once([command, path, "--yes"])
            #expect(agreed.questions.contains("\(command) \(path)") && agreed.prompts.isEmpty)
            let piped = try await ShellRun.once([command, path])
            #expect(piped.prompts.isEmpty && piped.status == .usage)
            #expect(isMeant(piped.errors) && piped.errors.contains("--yes"))
            #expect(!piped.questions.contains { $0.hasPrefix(command) })
        }
    }

    @Test(arguments: [
        ("/home/hans/.ssh", "is hidden in your home folder"), ("/home/hans/.netrc", "is hidden in your home folder"),
        ("/home/hans/.config/a/", "is hidden in your home folder"), ("/etc", "belongs to this computer's settings"),
        ("/etc/ssl", "belongs to this computer's settings"),
        // Whoever is root may give away everybody's.
        ("/home/leia/.ssh", "is hidden in somebody's home folder"), ("/root/.a", "is hidden in somebody's home folder"),
    ])
    func whatProgramsHideIsNotGivenAwayByMistake(path: String, matter: String) async throws {
        try await isAskedAbout(path) { $0.contains(" \(matter), ") }
    }

    @Test(arguments: [("/home/leia", "is somebody's home folder"), ("/root", "is somebody's home folder")])
    func theHomeFolderOfAnotherIsNotGivenAwayByMistake(path: String, matter: String) async throws {
        try await isAskedAbout(path) {
            $0.hasPrefix("\(path) \(matter) on this computer: others would get all that is in it")
        }
    }

    /// Wherever accounts have theirs; those of services, where there is nothing private, are none.
    @Test(arguments: [
        ("/srv/people/leia", PathCaution?.some(.homeOfOther)), ("/srv/people", .aroundHomes),
        ("/srv/people/leia/.gnupg/a", .hiddenInHomeOfOther), ("/srv/people/leia/films/.a", nil), ("/", .aroundHomes),
        ("/usr/games", nil), ("/usr/games/.a", nil), ("/mnt/.a", nil),
    ])
    func homesAreWhereAccountsHaveThem(path: String, caution: PathCaution?) async {
        let homes = HomeList(
            ask: { HomeFolders(["/srv/people/leia", "/", "/usr/games", "/nonexistent", "relative"]) },
            patience: endless)
        #expect(await PathCaution.of(RealPath(path), home: nil, homes) == caution)
    }

    @Test func whatLiesInTheHomeFolderIsNotAskedAbout() async throws {
        for path in ["/home/hans/photos", "/home/hans/photos/.cache", "/home/hansi/photos", "/etcetera", "a.pdf"] {
            let run = try await ShellRun.once(["publish", path], answers: [])
            #expect(run.prompts.isEmpty && run.questions.contains("publish \(path)"))
        }
    }

    @Test func whatArrivedIsNotThrownAwayUnasked() async throws {
        let film = TransferStatus(number: 3, name: "film", path: "/here/film", state: .paused, done: 5, total: 9)
        let script = ScriptedNode.Script(transfers: [film], change: .success(film))
        let no = try await ShellRun.once(["cancel", "film"], script, answers: ["n"])
        #expect(no.prompts == ["Throw away 5 B of film? [y/N] "])
        #expect(!no.questions.contains { $0.hasPrefix("change") } && no.status == .commandFailed)
        let yes = try await ShellRun.once(["cancel", "3"], script, answers: ["yes"])
        #expect(yes.questions.contains("change 3 cancel") && yes.status == .success)
        let agreed = try await ShellRun.once(["cancel", "film", "--yes"], script, answers: [])
        #expect(agreed.prompts.isEmpty && agreed.status == .success)
        // There is nobody to ask.
        let piped = try await ShellRun.once(["cancel", "film"], script)
        #expect(piped.prompts.isEmpty && piped.status == .success)
    }
}
