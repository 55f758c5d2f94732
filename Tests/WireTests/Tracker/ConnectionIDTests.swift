import Testing
import Wire

@Suite struct ConnectionIDTests {
    /// Words of 0 to 31 under the key 0 to 15: of the vectors of the reference implementation, the one of 32 bytes.
    @Test func sipHashIsTheReferences() {
        let hash = SipHash(key: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
        let code = hash.hash(
            0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908, 0x1716_1514_1312_1110, 0x1F1E_1D1C_1B1A_1918)
        #expect(code == 0x7127_512F_72F2_7CCE)
    }

    @Test func anIDHoldsForItsAddressAndAWhile() {
        let ids = ConnectionIDs()
        let now: Int64 = 90_000
        let id = ids.id(for: (1, 2), port: 3, now: now)
        #expect(id >> 56 == 0)
        for later: Int64 in [0, 60_000, 120_000] {
            #expect(ids.isValid(id, for: (1, 2), port: 3, now: now + later))
        }
        #expect(!ids.isValid(id, for: (1, 2), port: 3, now: now + 180_000))
        // The low byte of the minute comes round.
        #expect(!ids.isValid(id, for: (1, 2), port: 3, now: now + 256 * 60_000))
        #expect(!ids.isValid(id, for: (1, 2), port: 4, now: now))
        #expect(!ids.isValid(id, for: (2, 1), port: 3, now: now))
        #expect(!ConnectionIDs().isValid(id, for: (1, 2), port: 3, now: now))
        for bit in 0..<64 { #expect(!ids.isValid(id ^ 1 << UInt64(bit), for: (1, 2), port: 3, now: now)) }
    }
}
