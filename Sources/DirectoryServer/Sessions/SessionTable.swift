import Directory
package import Wire

/// The open sessions of a loop, in the places that their ids name: so none is looked for. Those that have not signed in
/// are bounded, in all and for each network, and yield when there are too many or the table is full, so that strangers can
/// keep nobody out.
///
/// Invariants: `strangers` are exactly the sessions that are not signed in. Who is signed in yields to nobody.
package struct SessionTable: Sendable {
    /// Places that one call of ``expire(now:)`` looks at: it stays a matter of milliseconds, however many there are.
    private static let expiredAtOnce = 32_768

    let limits: SessionLimits
    private let loop: Int
    private var places = Slab<Session>()
    package private(set) var count = 0
    private var strangers = Strangers<SessionID>()
    /// Where the next look at who is silent begins.
    private var hand = 0

    init(limits: SessionLimits, loop: Int) {
        self.limits = limits
        self.loop = loop
    }

    package subscript(id: SessionID) -> Session? {
        contains(id) ? places[SessionNumber(id).place] : nil
    }

    package func contains(_ id: SessionID) -> Bool {
        let place = SessionNumber(id).place
        return places.contains(place) && places[place].sealed.id == id
    }

    /// Changes a session in place; nil where it has ended.
    mutating func with<Result, Failure: Error>(
        _ id: SessionID, _ body: (inout Session) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard contains(id) else { return nil }
        return try body(&places[SessionNumber(id).place])
    }

    /// Whether a session may be opened: there is a place, or a stranger to take it from.
    var hasRoom: Bool { count < limits.sessions || strangers.first != nil }

    /// The id of a session that is about to be opened: to be inserted, or released.
    mutating func reserve() -> SessionID { SessionNumber.fresh(loop: loop, place: places.reserve()) }

    mutating func release(_ id: SessionID) { places.release(SessionNumber(id).place) }

    /// Enters a session in its reserved place, where need be instead of a stranger's. False, and released, where all are
    /// members'.
    mutating func insert(_ session: Session) -> Bool {
        let origin = session.remote.origin
        if strangers.count(of: origin.prefix) >= limits.strangersPerPrefix,
            let stranger = strangers.first(in: origin.prefix)
        {
            remove(stranger)
        }
        if count >= limits.sessions || strangers.count >= limits.strangers {
            guard let stranger = strangers.first else {
                release(session.sealed.id)
                return false
            }
            remove(stranger)
        }
        places.put(session, at: SessionNumber(session.sealed.id).place)
        count += 1
        strangers.insert(session.sealed.id, from: origin)
        return true
    }

    mutating func remove(_ id: SessionID) {
        guard contains(id) else { return }
        release(id)
        count -= 1
        strangers.remove(id)
    }

    mutating func setSignedIn(_ isSignedIn: Bool, at id: SessionID) {
        let former = with(id) { session -> (origin: Origin, wasSignedIn: Bool) in
            let wasSignedIn = session.isSignedIn
            if isSignedIn {
                // Whoever signs in once more may be another one.
                session.standing = .member(nil)
            } else if wasSignedIn {
                session.standing = .stranger(since: Second(of: session.lastHeard))
            }
            return (session.remote.origin, wasSignedIn)
        }
        guard let former, former.wasSignedIn != isSignedIn else { return }
        if isSignedIn {
            strangers.remove(id)
        } else {
            strangers.insert(id, from: former.origin)
        }
    }

    /// Ends what was silent for too long or has lived its time, of as many as are looked at in one go.
    ///
    /// - Parameter idle: Of a member: at least that of the limits.
    mutating func expire(now: Int64, idle: Int64) -> [SessionID] {
        var ended: [SessionID] = []
        let (limits, idle) = (limits, max(idle, limits.memberIdle))
        for _ in 0..<min(places.end, Self.expiredAtOnce) {
            hand = hand + 1 < places.end ? hand + 1 : 0
            guard places.contains(hand) else { continue }
            if places[hand].isOver(limits, idle: idle, now: now) {
                ended.append(places[hand].sealed.id)
            } else {
                places[hand].tidy(now: now)
            }
        }
        for id in ended { remove(id) }
        return ended
    }
}

extension Session {
    fileprivate func isOver(_ limits: SessionLimits, idle: Int64, now: Int64) -> Bool {
        let isDone =
            switch standing {
            case .member: now - lastHeard > idle
            case .stranger(let since):
                now - lastHeard > (hasSpoken ? limits.strangerIdle : limits.unprovenIdle)
                    || now - since.milliseconds > limits.strangerLifetime
            }
        return isDone && !isBusy || now - openedAt.milliseconds > limits.lifetime
    }
}
