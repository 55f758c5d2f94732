package import Wire

/// Slows down whoever guesses passwords.
///
/// Failures are counted in three ways. **At one user from one host**: who failed there too often waits since *that*
/// last failure, twice as long with each further one, and gets one guess at a time. **At one user from anywhere**: only
/// who has failed at him waits for it too, so that guesses from many places get slow in each of them. **From one
/// network, at whomever**: then each session from there has to wait a little before each guess, counted from its own
/// first try. So a flood of others' failures makes nobody wait long, and nobody's waiting begins anew because of it.
/// Only passwords are limited: sessions, tokens and renewals are not.
///
/// A guess counts when it is admitted, not when it was looked at: many at the same time are no way round.
package struct GuessLimits: Sendable {
    package struct Settings: Hashable, Sendable {
        /// Failures without a consequence, because people mistype: of a host at a user, and of a network.
        package var free = 5
        package var freePerPrefix = 20
        /// The first delay, in milliseconds, and the longest for failures from a host at a user, for those at that user
        /// from anywhere, and for those from a network.
        package var firstDelay: Int64 = 1_000
        package var longestDelay: Int64 = 15 * 60_000
        package var longestUserDelay: Int64 = 60_000
        /// Less than a silent session lives: see `SessionLimits`.
        package var longestPrefixDelay: Int64 = 20_000
        /// After each such time without a failure, half of them are forgotten.
        package var halfLife: Int64 = 10 * 60_000
        /// Of each kind of failures how many are remembered, and of how many sessions that they wait: more than can be
        /// opened in ``longestPrefixDelay``.
        package var capacity = 50_000
        package var waitingCapacity = 100_000

        package init() {}
    }

    /// A login that was let through: to be settled with its outcome.
    package struct Attempt: Hashable, Sendable {
        fileprivate let target: Target
        fileprivate let origin: Origin
        fileprivate let session: SessionID
        /// Its session had to wait for it.
        fileprivate let hasWaited: Bool
    }

    package enum Admission: Hashable, Sendable {
        case admitted(Attempt)
        /// Milliseconds.
        case slowDown(retryAfter: Int64)
        /// As many guesses at that user are under way from there as may be.
        case busy
    }

    package enum Outcome: Hashable, Sendable {
        case right
        case wrong
        /// The password was not looked at.
        case unchecked
    }

    /// A user, seen from a host.
    fileprivate struct Target: Hashable, Sendable {
        let user: UserName
        let host: Origin.Host
    }

    private struct Failures: Sendable {
        var count: Int
        var last: Int64
    }

    private let settings: Settings
    private var targets: GenerationTable<Target, Failures>
    private var users: GenerationTable<UserName, Failures>
    private var prefixes: GenerationTable<AddressPrefix, Failures>
    /// Admitted and not settled.
    private var underWay: [Target: Int] = [:]
    /// Until when a session waits because of its network.
    private var waits: GenerationTable<SessionID, Int64>

    package init(settings: Settings = Settings()) {
        self.settings = settings
        targets = GenerationTable(capacity: settings.capacity)
        users = GenerationTable(capacity: settings.capacity)
        prefixes = GenerationTable(capacity: settings.capacity)
        waits = GenerationTable(capacity: settings.waitingCapacity)
    }

    /// - Parameter now: Milliseconds, monotonic, as everywhere here.
    package mutating func admit(user: UserName, from origin: Origin, session: SessionID, now: Int64) -> Admission {
        let target = Target(user: user, host: origin.host)
        let failed = current(targets[target], now: now)
        let guessing = underWay[target] ?? 0
        guard guessing == 0 || failed.count + guessing < settings.free else { return .busy }
        let rest = max(
            failed.last + delay(at: user, failed: failed.count, now: now) - now,
            rest(of: session, from: origin.prefix, now: now))
        guard rest <= 0 else { return .slowDown(retryAfter: rest) }
        let hasWaited = waits[session] != nil
        waits[session] = nil
        underWay[target] = guessing + 1
        return .admitted(Attempt(target: target, origin: origin, session: session, hasWaited: hasWaited))
    }

    package mutating func settle(_ attempt: Attempt, _ outcome: Outcome, now: Int64) {
        let others = (underWay[attempt.target] ?? 1) - 1
        underWay[attempt.target] = others > 0 ? others : nil
        switch outcome {
        case .right: break
        case .unchecked: if attempt.hasWaited { waits[attempt.session] = now }
        case .wrong:
            targets[attempt.target] = oneMore(targets[attempt.target], now: now)
            users[attempt.target.user] = oneMore(users[attempt.target.user], now: now)
            prefixes[attempt.origin.prefix] = oneMore(prefixes[attempt.origin.prefix], now: now)
        }
    }

    /// How long after his last failure at a user somebody who failed so often waits.
    private func delay(at user: UserName, failed count: Int, now: Int64) -> Int64 {
        guard count > 0 else { return 0 }
        return max(
            doubled(count, longest: settings.longestDelay),
            doubled(current(users[user], now: now).count, longest: settings.longestUserDelay))
    }

    /// How long a session still waits because of its network; its waiting begins where it has not.
    private mutating func rest(of session: SessionID, from prefix: AddressPrefix, now: Int64) -> Int64 {
        if let until = waits[session] { return until - now }
        let excess = current(prefixes[prefix], now: now).count - settings.freePerPrefix + 1
        guard excess > 0 else { return 0 }
        let delay = min(settings.longestPrefixDelay, settings.firstDelay * Int64(min(excess, 1_000)))
        waits[session] = now + delay
        return delay
    }

    private func doubled(_ count: Int, longest: Int64) -> Int64 {
        guard count >= settings.free else { return 0 }
        return min(longest, settings.firstDelay << min(Int64(count - settings.free), 30))
    }

    private func oneMore(_ failures: Failures?, now: Int64) -> Failures {
        Failures(count: current(failures, now: now).count + 1, last: now)
    }

    private func current(_ failures: Failures?, now: Int64) -> Failures {
        guard let failures, failures.count > 0 else { return Failures(count: 0, last: now) }
        let halvings = min(max(0, now - failures.last) / settings.halfLife, 62)
        return Failures(count: failures.count >> halvings, last: failures.last)
    }
}
