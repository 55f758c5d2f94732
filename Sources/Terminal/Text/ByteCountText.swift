/// Numbers of bytes as people type them: `500k`, `1.5M`, `2 MiB`. k, M and G count in thousands, Ki, Mi and Gi in 1,024.
package enum ByteCountText {
    package static let units: [(name: String, factor: Int)] = [
        ("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20), ("MB", 1_000_000), ("KiB", 1 << 10), ("kB", 1_000),
    ]

    /// Nil for what is none.
    package static func parse(_ text: String) -> Int? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let factor = factor(String(text.dropFirst(number.count))), number.first?.isNumber == true,
            number.last?.isNumber == true, let value = Double(number)
        else { return nil }
        return Int(exactly: (value * Double(factor)).rounded())
    }

    private static func factor(_ unit: String) -> Int? {
        if ["", "B"].contains(unit) { return 1 }
        // `k`, `K`, `kB` and `KB`; `Mi` and `MiB`.
        let name = unit.hasPrefix("K") && !unit.hasPrefix("Ki") ? "k" + unit.dropFirst() : unit
        return units.first { $0.name == name || $0.name == name + "B" }?.factor
    }
}
