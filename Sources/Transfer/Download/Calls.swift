import Wire

/// When to ask for more sources, when to look for better ways, and when to give up.
struct Calls {
    /// What more sources are wanted for.
    enum Sought {
        case none
        case more
        /// One for those that let wait.
        case replacement
    }

    private let limits: DownloadLimits
    var sought = Sought.more
    private var isAsking = false
    private var lastAsked: Duration?
    /// Nil where there is no way that could be better.
    private var nextLook: Duration?
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
    mutating func shouldAsk(at now: Duration) -> Bool {
        // Whoever is dialled in vain may take longer than it takes to find one in the place of the only link.
        guard !isAsking || sought == .replacement, sought != .none else { return false }
        if let lastAsked {
            guard now - lastAsked >= interval else { return false }
        }
        isAsking = true
        lastAsked = now
        return true
    }

    /// Whether to look for better ways now.
    ///
    /// - Parameter isRelayed: A relay carries a link for which that is ours to do.
    mutating func shouldLook(isRelayed: Bool, at now: Duration) -> Bool {
        guard isRelayed else {
            nextLook = nil
            return false
        }
        defer { if now >= nextLook ?? now { nextLook = now + limits.betterWayInterval } }
        return nextLook.map { now >= $0 } ?? false
    }

    private var interval: Duration {
        // A link that has given nothing since the last source was lost may never give anything.
        guard hasSources, sourcelessSince == nil else { return limits.askInterval }
        switch sought {
        case .none, .more: return limits.refreshInterval
        case .replacement: return limits.askInterval
        }
    }

    /// Whether nothing can be hoped for any more.
    func isHopeless(at now: Duration) -> Bool {
        if !hasSources, let sourcelessSince, now - sourcelessSince >= limits.patience { return true }
        return now - lastDelivery >= limits.idleAfter + limits.patience
    }
}
