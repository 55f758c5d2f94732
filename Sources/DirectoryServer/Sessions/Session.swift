import Directory
package import Wire

/// A client's open session, as the socket sees it: who it is, the directory knows.
package struct Session: Sendable {
    /// An address from which the client spoke and that has yet to prove that it receives what is sent
    /// there (RFC 9000 §8.2).
    package struct Candidate: Sendable {
        package let remote: Remote
        package let challenge: [UInt8]
        package let expires: Int64
    }

    /// Requests that are worked on at the same time.
    package static let inFlightLimit = 32
    package static let requestRate = 1_000
    package static let requestBurst = 2_000
    /// Milliseconds.
    package static let candidateLifetime: Int64 = 10_000

    package var sealed: SealedSession
    /// Proved by the cookie, later by a challenge: only there go answers longer than their questions.
    package var remote: Remote
    package var candidate: Candidate?
    /// What is worked on: repeated, it is not begun again.
    package var inFlight: Set<TransactionID> = []
    /// Answers to what changes something, as plain text: so that a repeated login does not cost another
    /// scrypt, and a repeated request that was overtaken by its reverse does not undo that.
    package var answered = RecentAnswers<TransactionID, [UInt8]>(capacity: 32, lifetime: 30_000)
    /// Requests: a second, and at once after a quiet time. No list of ours, and no command, needs so many; a library of a
    /// million files that is shared comes in fifty thousand.
    var allowance: TokenBucket
    package var lastHeard: Int64
    /// Whether anything authentic has come: an answer to an opening is sent to whoever asks, and only this shows that
    /// somebody holds its keys.
    package var hasSpoken = false
    /// From where it was opened.
    let origin: Origin
    package let openedAt: Int64
    /// Whether it lives as long as members' sessions, or only as long as a login takes.
    package var isSignedIn = false
    /// Since when it has had no login, while it has none.
    var strangerSince: Int64

    package init(sealed: SealedSession, remote: Remote, now: Int64) {
        self.sealed = sealed
        self.remote = remote
        allowance = TokenBucket(rate: Self.requestRate, burst: Self.requestBurst, now: now)
        lastHeard = now
        openedAt = now
        strangerSince = now
        origin = remote.origin
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
        candidate = Candidate(remote: other, challenge: challenge, expires: now + Self.candidateLifetime)
        return challenge
    }

    /// Moves to the other address where its answer is the one that was asked for.
    package mutating func move(to other: Remote, answer: [UInt8], now: Int64) -> Bool {
        guard let candidate, candidate.remote == other, candidate.challenge == answer, now < candidate.expires
        else { return false }
        remote = other
        self.candidate = nil
        return true
    }
}
