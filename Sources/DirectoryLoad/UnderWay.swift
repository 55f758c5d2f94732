/// Requests that are on their way. When nothing has come for a while, they count as lost.
struct UnderWay {
    /// In nanoseconds.
    private static let patience: Int64 = 200_000_000

    var count = 0
    private(set) var lost = 0
    private var heardAt: Int64

    init(now: Int64) { heardAt = now }

    /// - Parameter received: Datagrams, since this was called last.
    mutating func look(received: Int, now: Int64) {
        if received > 0 { heardAt = now }
        guard now - heardAt > Self.patience else { return }
        lost += count
        count = 0
        heardAt = now
    }
}
