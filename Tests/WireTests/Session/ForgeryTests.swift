import Content
import TestKit
import Testing
import Wire

/// What an attacker on the path can send: bytes of his own, and changed or repeated ones of others.
@Suite struct ForgeryTests {
    private static let noon = HandshakeFixture.noon
    private static let total = Scale.count(100_000)

    @Test func forgedChangedAndRepeatedDatagramsChangeNothing() throws {
        var random = SeededRandom.fresh()
        let fixture = try HandshakeFixture()
        var (client, server) = try fixture.openSession()
        var recorded: [[UInt8]] = []
        for number in 0..<100 {
            let datagram = try client.seal(random.bytes(number * 10))
            _ = try server.open(datagram)
            recorded.append(datagram)
        }
        let pending = try client.seal(Array("the genuine one".utf8))
        for _ in 0..<Self.total {
            let datagram: [UInt8]
            switch random.next() % 4 {
            case 0: datagram = random.bytes(Int.random(in: 0...1_300, using: &random))
            case 1: datagram = try #require(recorded.randomElement(using: &random))
            case 2: datagram = random.changed(try #require(recorded.randomElement(using: &random)))
            default: datagram = random.changed(pending)
            }
            #expect(throws: SealedSessionError.self, "seed \(random.seed)") { _ = try server.open(datagram) }
        }
        #expect(try server.open(pending) == Array("the genuine one".utf8))
        let answer = try server.seal([1])
        #expect(try client.open(answer) == [1])
    }

    @Test func changedAnswersNeverEndAHandshake() throws {
        var random = SeededRandom.fresh()
        let fixture = try HandshakeFixture()
        var client = ClientHandshake(pin: fixture.network.pin)
        let answers = client.datagramsToSend.compactMap {
            fixture.responder.answer(hello: $0, from: HandshakeFixture.home, now: Self.noon)
        }
        for _ in 0..<Self.total / 20 {
            let answer = try #require(answers.randomElement(using: &random))
            let forged = random.changed(answer, behind: Self.cookieEnd)
            #expect(try client.receive(forged, now: Self.noon).isNothing, "seed \(random.seed)")
        }
        #expect(try client.receive(answers[0], now: Self.noon).isNothing)
        #expect(try client.receive(answers[1], now: Self.noon).isSendAgain)
        let (_, opened) = try fixture.opening(of: client).accept(sessionID: SessionID(rawValue: 3))
        for _ in 0..<Self.total / 20 {
            let forged = random.changed(opened)
            #expect(try client.receive(forged, now: Self.noon).isNothing, "seed \(random.seed)")
        }
        #expect(try client.receive(opened, now: Self.noon).session != nil)
    }

    @Test func changedOpeningsOpenNothingForAnybody() throws {
        var random = SeededRandom.fresh()
        let fixture = try HandshakeFixture()
        var client = ClientHandshake(pin: fixture.network.pin)
        _ = try fixture.greet(&client)
        let open = try #require(client.datagramsToSend.first)
        for _ in 0..<Self.total / 100 {
            let forged = random.changed(open)
            let admission = fixture.responder.admit(open: forged, from: HandshakeFixture.home, now: Self.noon)
            guard let opening = admission.opening,
                let (_, answer) = try? opening.accept(sessionID: SessionID(rawValue: 9))
            else { continue }
            #expect(try client.receive(answer, now: Self.noon).isNothing, "seed \(random.seed)")
        }
        let (_, answer) = try fixture.opening(of: client).accept(sessionID: SessionID(rawValue: 9))
        #expect(try client.receive(answer, now: Self.noon).session != nil)
    }

    @Test func randomBytesGetNoAnswerFromTheResponder() throws {
        var random = SeededRandom.fresh()
        let fixture = try HandshakeFixture()
        for _ in 0..<Self.total / 10 {
            var datagram = random.bytes(Int.random(in: 0...1_300, using: &random))
            if !datagram.isEmpty, Bool.random(using: &random) { datagram[0] = UInt8.random(in: 0...10, using: &random) }
            let hello = fixture.responder.answer(hello: datagram, from: HandshakeFixture.home, now: Self.noon)
            #expect((hello?.count ?? 0) <= datagram.count, "seed \(random.seed)")
            let admission = fixture.responder.admit(open: datagram, from: HandshakeFixture.home, now: Self.noon)
            #expect(admission.opening == nil, "seed \(random.seed)")
        }
    }

    @Test func aHintEndsNothingAndOnlyItsSessionHeedsIt() throws {
        var (client, server) = try HandshakeFixture().openSession()
        #expect(
            !client.isMeant(by: try #require(UnknownSessionHint([8] + client.id.bytes + SessionID(rawValue: 1).bytes))))
        let sealed = try client.seal([1, 2, 3])
        let answer = try #require(UnknownSessionHint.answer(to: sealed))
        #expect(answer.count < sealed.count)
        #expect(UnknownSessionHint.answer(to: answer) == nil)
        let hint = try #require(UnknownSessionHint(answer))
        #expect(client.isMeant(by: hint))
        let (stranger, _) = try HandshakeFixture().openSession(id: 8)
        #expect(!stranger.isMeant(by: hint))
        let future = try #require(UnknownSessionHint([8] + client.id.bytes + SessionID(rawValue: 2).bytes))
        #expect(!client.isMeant(by: future))
        #expect(throws: SealedSessionError.notOfThisSession) { _ = try client.open(answer) }
        #expect(try server.open(sealed) == [1, 2, 3])
    }

    /// The kind, the nonce and the cookie of a hello's answer: no signature covers these, and a wrong
    /// cookie costs a round trip only.
    private static let cookieEnd = 1 + 8 + 16
}

extension SeededRandom {
    /// The bytes with one to three bits flipped, or cut, or with something behind them.
    mutating func changed(_ bytes: [UInt8], behind start: Int = 0) -> [UInt8] {
        var changed = bytes
        switch next() % 8 {
        case 0: changed.removeLast(Int.random(in: 1...max(1, bytes.count - start), using: &self))
        case 1: changed += self.bytes(Int.random(in: 1...20, using: &self))
        default:
            var positions: Set<Int> = []
            while positions.count < Int.random(in: 1...3, using: &self) {
                positions.insert(Int.random(in: start * 8..<bytes.count * 8, using: &self))
            }
            for position in positions { changed[position / 8] ^= 1 << UInt8(position % 8) }
        }
        return changed
    }
}
