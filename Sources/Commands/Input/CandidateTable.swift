import Terminal

/// What the Tab key lists, in columns, read downwards.
enum CandidateTable {
    private static let most = 200

    static func rows(_ names: [String], columns: Int) -> [String] {
        let shown = names.prefix(most).map { SafeText($0).truncated(to: max(1, columns - 1)) }
        let widest = (shown.map { DisplayWidth.columns(of: $0) }.max() ?? 0) + 2
        let across = max(1, columns / max(1, widest))
        let down = (shown.count + across - 1) / across
        var rows = (0..<down).map { row in
            stride(from: row, to: shown.count, by: down).map { index in
                let isLast = index + down >= shown.count
                let padding = isLast ? 0 : widest - DisplayWidth.columns(of: shown[index])
                return shown[index] + String(repeating: " ", count: padding)
            }.joined()
        }
        if names.count > most { rows.append("and \(names.count - most) more") }
        return rows
    }
}
