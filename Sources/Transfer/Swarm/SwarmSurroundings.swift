package import Content
package import Logging
package import Wire

/// What a ``SwarmRun`` acts upon beside its links.
package struct SwarmSurroundings: Sendable {
    let user: UserName
    let slots: UploadSlots
    let limits: UploadLimits
    let gate: UploadGate
    let inbound: RateLimiter
    let outbound: RateLimiter
    let clock: any Clock<Duration>
    let logger: Logger

    /// - Parameters:
    ///   - user: Who this is.
    ///   - slots: Bound how many links are served at the same time; one for the whole node.
    ///   - inbound: What blocks pass that arrive; one for the whole node, like `outbound`.
    package init(
        user: UserName, slots: UploadSlots, limits: UploadLimits = UploadLimits(), gate: UploadGate = .open,
        inbound: RateLimiter = RateLimiter(), outbound: RateLimiter = RateLimiter(),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.user = user
        self.slots = slots
        self.limits = limits
        self.gate = gate
        self.inbound = inbound
        self.outbound = outbound
        self.clock = clock
        self.logger = logger
    }
}

/// What is to be fetched, and what happens meanwhile.
package struct FetchPlan: Sendable {
    let layout: ContentLayout
    let verified: [PieceIndex]
    let wanted: [PieceIndex]?
    let hashes: PieceHashes?
    let store: any BlockStore
    let source: any ContentSource
    let limits: DownloadLimits
    let askForSources: @Sendable (SourceRequest) async -> Void
    let lookForBetterWays: @Sendable (Set<UserName>) async -> Void
    let progress: @Sendable (DownloadProgress) -> Void
    let notice: @Sendable (DownloadNotice) -> Void

    /// - Parameters:
    ///   - content: Not the empty one.
    ///   - verified: Pieces that the store holds and has recorded.
    ///   - layer: The piece layer, where it is known from an earlier run.
    ///   - source: Gives what the store was given.
    ///   - askForSources: Called at the start and whenever more links would help, every
    ///     ``DownloadLimits/askInterval`` at most, and again before it has returned only where all links let wait; new
    ///     links come by ``SwarmRun/add(_:isDialled:)``. Cancelled when the run ends, and is to return soon then.
    ///   - lookForBetterWays: The same for members whom a relay links, every ``DownloadLimits/betterWayInterval``, also
    ///     before it has returned.
    ///   - progress: Called every ``DownloadLimits/progressInterval`` at most, and at the end.
    ///   - notice: Called as it happens. Neither callback may block.
    package init(
        _ layout: ContentLayout, verified: [PieceIndex], wanted: [PieceIndex]? = nil, hashes: PieceHashes? = nil,
        store: any BlockStore, source: any ContentSource, limits: DownloadLimits = DownloadLimits(),
        askForSources: @escaping @Sendable (SourceRequest) async -> Void,
        lookForBetterWays: @escaping @Sendable (Set<UserName>) async -> Void = { _ in },
        progress: @escaping @Sendable (DownloadProgress) -> Void = { _ in },
        notice: @escaping @Sendable (DownloadNotice) -> Void = { _ in }
    ) {
        self.layout = layout
        self.verified = verified
        self.wanted = wanted
        self.hashes = hashes
        self.store = store
        self.source = source
        self.limits = limits
        self.askForSources = askForSources
        self.lookForBetterWays = lookForBetterWays
        self.progress = progress
        self.notice = notice
    }
}

/// Why a run is over.
package enum SwarmEnd: Hashable, Sendable {
    /// Nobody is linked any more to whom the whole content could be of use.
    case idle
    /// ``SwarmRun/stop()``, or the task was cancelled.
    case stopped
    /// What was to be fetched was not: see ``SwarmRun/fetched()``.
    case notFetched
    /// The source is not the content any more: whoever published it should know.
    case sourceChanged
}
