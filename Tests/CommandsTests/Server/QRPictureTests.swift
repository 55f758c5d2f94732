import ServerCommands
import Testing
import Wire

/// An invitation on a terminal.
@Suite struct QRPictureTests {
    private static let link =
        "bittrickle://192.0.2.7:12000/\(String(repeating: "1a", count: 32))/\(String(repeating: "2b", count: 16))"

    private func picture(columns: Int, rows: Int, remark: String = "") throws -> QRPicture {
        try #require(
            QRPicture(
                of: try InviteLink(parsing: Self.link), above: Self.link + "\n", with: remark, columns: columns,
                rows: rows)
        )
    }

    /// It takes 25 lines, the link two, and the prompt one.
    @Test func isDrawnWhereAllOfItIsSeenAtOnce() throws {
        let page = try #require(try picture(columns: 80, rows: 28).page)
        #expect(page.split(separator: "\n").count == 26)
        // The link is what stays where it scrolls.
        #expect(page.hasSuffix("\u{1B}[0m\n\(Self.link)\n"))
        #expect(try picture(columns: 80, rows: 28).windowNeeded == nil)
    }

    @Test(arguments: [(80, 24), (80, 27), (48, 60)]) func isNotDrawnInPart(columns: Int, rows: Int) throws {
        let picture = try picture(columns: columns, rows: rows)
        #expect(picture.page == nil && picture.windowNeeded != nil)
    }

    @Test func whatIsSaidBelowTheLinkCountsToo() throws {
        #expect(try picture(columns: 80, rows: 28, remark: "Hand it out.\n").page == nil)
        #expect(
            try picture(columns: 80, rows: 24, remark: "Hand it out.\n").windowNeeded
                == "A QR code of it takes a window of 80 columns and 29 lines.")
    }
}
