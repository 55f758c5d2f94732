import Content
import Wire

/// What a download knows of one link.
struct Source {
    /// Blocks that nobody asked for, before the link is cut off. A few come of cancels that crossed.
    static let unrequestedLimit = 64
    /// Messages without use in a row.
    static let uselessLimit = 2_000
    /// Requests rejected in a row: a whole queue of them comes with a choke.
    static let rejectLimit = 4_096

    let member: MemberID
    let abilities: PeerAbilities
    let path: LinkPath
    /// From here: who dialled looks for a better way.
    let isDialled: Bool
    let opened: Duration

    var pieces = PieceSet.none
    /// It has said what it has.
    var isAnnounced = false
    var isChoking = true
    /// It was told that we are interested, and not the contrary since.
    var isTold = false
    /// It let its requests lie; they were handed on, and it gets no more until it delivers.
    var isSnubbed = false
    /// Nothing came of it for a while, and nobody else could be asked: its member is dialled anew, and whichever link delivers stays.
    var isDoubted = false
    /// A link to the same member that takes its place.
    var successor: LinkID?
    /// When a message came last.
    private var lastHeard: Duration
    /// It wants something from here, so the link is of use whatever it gives.
    var isLeeching = false
    var window: RequestWindow
    /// Hash requests that it has neither answered nor rejected.
    var hashDebts = 0

    var unrequested = 0
    var useless = 0
    var rejects = 0

    /// Since when there is nothing that it could be asked for.
    var idleSince: Duration

    init(
        member: MemberID, abilities: PeerAbilities, isDialled: Bool, path: LinkPath, limits: DownloadLimits,
        at now: Duration
    ) {
        self.member = member
        self.abilities = abilities
        self.path = path
        self.isDialled = isDialled
        opened = now
        window = RequestWindow(limits: limits, at: now)
        idleSince = now
        lastHeard = now
    }

    /// Something came.
    mutating func heard(at now: Duration) {
        lastHeard = now
        isDoubted = false
    }

    /// How long it has been as if it were cut, where something was asked of it: beyond the time that one block takes.
    func silence(at now: Duration) -> Duration {
        let block: Duration = window.rate.map { $0 > 0 ? .seconds(Double(Geometry.blockLength) / $0) : .zero } ?? .zero
        return now - max(lastHeard, window.lastSign) - min(block, .seconds(60))
    }

    mutating func delivered(at now: Duration) {
        useless = 0
        rejects = 0
        isSnubbed = false
        idleSince = now
    }

    /// A link that is kept for what it takes, whatever it gave, is asked again.
    mutating func giveAnotherChance(at now: Duration) {
        isSnubbed = false
        window.pause(until: now)
    }

    /// It is ours to look for a better way to its member.
    var isImprovable: Bool { path.isRelayed && isDialled }

    var isReady: Bool { isAnnounced && !isChoking && !isSnubbed && !isDoubted }

    /// Whether a new link to the same member may be a source beside it, or instead of it.
    func yields(to path: LinkPath) -> Bool {
        isSnubbed || isDoubted || (self.path.isRelayed && !path.isRelayed)
    }
}
