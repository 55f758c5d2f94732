import Content
package import Directory
package import NIOCore
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
        /// A member's heartbeat: the datagram that answers it was written, to go to where it came from.
        case heartbeat
        /// A request to bind the stream on which it came to its session.
        case attach(SessionID, TransactionID)
        /// An answer given already, to be sent again.
        case repeated(SessionID, [UInt8])
        /// The client proved his new address.
        case moved(SessionID)
        /// It belongs to a session of another loop.
        case elsewhere(loop: Int)
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
    private let loop: Int
    private let loopCount: Int
    private var hellos: TokenBucket
    private var queue: OpeningQueue<Waiting>
    private var opened: RecentAnswers<Hash256, Opened>
    /// Members' sessions that were heard since ``takeHeard()``, each once.
    private var heard: [SessionID] = []
    /// The streams of members that are no more than a second way to them: of those who have one.
    var attachments: [SessionID: Remote] = [:]
    /// What came on streams since ``takeProofs()``.
    var proofs: [StreamProof] = []
    /// What all heartbeats are answered; nil where the directory is to be asked each time.
    package var beat: HeartbeatAnswer?
    package private(set) var sessions: SessionTable

    /// - Parameters:
    ///   - loop: The number of the loop that owns this gate, of so many.
    ///   - limits: Of all loops together.
    package init(
        responder: HelloResponder, limits: SessionLimits = SessionLimits(), loop: Int = 0, of loopCount: Int = 1,
        now: Moment
    ) {
        let limits = limits.share(of: loopCount)
        self.responder = responder
        self.loop = loop
        self.loopCount = loopCount
        sessions = SessionTable(limits: limits, loop: loop)
        hellos = TokenBucket(rate: limits.helloRate, burst: limits.helloBurst, now: now.monotonic)
        queue = OpeningQueue(rate: limits.openingRate, burst: limits.openingBurst, now: now.monotonic)
        opened = RecentAnswers(capacity: limits.openings, lifetime: limits.openingMemory)
    }

    /// - Parameter buffer: Takes what answers a heartbeat.
    package mutating func receive(
        _ datagram: UnsafeRawBufferPointer, from remote: Remote, now: Moment, into buffer: inout ByteBuffer
    ) -> Action {
        switch DatagramKind(of: datagram) {
        case .sealed: receiveSealed(datagram, from: remote, now: now, into: &buffer)
        case .hello where !hellos.take(now: now.monotonic): .nothing
        case .hello:
            responder.answer(hello: Array(datagram), from: remote.cookieBytes, now: now.wall).map(Action.answer)
                ?? .nothing
        case .open: receiveOpening(Array(datagram), from: remote, now: now)
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
        queue.next(now: now.monotonic).map { ($0, sessions.reserve()) }
    }

    /// Milliseconds until ``begin(now:)`` is worth asking again; nil where nothing waits.
    package func delay(now: Moment) -> Int64? { queue.delay(now: now.monotonic) }

    /// Takes the result of the opening that was to get an id; nil where its encapsulation was none.
    ///
    /// - Returns: what is to be sent to where it came from.
    package mutating func finish(
        _ waiting: Waiting, _ id: SessionID, _ result: (session: ServedSession, answer: [UInt8])?, now: Moment
    ) -> [UInt8]? {
        guard let result else {
            sessions.release(id)
            return nil
        }
        // Members may have taken the last places while it waited.
        guard sessions.insert(Session(sealed: result.session, remote: waiting.remote, now: now.monotonic)) else {
            opened.insert(.displaced, for: waiting.opening.fingerprint, now: now.monotonic)
            return waiting.busy
        }
        opened.insert(.answered(result.answer), for: waiting.opening.fingerprint, now: now.monotonic)
        return result.answer
    }
}

// MARK: - Sealed datagrams

extension Gate {
    /// What an authentic datagram says.
    private enum Words {
        case heartbeat(TransactionID)
        case message(Result<DirectoryMessage, DirectoryMessageError>)

        init(_ plaintext: UnsafeRawBufferPointer) {
            if let transaction = HeartbeatForm.transaction(in: plaintext) {
                self = .heartbeat(transaction)
            } else {
                self = .message(
                    Result { () throws(DirectoryMessageError) in try DirectoryMessage(decoding: plaintext) })
            }
        }

