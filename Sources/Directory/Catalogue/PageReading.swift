import Wire

/// Reads a list from the store in parts, as far as the pages go that a window asks for.
struct PageReading<Item: Hashable & Sendable, Position: Sendable> {
    let window: PageWindow
    let wrap: (Page<Item>) -> DirectoryAnswer
    /// Where an item stands, and how a cursor says so.
    let position: (Item) -> Position
    let key: (Position) -> [UInt8]

    /// Rows of the first part, for each page up to the last wanted one; each further part is twice as long.
    private static var rowsPerPage: Int { 16 }

    /// - Parameters:
    ///   - isEnough: After a part in which something was shown: the rest is for another window.
    ///   - read: The items behind a position, at most so many; more where they are of one position, and all of it then.
    ///     Fewer are the last.
    func answers(
        behind start: Position?,
        isShown: (Item) -> Bool = { _ in true },
        isEnough: () -> Bool = { false },
        read: (Position?, Int) async throws(DirectoryStoreError) -> [Item]
    ) async throws(DirectoryStoreError) -> [DirectoryAnswer] {
        guard window.wanted != 0 else { return [] }
        var packer = PagePacker(window, wrap)
        var passed: [UInt8]?
        var behind = start
        var limit = (UInt32.bitWidth - window.wanted.leadingZeroBitCount) * Self.rowsPerPage
        while true {
            let items = try await read(behind, limit)
            guard packer.add(items.filter(isShown), passed: &passed, key: { key(position($0)) }) else {
                return packer.answers(isEnd: false)
            }
            guard items.count >= limit, let last = items.last else { return packer.answers(isEnd: true) }
            if isEnough() { return packer.answers(isEnd: false) }
            behind = position(last)
            limit *= 2
        }
    }
}
