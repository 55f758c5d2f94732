import Crypto
import Testing
import Wire

@Suite struct SealedSessionTests {
    @Test func fillsADatagramAndNoMore() throws {
        var (client, server) = try HandshakeFixture().openSession()
        let longest = [UInt8](repeating: 1, count: SealedSession.maximumPlaintext)
        let datagram = try client.seal(longest)
        #expect(datagram.count == Datagram.maximumByteCount)
        #expect(try server.open(datagram) == longest)
        #expect(throws: SealedSessionError.tooLong(byteCount: longest.count + 1)) { _ = try client.seal(longest + [1]) }
    }

    @Test func takesEachDatagramOnceInAnyOrder() throws {
        var (client, server) = try HandshakeFixture().openSession()
        var datagrams: [[UInt8]] = []
        for number: UInt8 in 0..<100 { datagrams.append(try client.seal([number])) }
        for (number, datagram) in datagrams.enumerated().reversed() {
            #expect(try server.open(datagram) == [UInt8(number)])
        }
        for datagram in datagrams {
            #expect(throws: SealedSessionError.replayed) { _ = try server.open(datagram) }
        }
    }

    @Test func doesNotTakeItsOwnDatagrams() throws {
        var (client, _) = try HandshakeFixture().openSession()
        let own = try client.seal([1])
        #expect(throws: SealedSessionError.forged) { _ = try client.open(own) }
    }

    @Test func doesNotTakeThoseOfAnotherSession() throws {
        let fixture = try HandshakeFixture()
        var (client, _) = try fixture.openSession(id: 1)
        var (_, server) = try fixture.openSession(id: 2)
        let datagram = try client.seal([1])
        #expect(throws: SealedSessionError.notOfThisSession) { _ = try server.open(datagram) }
        #expect(SealedSession.id(of: datagram) == client.id)
    }

    /// Held against swift-crypto's AES-GCM, so that no mistake is made alike in sealing and opening.
    @Test(arguments: [0, 1, 16, 60, SealedSession.maximumPlaintext])
    func sealsAsSwiftCryptoDoes(byteCount: Int) throws {
        let id = SessionID(rawValue: 0x0102_0304_0506_0708)
        let keys = SessionKeys(
            exportedSecret: SymmetricKey(data: [UInt8](repeating: 3, count: 32)), encapsulation: [1, 2],
            random: [UInt8](repeating: 4, count: SessionKeys.randomByteCount), session: id)
        var (client, server) = (SealedSession(id: id, keys: keys), ServedSession(id: id, keys: keys))
        for counter: UInt8 in 1...3 {
            let plaintext = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 7) ^ counter }
            let header = [DatagramKind.sealed.rawValue] + id.bytes + [0, 0, 0, 0, 0, 0, 0, counter]
            let nonce = try AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 11) + [counter])
            func sealed(_ key: SymmetricKey) throws -> [UInt8] {
                let box = try AES.GCM.seal(plaintext, using: key, nonce: nonce, authenticating: header)
                return header + Array(box.ciphertext) + Array(box.tag)
            }
            #expect(try client.seal(plaintext) == sealed(keys.clientToServer))
            #expect(try server.seal(plaintext) == sealed(keys.serverToClient))
            #expect(try server.open(sealed(keys.clientToServer)) == plaintext)
            #expect(try client.open(sealed(keys.serverToClient)) == plaintext)
        }
    }

    @Test func namesTheSessionOfSealedDatagramsAndHintsOnly() throws {
        var (client, _) = try HandshakeFixture().openSession(id: 5)
        let datagram = try client.seal([])
        #expect(SealedSession.id(of: datagram)?.rawValue == 5)
        #expect(SealedSession.id(of: Array(datagram.dropLast())) == nil)
        #expect(SealedSession.id(of: []) == nil)
        #expect(SealedSession.id(of: try #require(UnknownSessionHint.answer(to: datagram)))?.rawValue == 5)
        for kind in DatagramKind.allCases where kind != .sealed && kind != .unknownSession {
            #expect(SealedSession.id(of: [kind.rawValue] + datagram.dropFirst()) == nil)
        }
    }
}
