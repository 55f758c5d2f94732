import DirectoryServer
import TestKit
import Testing
import Wire

/// What strangers and forgers send: nothing changes, and nobody gets more than he sent.
struct ForgeryTests {
    @Test func forgedDatagramsChangeNothing() throws {
        var random = SeededRandom.fresh()
        var fixture = try GateFixture()
        let home = try GateFixture.remote("192.0.2.1")
        let away = try GateFixture.remote("198.51.100.7")
        var client = try fixture.session(from: home)
        let genuine = try client.seal(heartbeat(1))
        let lastHeard = fixture.gate.sessions[client.id]?.lastHeard
        fixture.pass(1_000)
        for _ in 0..<Scale.count(100_000) {
            var forged = genuine
            switch UInt8.random(in: 0..<4, using: &random) {
            case 0:
                forged[Int.random(in: 0..<forged.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: forged.removeLast(Int.random(in: 1...forged.count, using: &random))
            case 2: forged += random.bytes(Int.random(in: 1...100, using: &random))
            default: forged = random.bytes(Int.random(in: 0...1_300, using: &random))
            }
            let from = Bool.random(using: &random) ? home : away
            switch fixture.gate.receive(forged, from: from, now: fixture.now) {
            case .nothing: break
            case .answer(let answer):
                #expect(answer.count <= forged.count, "seed \(random.seed)")
            default: Issue.record("a forgery did something, seed \(random.seed)")
            }
        }
        let session = try #require(fixture.gate.sessions[client.id])
        #expect(fixture.gate.sessions.count == 1)
        #expect(session.lastHeard == lastHeard)
        #expect(session.remote == home)
        #expect(session.candidate == nil)
        guard case .request = fixture.gate.receive(genuine, from: home, now: fixture.now) else {
            Issue.record("the genuine one is no longer taken, seed \(random.seed)")
            return
        }
    }

    @Test func strangersGetNoMoreThanTheySent() throws {
        var random = SeededRandom.fresh()
        var fixture = try GateFixture()
        let remote = try GateFixture.remote("192.0.2.1")
        for kind in UInt8(0)...20 {
            for _ in 0..<200 {
                let datagram = [kind] + random.bytes(Int.random(in: 0...1_400, using: &random))
                if let answer = fixture.answer(to: datagram, from: remote) {
                    #expect(answer.count <= datagram.count, "seed \(random.seed)")
                }
            }
        }
        #expect(fixture.gate.sessions.count == 0)
    }
}
