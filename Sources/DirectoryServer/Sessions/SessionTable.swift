import Directory
package import Wire

/// The open sessions, and how many of each network have not signed in: those are bounded, so that no
/// stranger can fill the table.
///
/// Invariant: `strangers` counts exactly the sessions that are not signed in, by the address at which
/// each was opened.
package struct SessionTable: Sendable {
    private let limits: SessionLimits
    private var sessions: [SessionID: Session] = [:]
    private var strangers: [AddressPrefix: Int] = [:]

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

    func hasRoom(for prefix: AddressPrefix) -> Bool {
        sessions.count < limits.sessions && strangers[prefix, default: 0] < limits.strangersPerPrefix
    }

    mutating func insert(_ session: Session) {
        remove(session.sealed.id)
        sessions[session.sealed.id] = session
        strangers[session.origin, default: 0] += 1
    }

    mutating func remove(_ id: SessionID) {
        guard let session = sessions.removeValue(forKey: id), !session.isSignedIn else { return }
        forget(session.origin)
    }

    mutating func setSignedIn(_ isSignedIn: Bool, at id: SessionID) {
        guard let session = sessions[id], session.isSignedIn != isSignedIn else { return }
        sessions[id]?.isSignedIn = isSignedIn
        if isSignedIn { forget(session.origin) } else { strangers[session.origin, default: 0] += 1 }
    }

    private mutating func forget(_ prefix: AddressPrefix) {
        let rest = strangers[prefix, default: 0] - 1
        strangers[prefix] = rest > 0 ? rest : nil
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
        let (idle, lifetime) =
            isSignedIn ? (limits.memberIdle, limits.lifetime) : (limits.strangerIdle, limits.strangerLifetime)
        return inFlight.isEmpty && (now - lastHeard > idle || now - openedAt > lifetime)
            || now - openedAt > limits.lifetime
    }
}
