package import Crypto
package import Wire

/// Who is joined with whom at a relay, and for how long and how much: without sockets and clocks.
///
/// A connection arrives, shows a ticket, waits for its other side, and is one of a pair until both have ended. What a pair
/// carries counts as the caller's, who wanted it: so nobody can use up what is another's. Times in milliseconds: `now` of
/// a clock that never jumps, `wall` since 1970.
package struct RelayDesk: Sendable {
    package struct ConnectionID: Hashable, Sendable {
        let number: UInt64
        package init(_ number: UInt64) { self.number = number }
    }

    package enum Action: Hashable, Sendable {
        /// Say why, and close: the desk has forgotten it.
        case refuse(ConnectionID, RelayStatus)
        /// Tell both that they are paired, and carry from then on.
        case pair(ConnectionID, ConnectionID)
        case end(ConnectionID)
    }

    /// What follows from bytes that are carried.
    package enum Toll: Hashable, Sendable {
        case none
        /// Nothing more is to be read there for so long.
        case wait(Int64)
        /// The caller has had all that he may: the pair ends.
        case end
    }

    private enum Stage: Sendable {
        case unproven(until: Int64)
        case waiting(Meeting)
        case paired(Int)
    }

    /// What two tickets have in common that were made for each other. The attempt alone would not do: whoever was called in one may
    /// begin another with the same bytes, and his ticket of that would meet the one that counts as somebody else's.
    private struct Meeting: Hashable, Sendable {
        let pair: AttemptID
        let caller: UserName

        init(_ ticket: RelayTicket) { (pair, caller) = (ticket.pair, ticket.member) }
    }

    private struct Waiting: Sendable {
        let id: ConnectionID
        let until: Int64
    }

    private struct Pair: Sendable {
        let ends: [ConnectionID]
        let caller: UserName
        /// Of its two ends.
        var open = 2
        var lastByte: Int64
    }

    private struct Account: Sendable {
        /// Places taken.
        var pairs = 0
        var allowance: RelayAllowance
    }

    private struct Use: Hashable, Sendable {
        let meeting: Meeting
        let side: RelayTicket.Side

        init(_ ticket: RelayTicket) { (meeting, side) = (Meeting(ticket), ticket.side) }
    }

    /// Between two looks at what need not be remembered any more.
    private static let pruning: Int64 = 10_000

    private let key: P256.Signing.PublicKey
    private let limits: RelayLimits
    private var unproven: UnprovenLinks<ConnectionID>
    private var connections: [ConnectionID: Stage] = [:]
    private var waiting: [Meeting: Waiting] = [:]
    private var pairs: [Int: Pair] = [:]
    private var lastPair = 0
    private var accounts: [UserName: Account] = [:]
    /// Until when they are to be remembered.
    private var used: [Use: Int64] = [:]
    private var pruned: Int64?

    /// - Parameter key: The network's.
    package init(key: P256.Signing.PublicKey, limits: RelayLimits) {
        self.key = key
        self.limits = limits
        unproven = UnprovenLinks(limits: limits.unproven)
    }

    package var load: RelayLoad {
        RelayLoad(unproven: unproven.count, waiting: waiting.count, pairs: pairs.count)
    }

    /// What is remembered beside connections: tickets, and members.
    package var memory: (tickets: Int, members: Int) { (used.count, accounts.count) }

    // MARK: Events

    /// - Parameter address: 4 or 16 bytes, network order.
    package mutating func arrived(_ id: ConnectionID, from address: [UInt8], now: Int64) -> [Action] {
        connections[id] = .unproven(until: now + limits.hello)
        return unproven.add(id, from: address).map { refuse($0, .closing) } ?? []
    }

    /// The first bytes were no hello.
    package mutating func spokeNonsense(_ id: ConnectionID) -> [Action] { refuse(id, .malformed) }

    /// - Parameter sealed: The ticket of the hello.
    package mutating func greeted(
        _ id: ConnectionID, with sealed: [UInt8], wall: Int64, now: Int64
    ) -> [Action] {
        guard case .unproven? = connections[id] else { return [] }
        unproven.remove(id)
        guard let ticket = RelayTicket(sealed: sealed, by: key) else { return refuse(id, .ticketInvalid) }
        let meeting = Meeting(ticket)
        let partner = waiting[meeting]
        if let status = refusal(of: ticket, isAwaited: partner != nil, wall, now) { return refuse(id, status) }
        used[Use(ticket)] = now + ticket.expiresAt - wall + limits.clockTolerance
        guard let partner else {
            let fresh = account(now)
            accounts[ticket.member, default: fresh].pairs += 1
            waiting[meeting] = Waiting(id: id, until: now + limits.partner)
            connections[id] = .waiting(meeting)
            return []
        }
        waiting[meeting] = nil
        lastPair += 1
        pairs[lastPair] = Pair(ends: [partner.id, id], caller: meeting.caller, lastByte: now)
        connections[id] = .paired(lastPair)
        connections[partner.id] = .paired(lastPair)
        return [.pair(partner.id, id)]
    }

    /// Bytes came from one of a pair for the other.
    package mutating func carried(_ id: ConnectionID, bytes: Int, now: Int64) -> Toll {
        guard case .paired(let number)? = connections[id], let caller = pairs[number]?.caller else { return .end }
        pairs[number]?.lastByte = now
        guard let wait = accounts[caller]?.allowance.take(bytes, now: now),
            accounts[caller]?.allowance.isUsedUp(now: now) == false
        else { return .end }
        return wait > 0 ? .wait(wait) : .none
    }

    /// The connection is closed, whoever did it.
    package mutating func ended(_ id: ConnectionID) {
        switch connections.removeValue(forKey: id) {
        case .unproven: unproven.remove(id)
        case .waiting(let meeting):
            guard waiting.removeValue(forKey: meeting) != nil else { return }
            release(meeting)
        case .paired(let number):
            pairs[number]?.open -= 1
            guard let pair = pairs[number], pair.open == 0 else { return }
            pairs[number] = nil
            accounts[pair.caller]?.pairs -= 1
        case nil: break
        }
    }

    /// To be called several times a second.
    package mutating func passTime(now: Int64) -> [Action] {
        var actions: [Action] = []
        for (id, stage) in connections {
            if case .unproven(let until) = stage, until <= now { actions += refuse(id, .slow) }
        }
        for (meeting, one) in waiting where one.until <= now {
            waiting[meeting] = nil
            release(meeting)
            actions += refuse(one.id, .partnerMissing)
        }
        for pair in pairs.values where pair.lastByte + limits.idle <= now {
            actions += pair.ends.filter { connections[$0] != nil }.map { .end($0) }
        }
        prune(now)
        return actions
    }

    // MARK: Rules

    private mutating func refusal(
        of ticket: RelayTicket, isAwaited: Bool, _ wall: Int64, _ now: Int64
    ) -> RelayStatus? {
        guard ticket.expiresAt > wall - limits.clockTolerance,
            ticket.expiresAt <= wall + RelayTicket.lifetime + limits.clockTolerance
        else { return .ticketExpired }
        if used[Use(ticket)] != nil { return .ticketUsed }
        if used.count >= limits.usedTickets { return .full }
        if isAwaited { return nil }
        if waiting.count + pairs.count >= limits.pairs { return .full }
        guard var account = accounts[ticket.member] else { return accounts.count < limits.members ? nil : .full }
        if account.pairs >= limits.pairsPerMember { return .tooManyOfMember }
        return account.allowance.isUsedUp(now: now) ? .quotaUsedUp : nil
    }

    private mutating func refuse(_ id: ConnectionID, _ status: RelayStatus) -> [Action] {
        guard connections.removeValue(forKey: id) != nil else { return [] }
        unproven.remove(id)
        return [.refuse(id, status)]
    }

    private mutating func release(_ meeting: Meeting) {
        accounts[meeting.caller]?.pairs -= 1
    }

    private func account(_ now: Int64) -> Account {
        Account(allowance: RelayAllowance(rate: limits.rate, quota: limits.quota, now: now))
    }

    private mutating func prune(_ now: Int64) {
        guard now - (pruned ?? .min / 2) >= Self.pruning else { return }
        pruned = now
        used = used.filter { $0.value > now }
        accounts = accounts.filter { _, account in
            var allowance = account.allowance
            return account.pairs > 0 || !allowance.isFresh(now: now)
        }
    }
}

/// How much goes on at a relay.
package struct RelayLoad: Hashable, Sendable {
    /// Connections that have not shown a ticket yet.
    package var unproven: Int
    /// Connections whose other side is not there yet.
    package var waiting: Int
    package var pairs: Int

    package init(unproven: Int = 0, waiting: Int = 0, pairs: Int = 0) {
        self.unproven = unproven
        self.waiting = waiting
        self.pairs = pairs
    }
}
