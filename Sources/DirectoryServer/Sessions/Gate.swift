import Content
import Directory
package import Wire

/// What stands between the socket and the directory: it decides about every datagram what is to be done,
/// and does nothing itself.
///
/// Invariants: before an address has proved that it receives (by a cookie, or by a challenge), it is sent
/// nothing longer than what came from there. Before a valid cookie nothing costs more than a hash, and
/// nothing is remembered. What is not authentic changes nothing.
package struct Gate: Sendable {
    /// What is to be done about a datagram.
    package enum Action: Sendable {
        case nothing
        /// To where it came from.
        case answer([UInt8])
        /// The expensive half of an opening: has waited its turn after ``Gate/begin(now:)``.
        case opening
        /// An opening that waited, and one that gave way to it.
        case openingInsteadOf(Waiting)
        /// An authentic request, not one that is worked on already.
        case request(SessionID, TransactionID, DirectoryRequest)
        /// An answer given already, to be sent again.
        case repeated(SessionID, [UInt8])
        /// The client proved his new address.
        case moved(SessionID)
    }

    /// An opening that waits for its turn.
    package struct Waiting: Sendable {
        package let opening: SessionOpening
        package let remote: Remote
        /// What a client that comes too early is told to wait, in milliseconds.
        package static let retryAfter: Int64 = 500

        package var busy: [UInt8] { opening.busy(retryAfter: Self.retryAfter) }
    }

    private enum Opened: Sendable {
        case underWay
        /// It was told Busy and may come again.
        case displaced
        case answered([UInt8])
    }

    private var responder: HelloResponder
    private var queue: OpeningQueue<Waiting>
    private var opened: RecentAnswers<Hash256, Opened>
    package private(set) var sessions: SessionTable

    package init(responder: HelloResponder, limits: SessionLimits = SessionLimits(), now: Moment) {
        self.responder = responder
        sessions = SessionTable(limits: limits)
        queue = OpeningQueue(now: now.monotonic)
        opened = RecentAnswers(capacity: limits.openings, lifetime: limits.openingMemory)
    }

    package mutating func receive(_ datagram: [UInt8], from remote: Remote, now: Moment) -> Action {
        switch DatagramKind(of: datagram) {
        case .hello:
            responder.answer(hello: datagram, from: remote.cookieBytes, now: now.wall).map(Action.answer) ?? .nothing
        case .open: receiveOpening(datagram, from: remote, now: now)
        case .sealed: receiveSealed(datagram, from: remote, now: now)
        default: .nothing
        }
    }
}

// MARK: - Openings

extension Gate {
    private mutating func receiveOpening(_ datagram: [UInt8], from remote: Remote, now: Moment) -> Action {
        switch responder.admit(open: datagram, from: remote.cookieBytes, now: now.wall) {
        case .ignored: return .nothing
        case .startAgain(let answer): return .answer(answer)
        case .opening(let opening):
            switch opened.value(for: opening.fingerprint, now: now.monotonic) {
            case .underWay: return .nothing
            case .answered(let answer): return .answer(answer)
            case .displaced, nil: return enqueue(Waiting(opening: opening, remote: remote), now: now)
            }
        }
    }

    private mutating func enqueue(_ waiting: Waiting, now: Moment) -> Action {
        guard sessions.hasRoom else { return .answer(waiting.busy) }
        switch queue.offer(waiting, from: waiting.remote.origin) {
        case .refused: return .answer(waiting.busy)
        case .accepted:
            opened.insert(.underWay, for: waiting.opening.fingerprint, now: now.monotonic)
            return .opening
        case .displaced(let other):
            opened.insert(.displaced, for: other.opening.fingerprint, now: now.monotonic)
            opened.insert(.underWay, for: waiting.opening.fingerprint, now: now.monotonic)
            return .openingInsteadOf(other)
        }
    }

    /// The next opening whose turn it is, with the number for its session.
    package mutating func begin(now: Moment) -> (Waiting, SessionID)? {
        queue.next(now: now.monotonic).map { ($0, freshID()) }
    }

    /// Milliseconds until ``begin(now:)`` is worth asking again; nil where nothing waits.
    package func delay(now: Moment) -> Int64? { queue.delay(now: now.monotonic) }

    /// Takes the result of an opening; nil where its encapsulation was none.
    ///
    /// - Returns: what is to be sent to where it came from.
    package mutating func finish(
        _ waiting: Waiting, _ result: (session: SealedSession, answer: [UInt8])?, now: Moment
    ) -> [UInt8]? {
        guard let result else { return nil }
        // Members may have taken the last places while it waited.
        guard sessions.insert(Session(sealed: result.session, remote: waiting.remote, now: now.monotonic)) else {
            opened.insert(.displaced, for: waiting.opening.fingerprint, now: now.monotonic)
            return waiting.busy
        }
        opened.insert(.answered(result.answer), for: waiting.opening.fingerprint, now: now.monotonic)
        return result.answer
    }

