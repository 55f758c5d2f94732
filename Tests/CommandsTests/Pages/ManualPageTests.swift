import Commands
import FoundationEssentials
import NetworkTestKit
import ServerCommands
import Terminal
import TestKit
import Testing

@Suite struct ManualPageTests {
    @Test func theProgramsPageHasEverything() {
        let program = Program.form
        let page = ManualPage(of: program).text
        for form in program.commands {
            #expect(page.contains("\n.SS \(form.usage.replacing("-", with: "\\-"))\n"), "\(form.word)")
            for option in form.options {
                #expect(page.contains("\n.B \(option.usage.replacing("-", with: "\\-"))\n"), "\(option.long)")
            }
        }
        #expect(page.contains("\n.SH ENVIRONMENT\n"))
        for variable in VariableForm.all { #expect(page.contains("\n\(variable.name) "), "\(variable.name)") }
        for status in Commands.ExitStatus.allCases { #expect(page.contains("\(status.rawValue)  ")) }
    }

    /// As the checkers of man and of mandoc have it, where these are installed.
    @Test(arguments: [[], ["get"], ["limit"], ["join"], ["completions"]])
    func isGoodRoff(arguments: [String]) async throws {
        let directory = try TemporaryDirectory()
        let page = try await Programs.output("bittrickle", ["man"] + arguments, in: directory)
        #expect(page.hasPrefix(".TH BITTRICKLE"))
        try await Self.check(page, section: 1, in: directory)
    }

    private static func check(_ page: String, section: Int, in directory: TemporaryDirectory) async throws {
        try page.write(toFile: directory.file("page.\(section)"), atomically: true, encoding: .utf8)
        let checkers = [("mandoc", ["-T", "lint", "-W", "all"]), ("groff", ["-man", "-ww", "-Tutf8", "-z"])]
        for (checker, options) in checkers {
            guard let path = Programs.installed(checker) else { continue }
            let file = directory.file("page.\(section)")
            let process = try await RealProcess.start(path, options + [file], in: directory.path)
            #expect(try await process.output.expectEnd() == "")
            #expect(try await process.errors.expectEnd() == "")
        }
    }

    @Test(arguments: [[], ["invite"], ["man"]]) func theServersPageIsGoodRoff(arguments: [String]) async throws {
        let directory = try TemporaryDirectory()
        let page = try await Programs.output("bittrickle-server", ["man"] + arguments, in: directory)
        let name = (["bittrickle-server"] + arguments).joined(separator: "-")
        #expect(page.hasPrefix(".TH \(name.uppercased().replacing("-", with: "\\-")) 8 "))
        try await Self.check(page, section: 8, in: directory)
    }

    @Test func theServersPageHasEverything() {
        let page = ManualPage(of: ServerForm.program).text
        let words = ServerForm.program.commands.map(\.word)
        #expect(
            words == [
                "invite", "users", "sessions", "publications", "groups", "backup", "restore", "check", "migrate",
                "relay",
                "man", "completions",
            ])
        for form in ServerForm.program.commands {
            #expect(page.contains("\n.SS \(form.usage.replacing("-", with: "\\-"))\n"), "\(form.word)")
        }
        for option in ServerForm.program.options {
            #expect(page.contains("\n.B \(option.usage.replacing("-", with: "\\-"))\n"), "\(option.long)")
        }
        #expect(page.contains("\n.SH EXIT STATUS\n"))
    }

    /// What begins like a request is text, and what roff has a meaning for is itself.
    @Test func textStaysText() {
        let form = CommandForm(
            word: "x", summary: "s", explanation: ".SH evil\n'so\na\\fBb ^ ~ `c` \"d\" e-f\n\n  .nf\n  \\&")
        let program = ProgramForm(
            name: "p", summary: "s", usage: "p", explanation: "", version: "p 1", options: [],
            groups: [FormGroup("Commands", [form])])
        let page = ManualPage(of: form, in: program).text
        #expect(page.contains("\n\\&.SH evil \\(aqso a\\efBb \\(ha \\(ti \\(gac\\(ga \\(dqd\\(dq e\\-f\n"))
        #expect(page.contains("\n.nf\n\\&.nf\n\\e&\n.fi\n"))
    }

    @Test func whatTheParserSaysIsUnderstood() throws {
        let form = try #require(Program.form.command("networks"))
        #expect(form.summary == "list the networks that you joined, the one that is meant first")
        #expect(form.options.map(\.long) == ["--prefer", "--nearby", "--json"])
        #expect(form.usage == "networks [--prefer <network>] [--nearby] [--json]")
        #expect(CommandForm(dumped: "{}", word: "x") == nil)
    }
}
