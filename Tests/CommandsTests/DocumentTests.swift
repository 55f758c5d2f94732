import Commands
import FoundationEssentials
import Terminal
import Testing

/// What the documents say of commands, options, kinds of answers and exit codes is what there is.
@Suite struct DocumentTests {
    /// Docs/commands.md follows from the commands' forms.
    @Test func commands() throws { try Golden.expect(CommandPage.text, "commands.md", in: Golden.docs) }

    @Test func json() throws {
        let page = try Self.page("json.md")
        for kind in Record.Kind.allCases { #expect(page.contains("\n| `\(kind.rawValue)` | "), "\(kind)") }
        for verb in Verb.allCases where verb != .xit { #expect(page.contains("`\(verb)`"), "\(verb)") }
        #expect(page.contains("\"v\":\(Record.version)"))
    }

    @Test func exitCodes() throws {
        let page = try Self.page("exit-codes.md")
        for status in Commands.ExitStatus.allCases {
            #expect(page.contains("\n| \(status.rawValue) | \(status.meaning) |\n"))
        }
    }

    private static func page(_ name: String) throws -> String {
        try String(contentsOfFile: "\(Golden.docs)/\(name)", encoding: .utf8)
    }
}

/// The reference of all commands.
private enum CommandPage {
    static var text: String {
        let head = """
            # Commands

            What is typed in the shell of `bittrickle`, or behind `bittrickle` on the command line. `help COMMAND` says the same.

            Every command also takes:

            \(options(Manner.options))

            On the command line these may stand before the command as well as behind it, and so may

            \(options([StartOptions.network]))
            """
        let own = """
            # On the command line

            These stand behind `bittrickle` on the command line alone; so do a server and its options, see `bittrickle --help`.
            """
        let variables = """
            # In the environment

            | variable | |
            |---|---|
            \(VariableForm.all.map { "| `\($0.name)` | \($0.summary) |" }.joined(separator: "\n"))

            What `all_proxy` and `no_proxy` take stands in [the user guide](user-guide.md); capitals (`ALL_PROXY`) will do.
            """
        let forms = Program.form.groups.dropFirst().flatMap(\.commands)
        return ([head] + Verb.allCases.map { section($0.form) } + [own] + forms.map(section) + [variables])
            .joined(separator: "\n\n") + "\n"
    }

    private static func section(_ form: CommandForm) -> String {
        var parts = ["## \(form.word)", "    \(form.usage)"]
        if let alias = form.alias { parts.append("Or `\(alias)`.") }
        parts.append(
            form.explanation.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { $0 != "EXAMPLE" && $0 != "EXAMPLES" }
                .map { $0.hasPrefix("  ") ? "  " + $0 : String($0) }.joined(separator: "\n"))
        if !form.options.isEmpty { parts.append(options(form.options)) }
        return parts.joined(separator: "\n\n")
    }

    private static func options(_ options: [OptionForm]) -> String {
        (["| option | |", "|---|---|"] + options.map { "| `\($0.usage)` | \($0.summary) |" }).joined(separator: "\n")
    }
}
