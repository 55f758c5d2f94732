import Wire

/// How often peers are to say that they are there, and how long they may be silent: as set while there are few, and the
/// more seldom the more there are, so that saying it never takes more than a share of the server's time.
///
/// Whoever was told to come more seldom keeps to it until he is told otherwise: so where the interval gets shorter, the
/// longer silence still counts until everybody has had an answer.
struct HeartbeatPace: Sendable {
    /// Milliseconds: as long as clients of ours wait at most.
    static let longestInterval: Int64 = 600_000

    private let interval: Int64
    private let silenceLimit: Int64
    /// Heartbeats a second.
    private let rate: Int
    /// How many times the set interval peers are told.
    private var factor: Int64 = 1
    /// A silence that was told before, and until when it may be kept.
    private var former: (limit: Int64, until: Int64)?

    init(settings: DirectorySettings) {
        interval = settings.heartbeatInterval
        silenceLimit = settings.silenceLimit
        rate = settings.heartbeatRate
    }

    /// What peers are told: milliseconds between two heartbeats, and of silence.
    var told: (interval: Int64, silenceLimit: Int64) {
        // No client takes a silence of hours for one that a server may mean.
        (interval * factor, max(silenceLimit, min(silenceLimit * factor, 2 * Self.longestInterval)))
    }

    /// After how much silence a peer counts as gone, in milliseconds.
    func patience(now: Int64) -> Int64 {
        guard let former, now < former.until else { return told.silenceLimit }
        return max(former.limit, told.silenceLimit)
    }

    /// There are so many active peers now.
    mutating func adapt(to count: Int, now: Int64) {
        let wanted = factor(for: count)
        // Not to and fro because of a few who come and go.
        guard wanted > factor || factor(for: count + count / 10) < factor else { return }
        if wanted < factor {
            let patience = patience(now: now)
            former = (patience, now + patience)
        }
        factor = wanted
    }

    private func factor(for count: Int) -> Int64 {
        let each = Int64(rate) * interval
        let wanted = max(1, (Int64(count) * 1_000 + each - 1) / each)
        return min(wanted, max(1, Self.longestInterval / interval))
    }
}