    private func freshID() -> SessionID {
        var generator = SystemRandomNumberGenerator()
        while true {
            let id = SessionID(rawValue: generator.next())
            if sessions[id] == nil { return id }
        }
    }
}

// MARK: - Sealed datagrams

extension Gate {
    private mutating func receiveSealed(_ datagram: [UInt8], from remote: Remote, now: Moment) -> Action {
        guard let id = SealedSession.id(of: datagram) else { return .nothing }
        let action = sessions.with(id) { session -> Action in
            guard let plaintext = try? session.sealed.open(datagram) else { return .nothing }
            session.lastHeard = now.monotonic
            session.hasSpoken = true
            return session.remote == remote
                ? session.receive(plaintext, now: now.monotonic)
                : session.receive(plaintext, fromNew: remote, byteCount: datagram.count, now: now.monotonic)
        }
        return action ?? UnknownSessionHint.answer(to: datagram).map(Action.answer) ?? .nothing
    }

    /// Whether a session may ask that now, or asks too much. A heartbeat is always let through: it costs next to nothing,
    /// and whoever asks too much is there all the same.
    package mutating func admits(_ request: DirectoryRequest, at id: SessionID, now: Moment) -> Bool {
        if case .heartbeat = request { return true }
        return sessions.with(id) { $0.allowance.take(now: now.monotonic) } ?? false
    }

    /// Says that a request is being worked on. False where the session has too many of them.
    package mutating func start(_ transaction: TransactionID, at id: SessionID) -> Bool {
        sessions.with(id) { session in
            session.inFlight.count < Session.inFlightLimit && session.inFlight.insert(transaction).inserted
        } ?? false
    }

    /// The request is answered, whether or not the session is still there.
    ///
    /// - Parameter answer: what is to be answered where the request comes again; nil for what is done again.
    package mutating func complete(
        _ transaction: TransactionID, at id: SessionID, keeping answer: [UInt8]?, now: Moment
    ) {
        sessions.with(id) { session in
            session.inFlight.remove(transaction)
            if let answer { session.answered.insert(answer, for: transaction, now: now.monotonic) }
        }
    }

    /// The datagram of a message, and where it goes; nil where the session has ended.
    package mutating func seal(
        _ plaintext: [UInt8], at id: SessionID
    ) throws(SealedSessionError) -> ([UInt8], Remote)? {
        try sessions.with(id) { session throws(SealedSessionError) in
            (try session.sealed.seal(plaintext), session.remote)
        }
    }
}

extension Session {
    fileprivate mutating func receive(_ plaintext: [UInt8], now: Int64) -> Gate.Action {
        do {
            guard case .request(let transaction, let request) = try DirectoryMessage(decoding: plaintext) else {
                return .nothing
            }
            if let answer = answered.value(for: transaction, now: now) { return .repeated(sealed.id, answer) }
            return inFlight.contains(transaction) ? .nothing : .request(sealed.id, transaction, request)
        } catch DirectoryMessageError.refused(let transaction, let refusal) {
            return .repeated(sealed.id, DirectoryMessage.answer(transaction, .refusal(refusal)).encoded)
        } catch {
            return .nothing
        }
    }

    fileprivate mutating func receive(
        _ plaintext: [UInt8], fromNew remote: Remote, byteCount: Int, now: Int64
    ) -> Gate.Action {
        if case .challengeAnswer(let answer)? = try? DirectoryMessage(decoding: plaintext) {
            return move(to: remote, answer: answer, now: now) ? .moved(sealed.id) : .nothing
        }
        let message = DirectoryMessage.challenge(challenge(remote, now: now)).encoded
        guard message.count + SealedSession.overhead <= byteCount else { return .nothing }
        return (try? sealed.seal(message)).map(Gate.Action.answer) ?? .nothing
    }
}

// MARK: - Ends

extension Gate {
    package mutating func setSignedIn(_ isSignedIn: Bool, at id: SessionID) {
        sessions.setSignedIn(isSignedIn, at: id)
    }

    package mutating func end(_ id: SessionID) { sessions.remove(id) }

    /// Ends what was silent for too long or lived its day, and replaces keys that did.
    ///
    /// - Returns: the sessions that ended.
    package mutating func tidy(now: Moment) throws -> [SessionID] {
        opened.expire(now: now.monotonic)
        let ended = sessions.expire(now: now.monotonic)
        _ = try responder.rotateIfDue(now: now.wall)
        return ended
    }
}
