package import Wire

/// Keeps one working session with the directory, and the login on it, whatever happens to the line, to this
/// client's address, and to the server. Times are monotonic milliseconds.
///
/// There is a *current* session, on which everything goes, and at times one *beside* it, opened because the
/// current one seems lost or grows old. The current one is dropped only when the one beside it works:
/// is open, and signed in where the current one was. A hint or silence that was none (a forged datagram, a
/// bad line) therefore costs a handshake, never the session.
package struct SessionKeeper: Sendable {
    package enum Place: Hashable, Sendable {
        case current
        case beside
    }

    package enum Action: Hashable, Sendable {
        /// Opens a session beside the current one, from a new socket; one that is being opened is dropped.
        case open
        /// Drops the session beside the current one, or what is on the way to it.
        case abandon
        /// The session beside becomes the current one, and requests are sent again on it.
        case adopt
        /// Gives the current session a new socket: the old one's address may be gone.
        case rebind
        case send(Place, Transaction, DirectoryRequest)
        /// Requests that wait for a login go on.
        case resume
        /// Requests that wait for a login end.
        case giveUp
        /// All requests end: who answers is another network.
        case refuse(OtherNetwork)
        case tell(DirectoryEvent)
        /// The server no longer takes this login, for this reason. The session stays open without it.
        case expelled(DirectoryRefusal)
    }

    private enum Beside: Sendable {
        case none
        case opening(since: Int64, mayReturn: Bool)
        case signingIn
    }

    /// In transactions that are the keeper's own. Those of ``StreamAttachment`` are counted down from the last one.
    package static let transactionFlag: Transaction = 1 << 31
    /// Of what is not to be answered but by a challenge.
    static let probeTransaction = TransactionID(rawValue: transactionFlag)

    /// Of silence until a second session is tried; of silence until the server counts as away.
    package static let doubt: Int64 = 1_500
    /// After which the current session gives way to a new one; the server ends it an hour later.
    package static let sessionAge: Int64 = 23 * 3_600_000
    /// A request that waits so long is accompanied by a heartbeat: the answer tells a slow request from a dead
    /// server.
    package static let probeAfter: Int64 = 500
    /// An attempt to open a session is begun anew, because cookies age and addresses change.
    package static let attemptLimit: Int64 = 3_000
    /// For so long it counts that another network answered: some attempts, as each of them meets it again.
    package static let otherNetworkLimit: Int64 = 3 * attemptLimit

    package private(set) var hasSession = false
    package private(set) var account: Account?
    private var signIn: SignIn?
    private var beside = Beside.none
    private var born: Int64 = 0
    package private(set) var lastHeard: Int64
    private var isAway = false
    private var other: (network: OtherNetwork, metAt: Int64)?
    private var otherTold: OtherNetwork?
    private var pulse = HeartbeatAnswer(interval: 2_000, silenceLimit: 3_000, serverTime: 0, revocationSerial: 0)
    private var beat: (transaction: Transaction, since: Int64, retransmission: Retransmission)?
    private var nextBeatAt = Int64.max
    private var hintedAt = Int64.min
    private var doubtAt = Int64.min
    private var lastTransaction: Transaction = 0

    package init(now: Int64) { lastHeard = now }

    package var silenceLimit: Int64 { pulse.silenceLimit }
    package var interval: Int64 { min(max(pulse.interval, 200), 600_000) }

    // MARK: What happens

    /// Something authentic came from the server, on this session.
    package mutating func heard(on place: Place, now: Int64) -> [Action] {
        lastHeard = max(lastHeard, now)
        doubtAt = .min
        var actions: [Action] = []
        other = nil
        otherTold = nil
        if isAway {
            isAway = false
            actions.append(.tell(.back))
        }
        if place == .current, case .opening(_, mayReturn: true) = beside {
            beside = .none
            actions.append(.abandon)
        }
        return actions
    }

    /// The session that was being opened is open: the first one, or the one beside.
    package mutating func opened(now: Int64, firstTimeout: Int64, jitter: Double) -> [Action] {
        let actions = heard(on: .beside, now: now)
        guard hasSession, let account else { return actions + adopt(now: now) }
        beside = .signingIn
        beginSignIn(account, now: now, firstTimeout: firstTimeout, jitter: jitter)
        return actions + step(now: now, waitingSince: nil, firstTimeout: firstTimeout, jitter: jitter)
    }

    private mutating func adopt(now: Int64) -> [Action] {
        hasSession = true
        beside = .none
        born = now
        beat = nil
        return [.adopt]
    }

    /// The user of this client signed in on the current session.
    package mutating func signedIn(_ login: Login, _ welcome: Welcome, now: Int64) {
        signIn = nil
        account = Account(login: login, token: welcome.token)
        pulse = welcome.pulse
        nextBeatAt = now + interval
    }

    /// The server says that it does not know this session's number. Anyone can say so.
    package mutating func hinted(of place: Place, now: Int64) -> [Action] {
        guard hasSession, !isOpening, now - 1_000 >= hintedAt else { return [] }
        if case .signingIn = beside {
            guard place == .beside else { return [] }
            signIn = nil
        }
        hintedAt = now
        return open(now: now, mayReturn: true)
    }

    /// Another network answered on the way to a session. Anyone on the line can make it look so: nothing follows
    /// from it as long as ours is heard. It says only why, once ours counts as away.
    package mutating func met(_ network: OtherNetwork, now: Int64) -> [Action] {
        other = (network, now)
        return isAway ? refuse(network) : []
    }

    /// Who answers in the place of our network, which is away.
    package func replacement(now: Int64) -> OtherNetwork? {
        guard isAway, let other, now - other.metAt <= Self.otherNetworkLimit else { return nil }
        return other.network
    }

    private mutating func refuse(_ network: OtherNetwork) -> [Action] {
        defer { otherTold = network }
        return (otherTold == network ? [] : [.tell(.replaced(network))]) + [.refuse(network)]
    }

    private mutating func open(now: Int64, mayReturn: Bool) -> [Action] {
        beside = .opening(since: now, mayReturn: mayReturn)
        return [.open]
    }

    /// The server says, on the current session, that it is not signed in.
    package mutating func lostLogin(now: Int64, firstTimeout: Int64, jitter: Double) -> [Action] {
        guard let account else { return [.giveUp] }
        guard signIn == nil else { return [] }
        beginSignIn(account, now: now, firstTimeout: firstTimeout, jitter: jitter)
        return step(now: now, waitingSince: nil, firstTimeout: firstTimeout, jitter: jitter)
    }

    private mutating func beginSignIn(_ account: Account, now: Int64, firstTimeout: Int64, jitter: Double) {
        signIn = SignIn(
            account, transaction: nextTransaction(),
            retransmission: Retransmission(now: now, first: firstTimeout, slowest: interval, jitter: jitter))
    }

    /// Takes the answer to a transaction of the keeper's own.
    package mutating func receive(
        _ answer: DirectoryAnswer, to transaction: Transaction, now: Int64, firstTimeout: Int64, jitter: Double
    ) -> [Action] {
        if let signIn, signIn.transaction == transaction {
            switch answer {
            case .welcome(let welcome): return welcomed(welcome, signIn.account, now: now)
            case .refusal(let refusal): return refused(refusal, now: now)
            default: return []
            }
        }
        guard beat?.transaction == transaction else { return [] }
        beat = nil
        // What it says counts from now on, not only after the next one.
        if case .heartbeat(let pulse) = answer { self.pulse = pulse }
        nextBeatAt = now + interval
        switch answer {
        case .heartbeat(let pulse):
            return [.tell(.pulse(pulse))]
        case .refusal(.notLoggedIn) where account != nil:
            return lostLogin(now: now, firstTimeout: firstTimeout, jitter: jitter)
        default: return []
        }
    }

    private mutating func welcomed(_ welcome: Welcome, _ account: Account, now: Int64) -> [Action] {
        var actions: [Action] = []
        if case .signingIn = beside { actions += adopt(now: now) }
        signedIn(account.login, welcome, now: now)
        return actions + [.tell(.signedInAgain(welcome)), .resume]
    }

    private mutating func refused(_ refusal: DirectoryRefusal, now: Int64) -> [Action] {
        let next = nextTransaction()
        guard case .givenUp(let reason) = signIn?.refused(refusal, now: now, next: next) else { return [] }
        var actions: [Action] = []
        if case .signingIn = beside { actions += adopt(now: now) }
        signOut()
        return actions + [.expelled(reason), .giveUp]
    }

    /// Forgets the login.
    package mutating func signOut() {
        signIn = nil
        account = nil
        beat = nil
        nextBeatAt = .max
    }

    // MARK: Time

    /// When ``step(now:waitingSince:firstTimeout:jitter:)`` is due, as long as nothing comes.
    package func wakeAt(waitingSince: Int64?) -> Int64 {
        guard hasSession else { return .max }
        var times: [Int64] = []
        if case .none = beside { times.append(born + Self.sessionAge) }
        if account != nil { times.append(beat?.retransmission.nextAt ?? nextBeatAt) }
        if let signIn { times.append(signIn.retransmission.nextAt) }
        if let beat { times.append(beat.retransmission.nextAt) }
        if let waitingSince, beat == nil { times.append(max(waitingSince, lastHeard) + Self.probeAfter) }
        if let silentSince = silentSince(waitingSince) {
            if !isOpening { times.append(max(silentSince + Self.doubt, doubtAt)) }
            if !isAway { times.append(silentSince + Patience.command.silence) }
        }
        if case .opening(let since, _) = beside { times.append(since + Self.attemptLimit) }
        return times.min() ?? .max
    }

    /// Since when the server owes a sign of life.
    private func silentSince(_ waitingSince: Int64?) -> Int64? {
        let asked = [waitingSince, beat?.since].compactMap(\.self).min()
        return asked.map { max($0, lastHeard) }
    }

    /// Does what is due. `waitingSince`: since when the oldest request waits for the server.
    package mutating func step(now: Int64, waitingSince: Int64?, firstTimeout: Int64, jitter: Double) -> [Action] {
        guard hasSession else { return [] }
        var actions: [Action] = []
        let isProbeDue = waitingSince.map { now >= max($0, lastHeard) + Self.probeAfter } ?? false
        if beat == nil, isProbeDue || (account != nil && now >= nextBeatAt) {
            let retransmission = Retransmission(now: now, first: firstTimeout, slowest: interval, jitter: jitter)
            beat = (nextTransaction(), now, retransmission)
        }
        if let due = beat, due.retransmission.isDue(now) {
            beat?.retransmission.sent(now: now)
            actions.append(.send(.current, due.transaction, .heartbeat))
        }
        if let due = signIn, due.retransmission.isDue(now) {
            signIn?.retransmission.sent(now: now)
            var place = Place.current
            if case .signingIn = beside { place = .beside }
            actions.append(.send(place, due.transaction, .login(due.login)))
        }
        return actions + judgeSilence(now: now, waitingSince: waitingSince) + renew(now: now)
    }

    private mutating func judgeSilence(now: Int64, waitingSince: Int64?) -> [Action] {
        guard let silentSince = silentSince(waitingSince) else { return [] }
        let silence = now - silentSince
        var actions: [Action] = []
        if silence >= Patience.command.silence, !isAway {
            isAway = true
            actions += replacement(now: now).map { refuse($0) } ?? [.tell(.away)]
        }
        if silence >= Self.doubt, now >= doubtAt, !isOpening {
            doubtAt = now + max(interval, Self.doubt)
            // A login on a session beside that fell silent is begun anew on another one.
            if case .signingIn = beside { signIn = nil }
            actions += [.rebind] + open(now: now, mayReturn: true)
        }
        return actions
    }

    /// The device is elsewhere: the session is asked for there at once, and another one opened where it is not heard of again.
    package mutating func moved(now: Int64) -> [Action] {
        guard hasSession else { return [] }
        doubtAt = now + max(interval, Self.doubt)
        if case .signingIn = beside { signIn = nil }
        if beat == nil { nextBeatAt = min(nextBeatAt, now) } else { beat?.retransmission.postpone(to: now) }
        return [.rebind] + open(now: now, mayReturn: true)
    }

    private var isOpening: Bool {
        if case .opening = beside { true } else { false }
    }

    private mutating func renew(now: Int64) -> [Action] {
        switch beside {
        case .none where now - born >= Self.sessionAge: return open(now: now, mayReturn: false)
        case .opening(let since, let mayReturn) where now - since >= Self.attemptLimit:
            return (mayReturn ? [.rebind] : []) + open(now: now, mayReturn: mayReturn)
        default: return []
        }
    }

    private mutating func nextTransaction() -> Transaction {
        lastTransaction = (lastTransaction &+ 1) & (Self.transactionFlag - 1)
        return lastTransaction | Self.transactionFlag
    }
}
