import Directory
package import Wire

/// The open sessions. Those that have not signed in are bounded for each network, and yield when their network has too
/// many or the table is full, so that strangers can keep nobody out.
///
/// Invariants: `strangers` are exactly the sessions that are not signed in. Who is signed in yields to nobody.
package struct SessionTable: Sendable {
    private let limits: SessionLimits
    private var sessions: [SessionID: Session] = [:]
    private var strangers = Strangers()

    init(limits: SessionLimits) { self.limits = limits }

    package var count: Int { sessions.count }

    package subscript(id: SessionID) -> Session? { sessions[id] }

    /// Changes a session in place; nil where it has ended.
    mutating func with<Result, Failure: Error>(
        _ id: SessionID, _ body: (inout Session) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard let index = sessions.index(forKey: id) else { return nil }
        return try body(&sessions.values[index])
    }

    /// Whether a session may be opened: there is a place, or a stranger to take it from.
    var hasRoom: Bool { sessions.count < limits.sessions || strangers.first != nil }

    /// Enters a session, where need be in place of a stranger's. False where all places are members'.
    mutating func insert(_ session: Session) -> Bool {
        remove(session.sealed.id)
        let network = session.origin.prefix
        if strangers.count(of: network) >= limits.strangersPerPrefix, let stranger = strangers.first(in: network) {
            remove(stranger)
        }
        if sessions.count >= limits.sessions {
            guard let stranger = strangers.first else { return false }
            remove(stranger)
        }
        sessions[session.sealed.id] = session
        strangers.insert(session.sealed.id, from: session.origin)
        return true
    }

    mutating func remove(_ id: SessionID) {
        sessions[id] = nil
        strangers.remove(id)
    }

    mutating func setSignedIn(_ isSignedIn: Bool, at id: SessionID) {
        guard let session = sessions[id], session.isSignedIn != isSignedIn else { return }
        sessions[id]?.isSignedIn = isSignedIn
        if isSignedIn {
            strangers.remove(id)
        } else {
            sessions[id]?.strangerSince = session.lastHeard
            strangers.insert(id, from: session.origin)
        }
    }

    /// Ends what was silent for too long or has lived its time.
    mutating func expire(now: Int64) -> [SessionID] {
        let ended = sessions.filter { $0.value.isOver(limits, now: now) }.map(\.key)
        for id in ended { remove(id) }
        for index in sessions.indices { sessions.values[index].answered.expire(now: now) }
        return ended
    }
}

extension Session {
    fileprivate func isOver(_ limits: SessionLimits, now: Int64) -> Bool {
        let isDone =
            isSignedIn
            ? now - lastHeard > limits.memberIdle
            : now - lastHeard > (hasSpoken ? limits.strangerIdle : limits.unprovenIdle)
                || now - strangerSince > limits.strangerLifetime
        return isDone && inFlight.isEmpty || now - openedAt > limits.lifetime
    }
}
