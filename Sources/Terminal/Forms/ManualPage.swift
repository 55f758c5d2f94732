/// Pages of the manual, in the language of man(7).
package struct ManualPage: Sendable {
    package let text: String

    /// When what the pages describe was released.
    private static let date = "2026-11-29"

    /// Of the program with all its commands.
    package init(of program: ProgramForm) {
        var page = Roff(title: program.name, in: program, date: Self.date)
        page.name(program.name, program.summary)
        page.section("SYNOPSIS")
        page.literal(program.usage.split(separator: "\n").map(String.init))
        var parts = Self.parted(program.explanation)
        page.section("DESCRIPTION")
        page.prose(parts.removeFirst().text)
        page.section("OPTIONS")
        page.options(program.options + [ProgramForm.help])
        for group in program.groups {
            page.section(group.title.uppercased())
            if !group.common.isEmpty {
                page.prose("Every one of these also takes:")
                page.options(group.common + [ProgramForm.help])
            }
            for form in group.commands {
                page.subsection(form.usage)
                if let alias = form.alias { page.prose("Or \(alias).") }
                page.prose(form.explanation.isEmpty ? Self.sentence(form.summary) : form.explanation)
                page.options(form.options)
            }
        }
        for part in parts {
            page.section(part.heading == "EXIT CODES" ? "EXIT STATUS" : part.heading)
            page.prose(part.text)
        }
        text = page.text
    }

    /// Of one of its commands.
    package init(of form: CommandForm, in program: ProgramForm) {
        var page = Roff(title: "\(program.name)-\(form.word)", in: program, date: Self.date)
        page.name("\(program.name)-\(form.word)", form.summary)
        page.section("SYNOPSIS")
        page.literal(form.words.map { "\(program.name) \($0)\(form.usage.dropFirst(form.word.count))" })
        page.section("DESCRIPTION")
        page.prose(form.explanation.isEmpty ? Self.sentence(form.summary) : form.explanation)
        let common = program.groups.first { $0.commands.contains(form) }?.common ?? []
        page.section("OPTIONS")
        page.options(form.options + common + [ProgramForm.help])
        page.section("SEE ALSO")
        page.reference(to: program)
        text = page.text
    }

    /// What stands before the first heading, and under each.
    private static func parted(_ explanation: String) -> [(heading: String, text: String)] {
        var parts = [(heading: "", text: "")]
        for line in explanation.split(separator: "\n", omittingEmptySubsequences: false) {
            if Roff.isHeading(line) {
                parts.append((String(line), ""))
            } else {
                parts[parts.count - 1].text += line + "\n"
            }
        }
        return parts
    }

    private static func sentence(_ summary: String) -> String {
        summary.prefix(1).uppercased() + summary.dropFirst() + "."
    }
}

/// A page as it is written.
private struct Roff {
    private(set) var text: String
    /// A heading stands last, behind which no paragraph needs to be begun.
    private var isHeaded = true
    private static let longest = 76

    init(title: String, in program: ProgramForm, date: String) {
        text = ".TH \(Self.escaped(title.uppercased())) \(program.section) \(date) \"\(program.version)\" BitTrickle\n"
    }

    static func isHeading(_ line: some StringProtocol) -> Bool {
        line.first?.isUppercase == true && line.allSatisfy { $0.isUppercase || $0 == " " }
    }

    mutating func name(_ name: String, _ summary: String) {
        section("NAME")
        for row in TextLayout.paragraph("\(Self.escaped(name)) \\- \(Self.escaped(summary))", columns: Self.longest) {
            line(row)
        }
    }

    mutating func section(_ title: String) {
        text += ".SH \(Self.escaped(title))\n"
        isHeaded = true
    }

    mutating func subsection(_ title: String) {
        text += ".SS \(Self.escaped(title))\n"
        isHeaded = true
    }

    mutating func reference(to program: ProgramForm) {
        text += ".BR \(Self.escaped(program.name)) (\(program.section))\n"
    }

    mutating func options(_ options: [OptionForm]) {
        for option in options {
            text += ".TP\n.B \(Self.escaped(option.usage))\n"
            fill(option.summary)
        }
    }

    /// Paragraphs are filled; lines that are indented are left as they are.
    mutating func prose(_ explanation: String) {
        var examples: [String] = []
        var sentences: [String] = []
        for line in explanation.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(" ") {
                paragraph(&sentences)
                examples.append(String(line.dropFirst(2)))
            } else {
                literal(examples)
                examples = []
                if line.isEmpty || Self.isHeading(line) { paragraph(&sentences) }
                if Self.isHeading(line) {
                    begin()
                    text += ".B \(Self.escaped(String(line)))\n"
                } else if !line.isEmpty {
                    sentences.append(String(line))
                }
            }
        }
        paragraph(&sentences)
        literal(examples)
    }

    /// As it is, a line a line.
    mutating func literal(_ lines: [String]) {
        guard !lines.isEmpty else { return }
        begin()
        text += ".RS 4\n.nf\n"
        for line in lines { self.line(Self.escaped(line)) }
        text += ".fi\n.RE\n"
    }

    private mutating func begin() {
        if !isHeaded { text += ".PP\n" }
        isHeaded = false
    }

    private mutating func paragraph(_ sentences: inout [String]) {
        guard !sentences.isEmpty else { return }
        begin()
        fill(sentences.joined(separator: " "))
        sentences = []
    }

    private mutating func fill(_ text: String) {
        for line in TextLayout.paragraph(Self.escaped(text), columns: Self.longest) { self.line(line) }
    }

    /// What begins with a dot or an apostrophe is no request.
    private mutating func line(_ escaped: String) {
        text += (escaped.hasPrefix(".") || escaped.hasPrefix("\\(aq") ? "\\&" : "") + escaped + "\n"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\e"
            case "-": escaped += "\\-"
            case "'": escaped += "\\(aq"
            case "`": escaped += "\\(ga"
            case "^": escaped += "\\(ha"
            case "~": escaped += "\\(ti"
            case "\"": escaped += "\\(dq"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
