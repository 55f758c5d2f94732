import Content
import Testing
import Wire

@Suite struct InviteLinkTests {
    private static let pin = String(repeating: "0f", count: 32)
    private static let secret = "00112233445566778899aabbccddeeff"

    @Test(arguments: [
        "bittrickle://example.org:12000/\(pin)/\(secret)",
        "BitTrickle://example.org:12000/\(pin)/\(secret.uppercased())/",
    ])
    func takesLinks(text: String) throws {
        let link = try InviteLink(parsing: text)
        #expect(link.network.server == (try HostPort(host: "example.org", port: 12_000)))
        #expect(link.secret.bytes.count == 16)
        #expect(link.description == "bittrickle://example.org:12000/\(Self.pin)/\(Self.secret)")
    }

    @Test(arguments: [
        "", "bittrickle://host:1/\(pin)", "bittrickle://host:1/\(pin)/", "bittrickle://host:1/\(pin)/abc",
        "bittrickle://host:1/\(pin)/\(secret)00",
    ])
    func refusesWhatIsNoInvitation(text: String) {
        #expect(throws: AddressError.notAnInvite(text)) { try InviteLink(parsing: text) }
    }

    @Test func theNetworkHasToBeOne() {
        #expect(throws: AddressError.invalidFingerprint("1234")) {
            try InviteLink(parsing: "bittrickle://host:1/1234/\(Self.secret)")
        }
    }
}