        var message: Result<DirectoryMessage, DirectoryMessageError> {
            switch self {
            case .heartbeat(let transaction): .success(.request(transaction, .heartbeat))
            case .message(let message): message
            }
        }
    }

    private mutating func receiveSealed(
        _ datagram: UnsafeRawBufferPointer, from remote: Remote, now: Moment, into buffer: inout ByteBuffer
    ) -> Action {
        guard let id = SealedSession.id(of: datagram) else { return .nothing }
        let owner = SessionNumber(id).loop
        guard owner == loop || owner >= loopCount else { return .elsewhere(loop: owner) }
        let beat = beat
        var isNews = false
        var proof: StreamProof?
        let action = sessions.with(id) { session -> Action in
            var opened: Words?
            try? session.sealed.open(datagram) { opened = Words($0) }
            guard let words = opened else { return .nothing }
            session.lastHeard = now.monotonic
            session.hasSpoken = true
            isNews = session.isSignedIn && !session.isNoted
            if isNews { session.isNoted = true }
            if let stream = remote.stream {
                let carries = session.isSignedIn && session.remote == remote
                proof = StreamProof(stream: stream, session: id, carries: carries)
            }
            guard session.remote == remote else {
                return session.receive(
                    words.message, fromNew: remote, byteCount: datagram.count, now: now.monotonic)
            }
            if let beat, case .heartbeat(let transaction) = words,
                session.answer(heartbeat: transaction, beat, now: now.wall, into: &buffer)
            {
                return .heartbeat
            }
            return session.receive(words.message, now: now.monotonic)
        }
        if isNews { heard.append(id) }
        if let proof { proofs.append(proof) }
        return action ?? UnknownSessionHint.answer(to: datagram).map(Action.answer) ?? .nothing
    }

    /// The directory answered a heartbeat: until it says otherwise, the next answers are the same.
    package mutating func learn(_ pulse: HeartbeatAnswer, at id: SessionID) {
        // What is wanted changes with each answer.
        guard pulse.wanted.isEmpty else { return }
        sessions.with(id) { session in
            if session.isSignedIn { session.standing = .member(.init(pulse)) }
        }
    }

    /// There is news for a member: his next heartbeat is the directory's to answer.
    package mutating func unlearn(_ id: SessionID) {
        sessions.with(id) { session in
            if session.isSignedIn { session.standing = .member(nil) }
        }
    }

    /// The members' sessions that were heard since this was asked last, and when that was.
    package mutating func takeHeard() -> [SignOfLife] {
        defer { heard.removeAll(keepingCapacity: true) }
        return heard.compactMap { id in
            sessions.with(id) { session in
                session.isNoted = false
                return SignOfLife(session: id, time: session.lastHeard)
            }
        }
    }

    /// Whether a session may ask that now, or asks too much. A heartbeat is always let through: it costs next to nothing,
    /// and whoever asks too much is there all the same.
    package mutating func admits(_ request: DirectoryRequest, at id: SessionID, now: Moment) -> Bool {
        if case .heartbeat = request { return true }
        return sessions.with(id) { session in
            session.withWork(now: now.monotonic) { $0.allowance.take(now: now.monotonic) }
        } ?? false
    }

    /// Says that a request is being worked on. False where the session has too many of them.
    package mutating func start(_ transaction: TransactionID, at id: SessionID, now: Moment) -> Bool {
        sessions.with(id) { session in
            session.withWork(now: now.monotonic) {
                $0.inFlight.count < Session.inFlightLimit && $0.inFlight.insert(transaction).inserted
            }
        } ?? false
    }

    /// The request is answered, whether or not the session is still there.
    ///
    /// - Parameter answer: what is to be answered where the request comes again; nil for what is done again.
    package mutating func complete(
        _ transaction: TransactionID, at id: SessionID, keeping answer: [UInt8]?, now: Moment
    ) {
        sessions.with(id) { session in
            guard answer != nil || session.isBusy else { return }
            session.withWork(now: now.monotonic) { work in
                work.inFlight.remove(transaction)
                if let answer { work.answered.insert(answer, for: transaction, now: now.monotonic) }
            }
        }
    }

