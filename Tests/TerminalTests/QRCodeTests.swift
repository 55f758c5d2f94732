import Terminal
import Testing

/// What a telephone looks for in a picture of a terminal.
struct QRCodeTests {
    /// Version 1 has 21 modules a side and takes 17 bytes at the lowest level of correction, each further version 4 more.
    @Test(arguments: [(1, 21), (17, 21), (18, 25), (134, 41), (135, 45)]) func growsWithTheText(length: Int, size: Int)
        throws
    {
        #expect(try #require(QRCode(String(repeating: "a", count: length))).size == size)
    }

    @Test func tooMuchIsNone() {
        #expect(QRCode(String(repeating: "a", count: 2_953)) != nil)
        #expect(QRCode(String(repeating: "a", count: 2_954)) == nil)
    }

    /// A dark ring of seven modules round a light one round a dark square of three, in three corners.
    @Test func hasItsFinders() throws {
        let code = try #require(QRCode("bittrickle://example.org:12000/"))
        for (left, top) in [(0, 0), (code.size - 7, 0), (0, code.size - 7)] {
            for row in 0..<7 {
                for column in 0..<7 {
                    let ring = max(abs(column - 3), abs(row - 3))
                    #expect(code.isDark(column: left + column, row: top + row) == (ring != 2))
                }
            }
        }
        #expect(!code.isDark(column: -1, row: 0) && !code.isDark(column: 0, row: code.size))
    }

    /// White on black with a margin of four, two rows of modules a line.
    @Test func isDrawnInHalfBlocks() throws {
        let code = try #require(QRCode("a"))
        #expect(code.columns == 29)
        let lines = code.lines
        #expect(lines.count == 15)
        for line in lines {
            #expect(line.hasPrefix("\u{1B}[97;40m") && line.hasSuffix("\u{1B}[0m"))
            #expect(line.dropFirst(8).dropLast(4).count == 29)
        }
        #expect(lines[0].contains(String(repeating: "█", count: 29)))
        // The finders' upper edges: a dark row above one of which only the sides are dark.
        #expect(lines[2].contains("████ ▄▄▄▄▄ "))
    }
}
