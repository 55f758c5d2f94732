internal import CQRencode

/// A QR code (ISO/IEC 18004) that a telephone reads from a terminal.
package struct QRCode: Hashable, Sendable {
    /// Light modules all round, without which readers do not find it.
    private static let margin = 4
    /// White on black, whatever colours the terminal has otherwise: light modules are what is drawn.
    private static let colours = "\u{1B}[97;40m"
    private static let plain = "\u{1B}[0m"

    /// Modules a side, without the margin.
    package let size: Int
    private let isDark: [Bool]

    /// Nil for what is too long for one: some 2,900 bytes.
    package init?(_ text: String) {
        guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L) else { return nil }
        defer { QRcode_free(code) }
        let size = Int(code.pointee.width)
        guard let modules = code.pointee.data else { return nil }
        self.size = size
        isDark = (0..<size * size).map { modules[$0] & 1 == 1 }
    }

    /// False outside too.
    package func isDark(column: Int, row: Int) -> Bool {
        (0..<size).contains(column) && (0..<size).contains(row) && isDark[row * size + column]
    }

    /// Row by row, without the margin, 1 for a dark module.
    package var rows: [String] {
        (0..<size).map { row in (0..<size).map { isDark(column: $0, row: row) ? "1" : "0" }.joined() }
    }

    /// Of the terminal that it takes.
    package var columns: Int { size + 2 * Self.margin }

    /// Two rows of modules a line.
    package var lines: [String] {
        stride(from: -Self.margin, to: size + Self.margin, by: 2).map { row in
            let blocks = (-Self.margin..<size + Self.margin).map { column in
                switch (isDark(column: column, row: row), isDark(column: column, row: row + 1)) {
                case (false, false): "█"
                case (false, true): "▀"
                case (true, false): "▄"
                case (true, true): " "
                }
            }
            return Self.colours + blocks.joined() + Self.plain
        }
    }
}
