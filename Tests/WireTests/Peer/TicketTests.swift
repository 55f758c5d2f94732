import Content
import Crypto
import TestKit
import Testing
import Wire

struct TicketTests {
    private let key = P256.Signing.PrivateKey()

    private func ticket(_ count: Int = 2) throws -> Ticket {
        Ticket(
            member: try #require(UserName("hans")),
            content: try #require(ContentID(root: Hash256(hashing: [1]), size: 77)),
            publications: (0..<count).map { PublicationID(rawValue: Int64($0) + 1) }, expiry: 1_800_000_000_000)
    }

    @Test(arguments: [0, 1, Ticket.publicationLimit]) func comesBackAsItWas(count: Int) throws {
        let ticket = try ticket(count)
        let sealed = try ticket.sealed(by: key)
        #expect(sealed.count <= Ticket.byteLimit)
        #expect(Ticket(sealed: sealed, by: key.publicKey) == ticket)
    }

    @Test func anotherNetworksIsNone() throws {
        let sealed = try ticket().sealed(by: key)
        #expect(Ticket(sealed: sealed, by: P256.Signing.PrivateKey().publicKey) == nil)
    }

    @Test func oneThatWasChangedOrCutIsNone() throws {
        let sealed = try ticket().sealed(by: key)
        for position in sealed.indices {
            var changed = sealed
            changed[position] ^= 1
            #expect(Ticket(sealed: changed, by: key.publicKey) == nil, "byte \(position)")
            #expect(Ticket(sealed: Array(sealed[..<position]), by: key.publicKey) == nil, "cut to \(position)")
        }
        #expect(Ticket(sealed: sealed + [0], by: key.publicKey) == nil)
    }

    /// What the key signs for other purposes has another context before it.
    @Test func aSignatureOfTheBodyAloneIsNone() throws {
        let sealed = try ticket().sealed(by: key)
        let body = Array(sealed.dropLast(64))
        let forged = body + Array(try key.signature(for: body).rawRepresentation)
        #expect(Ticket(sealed: forged, by: key.publicKey) == nil)
    }
}
