/// Pages of help, laid out for a window of any width.
package enum TextLayout {
    /// Two columns of a table, or one where nothing stands on the right.
    package struct Row: Hashable, Sendable {
        package var left: String
        package var right: String?

        package init(left: String, right: String? = nil) {
            self.left = left
            self.right = right
        }
    }

    private static let indentation = 2
    /// Of what goes on in the next line.
    private static let hanging = 6
    private static let gap = 2
    /// Of the left column where not all fit, and of the right one at least.
    private static let mostLeft = 28
    private static let leastRight = 30

    /// Paragraphs, parted by empty lines, are filled whatever lines they come in; lines that are indented are a table,
    /// whose columns are parted by two spaces at least.
    package static func page(_ text: String, columns: Int) -> String {
        var lines: [String] = []
        var sentences: [Substring] = []
        var rows: [Row] = []
        func finish() {
            if !sentences.isEmpty { lines += paragraph(sentences.joined(separator: " "), columns: columns) }
            lines += table(rows, columns: columns)
            (sentences, rows) = ([], [])
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                finish()
                lines.append("")
            } else if line.hasPrefix(" ") {
                rows.append(row(line.drop { $0 == " " }))
            } else {
                sentences.append(line)
            }
        }
        finish()
        return lines.joined(separator: "\n")
    }

    private static func row(_ line: Substring) -> Row {
        guard let gap = line.firstRange(of: "  ") else { return Row(left: String(line)) }
        return Row(left: String(line[..<gap.lowerBound]), right: String(line[gap.upperBound...].drop { $0 == " " }))
    }

    /// Indented; where the window is too narrow for both columns side by side, the right one goes below.
    package static func table(_ rows: [Row], columns: Int) -> [String] {
        let lefts = rows.filter { $0.right != nil }.map { DisplayWidth.columns(of: $0.left) }
        let rights = rows.map { DisplayWidth.columns(of: $0.right ?? "") }
        let widest = lefts.max() ?? 0
        let isWide = indentation + widest + gap + (rights.max() ?? 0) <= columns
        let left = isWide ? widest : min(widest, mostLeft)
        let start = indentation + left + gap
        let isStacked = !isWide && columns - start < leastRight
        return rows.flatMap { row in
            let head = paragraph(row.left, columns: columns, first: indentation, others: hanging)
            guard let right = row.right else { return head }
            let width = DisplayWidth.columns(of: row.left)
            guard !isStacked, width <= left else {
                let below = isStacked ? hanging : start
                return head + paragraph(right, columns: columns, first: below, others: below)
            }
            var lines = paragraph(right, columns: columns, first: start, others: start)
            let first = lines.removeFirst().dropFirst(start)
            let padding = String(repeating: " ", count: start - indentation - width)
            return [String(repeating: " ", count: indentation) + row.left + padding + first] + lines
        }
    }

    /// Lines as they are, but for those that are too long: these go on below, indented as they begin, and by two columns
    /// more. Nothing is left out but the spaces at which they are parted: those at the end stay, behind which somebody types.
    package static func wrapped(_ text: String, columns: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
            guard DisplayWidth.columns(of: String(line)) > columns else { return [String(line)] }
            let start = String(line.prefix { $0 == " " })
            let (head, rest) = (start.count, start + "  ")
            var lines: [String] = []
            var current = start
            var spaces = ""
            for word in line.dropFirst(head).split(separator: " ", omittingEmptySubsequences: false) {
                let isFirst = current.allSatisfy { $0 == " " }
                let added = isFirst ? String(word) : spaces + word
                if !isFirst, !word.isEmpty, DisplayWidth.columns(of: current + added) > columns {
                    lines.append(current)
                    current = rest + word
                } else if word.isEmpty {
                    spaces += " "
                    continue
                } else {
                    current += added
                }
                spaces = " "
            }
            return lines + [current + spaces.dropFirst()]
        }
        .joined(separator: "\n")
    }

    /// - Parameters:
    ///   - first: By how much the first line is indented.
    ///   - others: By how much the others are.
    package static func paragraph(_ text: String, columns: Int, first: Int = 0, others: Int = 0) -> [String] {
        var lines: [String] = []
        var line = String(repeating: " ", count: first)
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, DisplayWidth.columns(of: line) + 1 + DisplayWidth.columns(of: word) > columns {
                lines.append(line)
                line = String(repeating: " ", count: others)
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }
}
