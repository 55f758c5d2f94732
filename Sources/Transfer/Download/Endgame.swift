import Content

/// The end of a download, when all blocks are asked for and some links have nothing to do: they are asked for
/// what others have open as well, and whoever is second is sent a cancel.
enum Endgame {
    /// Links that are asked for the same block at most.
    static let copies = 2

    /// Which blocks a link is asked for that is free in `secondsLeft`.
    ///
    /// They come from the window that will take longest, from its end, and at most half of it: the two links
    /// meet in the middle, so that hardly any block is sent twice.
    static func pick(
        _ count: Int, secondsLeft: Double, from windows: some Sequence<RequestWindow>,
        where isEligible: (BlockIndex) -> Bool
    ) -> [BlockIndex] {
        let slower = windows.filter { $0.openCount > 0 && $0.secondsLeft > secondsLeft }
        for window in slower.sorted(by: { $0.secondsLeft > $1.secondsLeft }) {
            let eligible = window.openFromLast.filter(isEligible)
            guard !eligible.isEmpty else { continue }
            return Array(eligible.prefix(min(count, (eligible.count + 1) / 2)))
        }
        return []
    }
}
