/// What one of two members saw of all the ways to the other, when that one wanted them tried.
package struct TrialReport: Hashable, Sendable {
    package var attempt: AttemptID
    /// For whom it is; in the directory's hands, of whom.
    package var user: UserName
    /// At most ``limit``.
    package var ways: [WayReport]

    package static let limit = 16

    package init(attempt: AttemptID, user: UserName, ways: [WayReport]) {
        self.attempt = attempt
        self.user = user
        self.ways = ways
    }
}

/// How one way to a member turned out.
package struct WayReport: Hashable, Sendable {
    package enum Kind: Int64, Hashable, Sendable, CaseIterable {
        /// One dialled the other where he listens.
        case dialled = 0
        case punched = 1
        case relayed = 2
        /// He came by himself, as he was asked to.
        case arrived = 3
    }

    package enum Outcome: Int64, Hashable, Sendable, CaseIterable {
        case linked = 0
        /// Nothing listens there.
        case refused = 1
        /// Nothing came back in time.
        case silent = 2
        /// This computer has no way there.
        case noRoute = 3
        /// Somebody else answers, or something that does not speak as members do.
        case notTheMember = 4
        /// The relay has as many pairs as it takes, or the member's allowance is used up.
        case relayFull = 5
        /// The other one did not come to the relay.
        case relayAlone = 6
        case failed = 7
    }

    package var kind: Kind
    /// Nil for a relay, and for who came by himself.
    package var endpoint: Endpoint?
    package var outcome: Outcome
    /// From the beginning of this way.
    package var milliseconds: Int64

    package static let longest: Int64 = 60_000

    package init(_ kind: Kind, _ endpoint: Endpoint?, _ outcome: Outcome, milliseconds: Int64) {
        self.kind = kind
        self.endpoint = endpoint
        self.outcome = outcome
        self.milliseconds = milliseconds
    }
}

extension [WayReport] {
    /// As whoever had them tried may hear it. Of addresses for which nobody but himself vouches he is not told how they failed:
    /// he would have another one's network searched for what listens there.
    ///
    /// - Parameter whereabouts: What the call told: first where the directory sees him.
    package func veiled(from whereabouts: Whereabouts) -> [WayReport] {
        let seen = whereabouts.seen
        return map { way in
            guard way.outcome != .linked, let endpoint = way.endpoint, !seen.contains(endpoint.address) else {
                return way
            }
            return WayReport(way.kind, endpoint, .silent, milliseconds: 0)
        }
    }
}
