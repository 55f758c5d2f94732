package import Wire

/// Slows down whoever guesses passwords.
///
/// Failures are counted for each user and for each address prefix. Someone at a prefix that failed must wait
/// since *its* last failure, as long as the worse of the two counts says, twice as long with each failure. So
/// guesses at one user from many places get slow in each of them, nobody else's failures start anybody's
/// waiting, and from an address that did not fail the right password is taken at once, however much his
/// account is under attack. Only passwords are limited: sessions, tokens and renewals are not.
package struct GuessLimits: Sendable {
    package struct Settings: Hashable, Sendable {
        /// Failures without a consequence: people mistype.
        package var free = 5
        /// The first delay, in milliseconds, and the longest for the failures at a prefix and at a user.
        package var firstDelay: Int64 = 1_000
        package var longestPrefixDelay: Int64 = 15 * 60_000
        package var longestUserDelay: Int64 = 60_000
        /// After each such time without a failure, half of them are forgotten.
        package var halfLife: Int64 = 10 * 60_000
        /// Users, and prefixes, that are remembered.
        package var capacity = 50_000

        package init() {}
    }

    /// A login that was let through: to be settled with its outcome.
    package struct Attempt: Hashable, Sendable {
        let user: UserName
        let prefix: AddressPrefix
        /// It counts as a failure already, so that a prefix under suspicion gets one guess at a time.
        let isCharged: Bool
    }

    package enum Admission: Hashable, Sendable {
        case admitted(Attempt)
        /// Milliseconds.
        case slowDown(retryAfter: Int64)
    }

    package enum Outcome: Hashable, Sendable {
        case right
        case wrong
        /// The password was not looked at.
        case unchecked
    }

    private struct Failures: Sendable {
        var count: Int
        var last: Int64
    }

    private let settings: Settings
    private var users: GenerationTable<UserName, Failures>
    private var prefixes: GenerationTable<AddressPrefix, Failures>

    package init(settings: Settings = Settings()) {
        self.settings = settings
        users = GenerationTable(capacity: settings.capacity)
        prefixes = GenerationTable(capacity: settings.capacity)
    }

    /// - Parameter now: Milliseconds, monotonic, as everywhere here.
    package mutating func admit(user: UserName, from prefix: AddressPrefix, now: Int64) -> Admission {
        let here = current(prefixes[prefix], now: now)
        guard here.count > 0 else { return .admitted(Attempt(user: user, prefix: prefix, isCharged: false)) }
        let delay = max(
            wait(after: here.count, longest: settings.longestPrefixDelay),
            wait(after: current(users[user], now: now).count, longest: settings.longestUserDelay))
        let rest = here.last + delay - now
        guard delay == 0 || rest <= 0 else { return .slowDown(retryAfter: rest) }
        if delay > 0 { charge(user, prefix, now: now) }
        return .admitted(Attempt(user: user, prefix: prefix, isCharged: delay > 0))
    }

    package mutating func settle(_ attempt: Attempt, _ outcome: Outcome, now: Int64) {
        switch (outcome, attempt.isCharged) {
        case (.wrong, false): charge(attempt.user, attempt.prefix, now: now)
        case (.wrong, true), (.right, false), (.unchecked, false): break
        case (.right, true), (.unchecked, true): refund(attempt)
        }
    }

    private mutating func charge(_ user: UserName, _ prefix: AddressPrefix, now: Int64) {
        users[user] = Failures(count: current(users[user], now: now).count + 1, last: now)
        prefixes[prefix] = Failures(count: current(prefixes[prefix], now: now).count + 1, last: now)
    }

    private mutating func refund(_ attempt: Attempt) {
        users[attempt.user]?.count -= 1
        prefixes[attempt.prefix]?.count -= 1
    }

    private func current(_ failures: Failures?, now: Int64) -> Failures {
        guard let failures, failures.count > 0 else { return Failures(count: 0, last: now) }
        let halvings = min(max(0, now - failures.last) / settings.halfLife, 62)
        return Failures(count: failures.count >> halvings, last: failures.last)
    }

    private func wait(after count: Int, longest: Int64) -> Int64 {
        guard count >= settings.free else { return 0 }
        return min(longest, settings.firstDelay << min(Int64(count - settings.free), 30))
    }
}
