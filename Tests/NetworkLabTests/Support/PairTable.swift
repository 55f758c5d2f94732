import NetworkTestKit

/// What comes of all pairs of routers of some kinds, as Markdown: a row for each kind before `a`, a column for each before `b`.
struct PairTable {
    /// Those that every program of this kind is measured by.
    static let kinds: [NATKind] = [.none, .fullCone, .portRestricted, .symmetric]

    struct Pair {
        let one: NATKind
        let other: NATKind
        /// Hosts of ``LabPlan/matrix(_:)``.
        let a: String
        let b: String
    }

    /// One pair after the other, in a lab that ``LabPlan/matrix(_:)`` describes.
    static func make(_ title: String, _ cell: (Pair) async throws -> String) async rethrows -> String {
        var table = "\(title)\n| |" + kinds.map { " \($0.rawValue) |" }.joined() + "\n|---|"
        table += kinds.map { _ in "---:|" }.joined() + "\n"
        for (row, one) in kinds.enumerated() {
            table += "| \(one.rawValue) |"
            for (column, other) in kinds.enumerated() {
                table += " \(try await cell(Pair(one: one, other: other, a: "a\(row)", b: "b\(column)"))) |"
            }
            table += "\n"
        }
        return table
    }
}
