import Commands
import Testing
import Wire

@Suite struct ServerTargetTests {
    private static let print = String(repeating: "0a", count: 32)

    @Test func whatPeopleType() throws {
        #expect(try ServerTarget("12000", fingerprint: nil).server.description == "127.0.0.1:12000")
        #expect(try ServerTarget("12000", fingerprint: nil).pin == nil)
        let link = "bittrickle://example.org:12000/\(Self.print)"
        #expect(try ServerTarget(link, fingerprint: nil).server.description == "example.org:12000")
        #expect(try ServerTarget(link, fingerprint: nil).pin?.description == Self.print)
        #expect(try ServerTarget(link, fingerprint: Self.print).pin?.description == Self.print)
        #expect(try ServerTarget("h:1", fingerprint: Self.print.uppercased()).pin?.description == Self.print)
    }

    @Test(arguments: [
        "", "0", "65536", "h", "h:", "h:x", ":1", "a b:1", "::1:1", "http://h:1/", "bittrickle://h:1",
        "bittrickle://h:1/0a",
    ]) func refusals(text: String) {
        #expect {
            try ServerTarget(text, fingerprint: nil)
        } throws: { error in
            guard let error = error as? AddressError else { return false }
            return Message(error).exitStatus == .usage && Message(error).hint != nil
        }
    }

    @Test func fingerprints() {
        #expect(throws: AddressError.invalidFingerprint("00")) { try ServerTarget("1", fingerprint: "00") }
        #expect(throws: AddressError.self) {
            try ServerTarget(
                "bittrickle://h:1/\(Self.print)", fingerprint: String(repeating: "0b", count: 32))
        }
    }
}
