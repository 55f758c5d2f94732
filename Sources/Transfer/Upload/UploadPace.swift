/// How many bytes a link is given at once: what it takes in about a tenth of a second, by what it took before.
///
/// Times are those of the upload.
struct UploadPace {
    private static let least = 16 << 10
    private static let wanted: Duration = .milliseconds(100)

    private let most: Int
    private(set) var size: Int
    private var since: Duration = .zero
    private var bytes = 0

    init(first: Int, most: Int) {
        self.most = most
        size = min(most, first)
    }

    /// After a pause, which says nothing of the link.
    mutating func begin(at now: Duration) {
        since = now
        bytes = 0
    }

    mutating func sent(_ count: Int, at now: Duration) {
        bytes += count
        guard bytes >= size else { return }
        let elapsed = now - since
        size = elapsed <= Self.wanted / 2 ? size * 2 : elapsed >= Self.wanted * 2 ? size / 2 : size
        size = min(max(size, Self.least), most)
        begin(at: now)
    }
}
