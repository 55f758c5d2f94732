package import Wire

/// How it stands with the directory, as the client says without being asked.
package enum DirectoryEvent: Hashable, Sendable {
    /// Nothing authentic came for ``Patience/silence``; told once, until ``back``.
    case away
    /// As ``away``, where another network answers at the server's address; told once for each such network.
    case replaced(OtherNetwork)
    case back
    /// Signed in anew by itself, after a restart of the server, an expiry, or a day: which publications
    /// are served from here has to be said again, and the token and certificate are new.
    case signedInAgain(Welcome)
    /// A heartbeat was answered.
    case pulse(HeartbeatAnswer)
}

/// What another member has the directory say to this one: of use at once or not at all.
package enum MemberWord: Hashable, Sendable {
    /// He wants to reach this one; the same call may come again.
    case call(Call)
    /// There were links with him, and he has moved.
    case moved(UserName)
    /// What he saw of a trial.
    case report(TrialReport)
}

/// Events that were not taken yet: of each kind the newest, which says all that the earlier ones said. So none is lost and there are
/// few, however far the reader lags.
package struct PendingEvents: Sendable {
    private enum Kind { case away, replaced, back, signedInAgain, pulse }

    private var events: [DirectoryEvent] = []

    package init() {}

    package mutating func add(_ event: DirectoryEvent) {
        let kind = Self.kind(of: event)
        events.removeAll { Self.kind(of: $0) == kind }
        events.append(event)
    }

    package mutating func take() -> DirectoryEvent? { events.isEmpty ? nil : events.removeFirst() }

    private static func kind(of event: DirectoryEvent) -> Kind {
        switch event {
        case .away: .away
        case .replaced: .replaced
        case .back: .back
        case .signedInAgain: .signedInAgain
        case .pulse: .pulse
        }
    }
}
