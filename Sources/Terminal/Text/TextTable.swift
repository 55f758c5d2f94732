/// Columns for people to read: what is long and copied comes last, and is never cut.
package struct TextTable: Sendable {
    package struct Column: Sendable {
        package var title: String
        /// Numbers stand below each other by their ends.
        package var isNumber: Bool

        package init(_ title: String, isNumber: Bool = false) {
            self.title = title
            self.isNumber = isNumber
        }
    }

    private static let gap = "  "

    private let columns: [Column]
    private let rows: [[String]]

    /// - Parameter rows: A text a column, made safe here.
    package init(_ columns: [Column], rows: [[String]]) {
        self.columns = columns
        self.rows = rows.map { $0.map { SafeText($0).text } }
    }

    /// - Parameter width: Of the window: no column but the last takes more than a third of it. Nil for no window.
    package func lines(width: Int?) -> [String] {
        let most = width.map { max(8, $0 / 3) } ?? .max
        let cells = ([columns.map(\.title)] + rows).map { row in
            row.indices.map { $0 == row.count - 1 ? row[$0] : DisplayWidth.truncated(row[$0], to: most) }
        }
        let widths = columns.indices.map { column in cells.map { DisplayWidth.columns(of: $0[column]) }.max() ?? 0 }
        return cells.map { row in
            row.indices.map { index -> String in
                let padding = String(repeating: " ", count: widths[index] - DisplayWidth.columns(of: row[index]))
                if columns[index].isNumber { return padding + row[index] }
                return index == row.count - 1 ? row[index] : row[index] + padding
            }
            .joined(separator: Self.gap)
        }
    }
}
