import Content
import Crypto
import TestKit
import Testing
import Wire

/// What lets a member in at a relay.
struct RelayTicketTests {
    private let key = P256.Signing.PrivateKey()
    private let member: UserName

    init() throws { member = try #require(UserName("hans")) }

    private func ticket(_ side: RelayTicket.Side) -> RelayTicket {
        RelayTicket(pair: .random(), side: side, member: member, expiresAt: 1_900_000_000_000)
    }

    @Test(arguments: RelayTicket.Side.allCases) func isReadAsItWasWritten(side: RelayTicket.Side) throws {
        let ticket = ticket(side)
        let sealed = try ticket.sealed(by: key)
        #expect(sealed.count <= RelayTicket.byteLimit)
        #expect(RelayTicket(sealed: sealed, by: key.publicKey) == ticket)
        #expect(AttemptID(ticket.pair.bytes) == ticket.pair)
    }

    @Test func theLongestNameFits() throws {
        let long = try #require(UserName(String(repeating: "x", count: UserName.maximumByteCount)))
        var ticket = ticket(.called)
        ticket.member = long
        #expect(try ticket.sealed(by: key).count == RelayTicket.byteLimit)
    }

    @Test func anotherNetworksIsNone() throws {
        let sealed = try ticket(.caller).sealed(by: P256.Signing.PrivateKey())
        #expect(RelayTicket(sealed: sealed, by: key.publicKey) == nil)
    }

    @Test func noByteOfItCanBeChanged() throws {
        let sealed = try ticket(.caller).sealed(by: key)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(RelayTicket(sealed: changed, by: key.publicKey) == nil)
        }
        #expect(RelayTicket(sealed: sealed + [0], by: key.publicKey) == nil)
        #expect(RelayTicket(sealed: Array(sealed.dropLast()), by: key.publicKey) == nil)
        #expect(RelayTicket(sealed: [], by: key.publicKey) == nil)
    }

    /// The key signs tickets for contents too: the one is not the other.
    @Test func theTicketOfAContentIsNone() throws {
        let content = try #require(ContentID(root: Hash256(hashing: [1]), size: 5))
        let sealed = try Ticket(member: member, content: content, publications: [], expiry: 1).sealed(by: key)
        #expect(RelayTicket(sealed: sealed, by: key.publicKey) == nil)
        #expect(Ticket(sealed: try ticket(.caller).sealed(by: key), by: key.publicKey) == nil)
    }
}
