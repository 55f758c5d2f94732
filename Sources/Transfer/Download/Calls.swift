import Wire

/// When to ask for more sources, and when to give up.
struct Calls {
    private let limits: DownloadLimits
    private var isAsking = false
    private var lastAsked: Duration?
    /// Whether there is a link that has said what it has.
    private var hasSources = false
    /// Since when there was none; a new one ends that only by delivering, else one that comes and goes and
    /// gives nothing would keep up hope.
    private var sourcelessSince: Duration? = .zero
    private var lastDelivery: Duration = .zero

    init(limits: DownloadLimits) { self.limits = limits }

    mutating func answered() { isAsking = false }

    mutating func delivered(at now: Duration) {
        lastDelivery = now
        if hasSources { sourcelessSince = nil }
    }

    /// That nothing is delivered has a reason that will pass.
    mutating func waits(at now: Duration) { lastDelivery = now }

    mutating func sources(_ count: Int, at now: Duration) {
        hasSources = count > 0
        if !hasSources { sourcelessSince = sourcelessSince ?? now }
    }

    /// Whether to ask now.
    mutating func shouldAsk(linkCount: Int, at now: Duration) -> Bool {
        guard !isAsking, linkCount < limits.enoughLinks else { return false }
        if let lastAsked {
            // A link that has given nothing since the last source was lost may never give anything.
            let interval = hasSources && sourcelessSince == nil ? limits.refreshInterval : limits.askInterval
            guard now - lastAsked >= interval else { return false }
        }
        isAsking = true
        lastAsked = now
        return true
    }

    /// Whether nothing can be hoped for any more.
    func isHopeless(at now: Duration) -> Bool {
        if !hasSources, let sourcelessSince, now - sourcelessSince >= limits.patience { return true }
        return now - lastDelivery >= limits.idleAfter + limits.patience
    }
}
