import GRDB

/// How much of the file the connection that writes keeps in memory: much while much is written, since names and contents are
/// entered all over their indexes, and little otherwise, when the system's own cache has what is read now and then.
/// It is looked at with each write, of which a server that is used has some.
package struct WriterCache {
    /// KiB.
    package static let small = 4 << 10
    package static let large = 64 << 10
    /// From so many rows a second on much is written.
    package static let busyRate = 1_000
    /// What is looked at together.
    package static let period = Duration.seconds(10)

    private var isLarge = false
    private var periodBegan: ContinuousClock.Instant
    private var rowsBefore: Int

    /// - Parameter rows: that the connection has changed so far.
    package init(rows: Int, now: ContinuousClock.Instant) { (rowsBefore, periodBegan) = (rows, now) }

    /// The connection has changed so many rows in all: what it is to keep from now on, where that is something else, in KiB.
    package mutating func change(rows: Int, now: ContinuousClock.Instant) -> Int? {
        let busy = rows - rowsBefore >= Self.busyRate * Int(Self.period.components.seconds)
        // Who is busy needs it now; that it was quiet, the end of a period shows.
        guard busy || now - periodBegan >= Self.period else { return nil }
        (rowsBefore, periodBegan) = (rows, now)
        guard busy != isLarge else { return nil }
        isLarge = busy
        return busy ? Self.large : Self.small
    }

    /// What is beyond it is let go of at once.
    static func keep(_ kibibytes: Int, _ db: Database) throws {
        try db.execute(sql: "PRAGMA cache_size = -\(kibibytes)")
    }
}
