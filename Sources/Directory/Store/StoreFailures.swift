/// Which failures of the store are news: the log is often on the disk that just filled up, and what was put off is tried
/// again four times a second.
struct StoreFailures: Sendable {
    /// After so many milliseconds a failure that lasts is told again; after so many without one it is over.
    static let period: Int64 = 60_000
    static let quietTime: Int64 = 10_000
    /// Different failures that are told in one period.
    static let limit = 8

    private var told: Set<DirectoryStoreError> = []
    private var periodBegan: Int64 = 0
    private var lastFailed: Int64 = 0
    private var isOver = false

    /// - Parameter now: Milliseconds, monotonic.
    mutating func failed(_ error: DirectoryStoreError, now: Int64) -> Bool {
        lastFailed = now
        isOver = false
        if told.isEmpty || now - periodBegan >= Self.period {
            told = []
            periodBegan = now
        }
        return told.count < Self.limit && told.insert(error).inserted
    }

    /// Something was written. Small changes may find the room that larger ones do not: that says nothing yet.
    mutating func worked(now: Int64) {
        guard !told.isEmpty, now - lastFailed >= Self.quietTime else { return }
        told = []
        isOver = true
    }

    /// Whether the store works again, told once.
    mutating func takeEnd() -> Bool {
        defer { isOver = false }
        return isOver
    }
}
