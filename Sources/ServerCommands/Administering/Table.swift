import Terminal

/// Columns for people to read.
package enum Table {
    /// - Parameter rows: Texts of others, which are made safe here.
    package static func lines(_ header: [String], _ rows: [[String]]) -> [String] {
        let rows = [header] + rows.map { $0.map { SafeText($0).text } }
        let widths = header.indices.map { column in
            rows.map { DisplayWidth.columns(of: $0[column]) }.max() ?? 0
        }
        return rows.map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - DisplayWidth.columns(of: text))
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
