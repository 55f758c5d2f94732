import Content
import Testing
import Wire

struct PasskeyTests {
    private func passkey(_ mac: [UInt8], issued: UInt32 = 7, member: String = "hans") throws -> Passkey {
        let mac = try #require(Hash256(mac + [UInt8](repeating: 0, count: Hash256.byteCount - mac.count)))
        return Passkey(mac: mac, issued: issued, member: try #require(UserName(member)))
    }

    /// Each bit counts, whatever the others are.
    @Test(arguments: [0x00, 0x5A, 0xFF] as [UInt8], [0x00, 0xA5, 0xFF] as [UInt8])
    func noBitIsWithoutMeaning(front: UInt8, back: UInt8) throws {
        let mac = [UInt8](repeating: front, count: 8) + [UInt8](repeating: back, count: 8)
        let right = try passkey(mac)
        #expect(right.isEqualInConstantTime(to: try passkey(mac)))
        for bit in 0..<128 {
            var wrong = mac
            wrong[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!right.isEqualInConstantTime(to: try passkey(wrong)), "bit \(bit)")
        }
        for bit in 0..<32 {
            #expect(!right.isEqualInConstantTime(to: try passkey(mac, issued: 7 ^ 1 << UInt32(bit))), "bit \(bit)")
        }
        #expect(!right.isEqualInConstantTime(to: try passkey(mac, member: "hanz")))
    }
}
