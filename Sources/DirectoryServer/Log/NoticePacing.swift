package import Directory
package import Wire

/// Bounds what strangers and members can make the server log: what they do costs them next to nothing, and the log a line. Of each
/// a few are told at once, and then one a second; what goes beyond is counted. All else is told: what administrators did, and how it stands
/// with the store.
package struct NoticePacing: Sendable {
    /// Who has something logged.
    private enum Cause {
        /// Nobody is known there.
        case network(AddressPrefix)
        case member(Deed)

        init?(_ notice: DirectoryNotice) {
            switch notice {
            case .loginRefused(_, let address, _): self = .network(AddressPrefix(of: address))
            case .signedIn(let user, _, _), .left(let user, _), .returned(let user):
                self = .member(Deed(user: user, kind: .presence))
            case .published(let user, _), .unpublished(let user, _):
                self = .member(Deed(user: user, kind: .publications))
            case .certificateIssued(let user, _), .certificateRefused(let user, _):
                self = .member(Deed(user: user, kind: .certificates))
            case .joined(let user, _), .passwordChanged(let user), .signedOutDevices(let user):
                self = .member(Deed(user: user, kind: .account))
            case .administered, .storeFailed, .storeWorks: return nil
            }
        }
    }

    /// Each kind has an allowance of its own: so no member hides what he does by doing something else very often.
    private struct Deed: Hashable {
        enum Kind { case presence, publications, certificates, account }

        var user: UserName
        var kind: Kind
    }

    /// What was not told of a second.
    package struct Untold: Hashable, Sendable {
        /// Refused logins.
        package var refusals = 0
        /// What members did.
        package var deeds = 0
        /// Of which member the most of that is.
        package var mostOf: UserName?

        package init(refusals: Int = 0, deeds: Int = 0, mostOf: UserName? = nil) {
            self.refusals = refusals
            self.deeds = deeds
            self.mostOf = mostOf
        }
    }

    /// Lines a second of one network, or one member.
    private static let rate = 1
    /// At once, of one member: who publishes a folder's files has each told.
    package static let burst = 100
    /// A second, of all strangers, and at once of one network.
    package static let strangers = 20
    /// A second, of all members: of what happens all day, and of the rest.
    package static let members = 200
    /// Whose allowance is known: who is forgotten begins anew.
    private static let capacity = 16_384
    /// Members whose lines are counted in a second.
    private static let countedMembers = 64

    private var networks = GenerationTable<AddressPrefix, TokenBucket>(capacity: capacity)
    private var deeds = GenerationTable<Deed, TokenBucket>(capacity: capacity)
    private var ofStrangers: TokenBucket
    private var everyday: TokenBucket
    private var unusual: TokenBucket
    private var untold = Untold()
    private var counts: [UserName: Int] = [:]

    /// - Parameter now: Milliseconds, monotonic, as everywhere here.
    package init(now: Int64) {
        ofStrangers = TokenBucket(rate: Self.strangers, burst: Self.strangers, now: now)
        everyday = TokenBucket(rate: Self.members, burst: Self.members, now: now)
        unusual = everyday
    }

    /// Whether a notice of one line is to be logged.
    package mutating func admits(_ notice: DirectoryNotice, now: Int64) -> Bool {
        switch Cause(notice) {
        case nil: return true
        case .network(let network):
            var allowance = networks[network] ?? TokenBucket(rate: Self.rate, burst: Self.strangers, now: now)
            let isAdmitted = allowance.take(now: now) && ofStrangers.take(now: now)
            if isAdmitted { networks[network] = allowance } else { untold.refusals += 1 }
            return isAdmitted
        case .member(let deed):
            var allowance = deeds[deed] ?? TokenBucket(rate: Self.rate, burst: Self.burst, now: now)
            let isAdmitted =
                allowance.take(now: now) && (notice.isEveryday ? everyday.take(now: now) : unusual.take(now: now))
            // Who is refused is not to be forgotten for that.
            deeds[deed] = allowance
            if !isAdmitted { count(deed.user) }
            return isAdmitted
        }
    }

    private mutating func count(_ user: UserName) {
        untold.deeds += 1
        if counts[user] != nil || counts.count < Self.countedMembers { counts[user, default: 0] += 1 }
    }

    /// A second is over.
    package mutating func nextSecond() -> Untold {
        defer { (untold, counts) = (Untold(), [:]) }
        untold.mostOf = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        return untold
    }
}

extension DirectoryNotice {
    /// Each as one line.
    var lines: [DirectoryNotice] {
        switch self {
        case .published(let user, let names): names.map { .published(user, [$0]) }
        case .unpublished(let user, let names): names.map { .unpublished(user, [$0]) }
        default: [self]
        }
    }

    /// It is logged among what an operator may leave out: what happens all day.
    var isEveryday: Bool {
        switch self {
        case .signedIn, .left, .returned, .published, .unpublished: true
        default: false
        }
    }
}
