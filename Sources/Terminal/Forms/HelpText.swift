/// What the argument parser says of a command, laid out anew: the parser breaks no usage, and where the window is narrower
/// than its columns its lines are broken inside words.
package enum HelpText {
    /// For the parser: wider than anything it says, so that a paragraph is a line.
    package static let unbroken = 100_000

    /// Where the parser puts what an option does, and where it goes on in usages.
    private static let start = 26
    private static let usageStart = "USAGE: ".count
    /// Of what goes on in the next line.
    private static let hanging = 4
    /// Less room than that for what an option does is none.
    private static let leastRight = 30

    private enum Part {
        case prose
        case usage
        case table
    }

    /// - Parameter text: as the parser makes it for ``unbroken`` columns.
    package static func laidOut(_ text: String, columns: Int) -> String {
        var part = Part.prose
        var lines: [String] = []
        var rest = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = rest.popFirst() {
            if line.isEmpty { part = .prose }
            if line.hasPrefix("USAGE: ") { part = .usage }
            switch part {
            case .usage: lines += usage(line, columns: columns)
            case .table:
                // What does not fit beside the option stands below.
                let isAlone = rest.first?.hasPrefix(String(repeating: " ", count: start)) == true
                lines += row(line, below: isAlone ? rest.popFirst() : nil, columns: columns)
            case .prose: lines += prose(line, columns: columns)
            }
            if line == "ARGUMENTS:" || line == "OPTIONS:" { part = .table }
        }
        return lines.joined(separator: "\n")
    }

    /// Broken between what stands in brackets, not in it.
    private static func usage(_ line: Substring, columns: Int) -> [String] {
        let space: Character = "\u{A0}"
        var depth = 0
        let kept = line.map { character -> Character in
            if character == "[" { depth += 1 }
            if character == "]" { depth -= 1 }
            return character == " " && depth > 0 ? space : character
        }
        let indentation = line.prefix { $0 == " " }.count
        return TextLayout.paragraph(
            String(kept), columns: columns, first: indentation, others: usageStart + hanging
        ).map { String($0.map { $0 == space ? " " : $0 }) }
    }

    private static func prose(_ line: Substring, columns: Int) -> [String] {
        if line.hasPrefix(" ") { return [TextLayout.wrapped(String(line), columns: columns)] }
        return TextLayout.paragraph(String(line), columns: columns)
    }

    private static func row(_ line: Substring, below: Substring?, columns: Int) -> [String] {
        let isWide = columns - start >= leastRight
        let indentation = isWide ? start : 2 + hanging
        var left = String(line)
        var right = below.map { $0.drop { $0 == " " } }
        if below == nil, line.count > start {
            left = String(line.prefix(start))
            right = line.dropFirst(start)
        }
        while left.last == " " { left.removeLast() }
        let option = left.drop { $0 == " " }
        guard let right else {
            return TextLayout.paragraph(String(option), columns: columns, first: 2, others: 2 + hanging)
        }
        let described = TextLayout.paragraph(
            String(right), columns: columns, first: indentation, others: indentation)
        guard isWide, left.count < start else {
            return TextLayout.paragraph(String(option), columns: columns, first: 2, others: 2 + hanging) + described
        }
        let padding = String(repeating: " ", count: start - left.count)
        return [left + padding + described[0].dropFirst(start)] + described.dropFirst()
    }
}