    /// The datagram of what was not asked for, and all ways that it goes; nil where the session has ended.
    ///
    /// Where a stream is attached it goes over that, which loses nothing, and to where the session lives besides: of neither is it
    /// known at once that it leads nowhere any more. Whoever gets both takes the second for the repetition that it is.
    package mutating func push(
        _ plaintext: [UInt8], at id: SessionID
    ) throws(SealedSessionError) -> (datagram: [UInt8], ways: [Remote])? {
        var buffer = ByteBuffer()
        guard let home = try seal(plaintext, at: id, over: nil, into: &buffer) else { return nil }
        let attached = attachments[id].flatMap { $0 == home ? nil : $0 }
        return (Array(buffer.readableBytesView), [attached, home].compactMap(\.self))
    }

    /// Writes the datagram of a message; where it goes, nil where the session has ended.
    ///
    /// - Parameter remote: Where it is to go; nil for where the session lives.
    package mutating func seal(
        _ plaintext: [UInt8], at id: SessionID, over remote: Remote?, into buffer: inout ByteBuffer
    ) throws(SealedSessionError) -> Remote? {
        try sessions.with(id) { session throws(SealedSessionError) in
            let result = plaintext.withUnsafeBytes { bytes in
                Result { () throws(SealedSessionError) in try session.sealed.seal(bytes, into: &buffer) }
            }
            try result.get()
            return remote ?? session.remote
        }
    }
}

extension Session {
    /// Writes the datagram that answers a heartbeat; false where the directory is to be asked.
    fileprivate mutating func answer(
        heartbeat transaction: TransactionID, _ beat: HeartbeatAnswer, now: Int64, into buffer: inout ByteBuffer
    ) -> Bool {
        guard case .member(let pulse?) = standing else { return false }
        var beat = beat
        beat.serverTime = now
        beat.askSerial = Int64(pulse.askSerial)
        beat.role = pulse.role
        return withUnsafeTemporaryAllocation(byteCount: HeartbeatForm.answerByteLimit, alignment: 8) { plaintext in
            let count = HeartbeatForm.write(beat, to: transaction, into: plaintext)
            let answer = UnsafeRawBufferPointer(rebasing: plaintext[..<count])
            return (try? sealed.seal(answer, into: &buffer)) != nil
        }
    }

    fileprivate mutating func receive(
        _ message: Result<DirectoryMessage, DirectoryMessageError>, now: Int64
    ) -> Gate.Action {
        switch message {
        case .success(.request(let transaction, .attach)) where remote.stream != nil:
            return .attach(sealed.id, transaction)
        case .success(.request(let transaction, let request)):
            if let answer = answer(to: transaction, now: now) { return .repeated(sealed.id, answer) }
            return isInFlight(transaction) ? .nothing : .request(sealed.id, transaction, request)
        case .failure(.refused(let transaction, let refusal)):
            return .repeated(sealed.id, DirectoryMessage.answer(transaction, .refusal(refusal)).encoded)
        case .success, .failure(.malformed): return .nothing
        }
    }

    fileprivate mutating func receive(
        _ message: Result<DirectoryMessage, DirectoryMessageError>, fromNew remote: Remote, byteCount: Int, now: Int64
    ) -> Gate.Action {
        if case .success(.challengeAnswer(let answer)) = message {
            return move(to: remote, answer: answer, now: now) ? .moved(sealed.id) : .nothing
        }
        if remote.stream != nil, case .success(.request(let transaction, .attach)) = message {
            return .attach(sealed.id, transaction)
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
        // From now on it is a member's stream, which yields to nobody.
        let stream = isSignedIn ? sessions.with(id) { $0.remote.stream } : nil
        if case let stream?? = stream { proofs.append(StreamProof(stream: stream, session: id, carries: true)) }
        if !isSignedIn { detach(id) }
    }

    package mutating func end(_ id: SessionID) {
        sessions.remove(id)
        detach(id)
    }

    /// Ends what was silent for too long or lived its day.
    ///
    /// - Returns: the sessions that ended.
    package mutating func tidy(now: Moment) -> [SessionID] {
        opened.expire(now: now.monotonic)
        let ended = sessions.expire(now: now.monotonic, idle: 2 * (beat?.silenceLimit ?? 0))
        for id in ended { detach(id) }
        return ended
    }

    /// Replaces keys that lived their day.
    ///
    /// - Returns: what the gates of other loops are to answer hellos by from now on; nil where nothing has changed.
    package mutating func rotateKeys(now: Moment) throws -> HelloResponder? {
        try responder.rotateIfDue(now: now.wall) ? responder : nil
    }

    package mutating func adopt(_ responder: HelloResponder) { self.responder = responder }
}
