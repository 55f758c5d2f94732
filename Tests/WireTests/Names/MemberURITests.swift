import Content
import Testing
import Wire

@Suite struct MemberURITests {
    private let pin = NetworkPin(Hash256(hashing: [1, 2, 3]))

    @Test(arguments: ["hans", "a/b", "%41", "~._-", "!\"#$%&'()*+,", ":;<=>", "x?y@z[\\]^`{|}"])
    func whatIsEncodedIsParsed(name: String) throws {
        let user = try #require(UserName(name))
        let uri = MemberURI(pin: pin, user: user)
        #expect(MemberURI(uri.text) == uri)
    }

    @Test func reservedCharactersAreEncodedInUpperCase() throws {
        let user = try #require(UserName("a/b*"))
        #expect(MemberURI(pin: pin, user: user).text == "bittrickle://\(pin)/users/a%2Fb%2A")
    }

    @Test(arguments: [
        "", "bittrickle://", "http://PIN/users/hans", "bittrickle://PIN/users/", "bittrickle://PIN/users/a%2fb",
        "bittrickle://PIN/users/%61", "bittrickle://PIN/users/a b", "bittrickle://PIN/users/a%2",
        "bittrickle://PIN/users/a%",
        "bittrickle://PIN/users/a%C3%A4", "bittrickle://PIN/users/a/b", "bittrickle://PIN/users/12345678901234567",
        "bittrickle://PIN/user/hans", "BITTRICKLE://PIN/users/hans", "bittrickle://abcd/users/hans",
    ])
    func otherSpellingsAreRefused(text: String) {
        let parts = text.split(separator: "PIN", omittingEmptySubsequences: false)
        #expect(MemberURI(parts.joined(separator: pin.description)) == nil)
    }
}
