import Crypto
import Relay
import Testing
import Wire

/// A network that gives tickets for relays, and the desk of one.
struct RelayOffice {
    static let wall: Int64 = 1_900_000_000_000

    let key = P256.Signing.PrivateKey()
    var desk: RelayDesk
    private var lastID: UInt64 = 0

    init(_ limits: RelayLimits = RelayLimits()) { desk = RelayDesk(key: key.publicKey, limits: limits) }

    /// - Parameter member: The caller, whichever side it is for.
    func ticket(
        _ pair: AttemptID, _ side: RelayTicket.Side, _ member: String = "hans",
        expiresAt: Int64 = RelayOffice.wall + RelayTicket.lifetime
    ) throws -> [UInt8] {
        try RelayTicket(
            pair: pair, side: side, member: try #require(UserName(member)), expiresAt: expiresAt
        ).sealed(by: key)
    }

    /// A connection that has not said anything.
    mutating func arrive(
        from address: [UInt8] = [192, 0, 2, 1], now: Int64 = 0
    ) -> (id: RelayDesk.ConnectionID, actions: [RelayDesk.Action]) {
        lastID += 1
        let id = RelayDesk.ConnectionID(lastID)
        return (id, desk.arrived(id, from: address, now: now))
    }

    /// A connection that shows a ticket, and what follows.
    mutating func greet(
        _ ticket: [UInt8], wall: Int64 = RelayOffice.wall, now: Int64 = 0
    ) -> (id: RelayDesk.ConnectionID, actions: [RelayDesk.Action]) {
        let id = arrive(now: now).id
        return (id, desk.greeted(id, with: ticket, wall: wall, now: now))
    }

    /// A pair, the caller first.
    mutating func pair(
        _ caller: String = "hans", now: Int64 = 0
    ) throws -> (caller: RelayDesk.ConnectionID, called: RelayDesk.ConnectionID) {
        let pair = AttemptID.random()
        let first = greet(try ticket(pair, .caller, caller), now: now)
        let second = greet(try ticket(pair, .called, caller), now: now)
        #expect(first.actions.isEmpty && second.actions == [.pair(first.id, second.id)])
        return (first.id, second.id)
    }
}
