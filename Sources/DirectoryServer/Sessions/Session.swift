import Directory
package import Wire

/// A client's open session, as the socket sees it: who it is, the directory knows.
///
/// There may be a million of them, most of which only say that they are there: what the others need besides is in a place
/// of its own while they need it, and what there is stands in an order that leaves nothing between.
package struct Session: Sendable {
    /// An address from which the client spoke and that has yet to prove that it receives what is sent
    /// there (RFC 9000 §8.2).
    package struct Candidate: Sendable {
        package let remote: Remote
        package let challenge: [UInt8]
        package let expires: Int64
    }

    /// What one session needs and most do not.
    struct Work: Sendable {
        var candidate: Candidate?
        /// What is worked on: repeated, it is not begun again.
        var inFlight: Set<TransactionID> = []
        /// Answers to what changes something, as plain text: so that a repeated login does not cost another
        /// scrypt, and a repeated request that was overtaken by its reverse does not undo that.
        var answered = RecentAnswers<TransactionID, [UInt8]>(capacity: 32, lifetime: 30_000)
        /// Requests: a second, and at once after a quiet time. No list of ours, and no command, needs so many; a library of
        /// a million files that is shared comes in fifty thousand.
        var allowance: TokenBucket

        init(now: Int64) { allowance = TokenBucket(rate: requestRate, burst: requestBurst, now: now) }

        /// One that begins anew would be the same.
        func isIdle(now: Int64) -> Bool {
            candidate.map { now >= $0.expires } ?? true && inFlight.isEmpty && answered.count == 0
                && allowance.isFull(now: now)
        }
    }

    /// What the directory last said of its member with a heartbeat, while that holds: by it the next one is answered without
    /// asking the directory.
    struct KnownPulse: Hashable, Sendable {
        let askSerial: UInt32
        let role: Role

        /// Nil for a serial of so many asks that the directory is to be asked each time.
        init?(_ pulse: HeartbeatAnswer) {
            guard let serial = UInt32(exactly: pulse.askSerial) else { return nil }
            (askSerial, role) = (serial, pulse.role)
        }
    }

    /// Whether it lives as long as members' sessions, or only as long as a login takes.
    enum Standing: Sendable {
        case stranger(since: Second)
        case member(KnownPulse?)
    }

    /// Requests that are worked on at the same time.
    package static let inFlightLimit = 32
    package static let requestRate = 1_000
    package static let requestBurst = 2_000
    /// Milliseconds.
    package static let candidateLifetime: Int64 = 10_000

    package var sealed: ServedSession
    /// Proved by the cookie, later by a challenge: only there go answers longer than their questions.
    package var remote: Remote
    /// Whether anything authentic has come: an answer to an opening is sent to whoever asks, and only this shows that
    /// somebody holds its keys.
    package var hasSpoken = false
    /// One at most: an array, as that is a place of its own.
    private var work: [Work] = []
    package var lastHeard: Int64
    let openedAt: Second
    var standing: Standing
    /// The directory is yet to be told that it was heard.
    var isNoted = false

    package init(sealed: ServedSession, remote: Remote, now: Int64) {
        self.sealed = sealed
        self.remote = remote
        lastHeard = now
        openedAt = Second(of: now)
        standing = .stranger(since: openedAt)
    }

    package var isSignedIn: Bool { if case .member = standing { true } else { false } }

    package var candidate: Candidate? { work.first?.candidate }
    var isBusy: Bool { work.first.map { !$0.inFlight.isEmpty } ?? false }

    func isInFlight(_ transaction: TransactionID) -> Bool { work.first?.inFlight.contains(transaction) ?? false }

    mutating func withWork<Result>(now: Int64, _ body: (inout Work) -> Result) -> Result {
        if work.isEmpty { work.append(Work(now: now)) }
        return body(&work[0])
    }

    mutating func answer(to transaction: TransactionID, now: Int64) -> [UInt8]? {
        work.isEmpty ? nil : work[0].answered.value(for: transaction, now: now)
    }

    /// Forgets answers that nobody asks for any more.
    mutating func tidy(now: Int64) {
        guard !work.isEmpty else { return }
        work[0].answered.expire(now: now)
        if work[0].isIdle(now: now) { work = [] }
    }

    /// Takes note of a datagram from another address than the proven one.
    ///
    /// - Returns: the challenge to send there.
    package mutating func challenge(_ other: Remote, now: Int64) -> [UInt8] {
        if let candidate, candidate.remote == other, now < candidate.expires { return candidate.challenge }
        var generator = SystemRandomNumberGenerator()
        let challenge = (0..<DirectoryMessage.challengeByteCount).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        withWork(now: now) {
            $0.candidate = Candidate(remote: other, challenge: challenge, expires: now + Self.candidateLifetime)
        }
        return challenge
    }

    /// Moves to the other address where its answer is the one that was asked for.
    package mutating func move(to other: Remote, answer: [UInt8], now: Int64) -> Bool {
        guard let candidate, candidate.remote == other, candidate.challenge == answer, now < candidate.expires
        else { return false }
        remote = other
        withWork(now: now) { $0.candidate = nil }
        return true
    }
}
