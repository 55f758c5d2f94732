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
    /// Before what goes on below.
    private static let hanging = "    "

    private let columns: [Column]
    private let rows: [[String]]

    /// - Parameter rows: A text a column, made safe here.
    package init(_ columns: [Column], rows: [[String]]) {
        self.columns = columns
        self.rows = rows.map { $0.map { SafeText($0).text } }
    }

    /// - Parameter width: Of the window; nil for none. No column but the last is made wider than a third of it: what is longer
    ///   is not cut, but the rest of its row moves, and goes on below where it does not fit.
    package func lines(width: Int?) -> [String] {
        let cells = [columns.map(\.title)] + rows
        let most = width.map { max(8, $0 / 3) } ?? .max
        let widths = columns.indices.map { column in
            cells.map { DisplayWidth.columns(of: $0[column]) }.filter { $0 <= most }.max() ?? 0
        }
        return cells.flatMap { lines(of: $0, widths, width ?? .max) }
    }

    private func lines(of row: [String], _ widths: [Int], _ width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        // Out of the columns.
        var hasMoved = false
        for index in row.indices {
            let needed = DisplayWidth.columns(of: row[index])
            let used = DisplayWidth.columns(of: line)
            if index > 0 {
                let fits = used + Self.gap.count + needed <= width
                if !fits, Self.hanging.count + needed <= width || used >= width {
                    while line.last == " " { line.removeLast() }
                    lines.append(line)
                    (line, hasMoved) = (Self.hanging, true)
                } else {
                    line += Self.gap
                }
            }
            let padding = hasMoved ? "" : String(repeating: " ", count: max(0, widths[index] - needed))
            let isLast = index == row.count - 1
            line += columns[index].isNumber ? padding + row[index] : isLast ? row[index] : row[index] + padding
            if needed > widths[index] { hasMoved = true }
        }
        return lines + [line]
    }
}
