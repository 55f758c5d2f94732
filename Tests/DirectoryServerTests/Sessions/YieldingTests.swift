import DirectoryServer
import TestKit
import Testing
import Wire

/// Who gives up his session when there are too many.
struct YieldingTests {
    private var fixture: GateFixture

    init() throws { fixture = try Self.fixture(sessions: 4) }

    private static func fixture(sessions: Int, perPrefix: Int = 4_096) throws -> GateFixture {
        var limits = SessionLimits()
        limits.sessions = sessions
        limits.strangersPerPrefix = perPrefix
        return try GateFixture(limits: limits)
    }

    private mutating func open(_ network: Int, host: Int = 1, port: Int = 4_000) throws -> SessionID {
        // Openings have a rate.
        fixture.pass(1)
        return try fixture.session(from: GateFixture.remote("10.0.\(network).\(host)", port: port)).id
    }

    private func isThere(_ id: SessionID) -> Bool { fixture.gate.sessions[id] != nil }

    @Test mutating func theOldestOfTheNetworkThatHasMostYields() throws {
        let other = try open(1)
        let flood = [try open(2), try open(2), try open(2)]
        let newcomer = try open(3)
        #expect([other, newcomer].allSatisfy(isThere))
        #expect(flood.map(isThere) == [false, true, true])
        // Two networks have as many: the one that has had them for longer yields.
        let next = try open(1)
        #expect([other, newcomer, next].allSatisfy(isThere))
        #expect(flood.map(isThere) == [false, false, true])
        #expect(fixture.gate.sessions.count == 4)
    }

    @Test mutating func manyNetworksTogetherKeepNobodyOut() throws {
        let first = try (0..<4).map { try open($0) }
        for network in 10..<13 {
            let newcomer = try open(network)
            #expect(isThere(newcomer))
        }
        #expect(first.map(isThere) == [false, false, false, true])
        #expect(fixture.gate.sessions.count == 4)
    }

    /// What one socket opens costs nobody else his place: neither in its network nor at its address.
    @Test mutating func withinANetworkTheOldestOfTheSocketThatHasMostYields() throws {
        fixture = try Self.fixture(sessions: 100, perPrefix: 8)
        let neighbour = try open(1, host: 2)
        let sameAddress = try open(1, port: 5_000)
        let elsewhere = try open(2)
        var flood: [SessionID] = []
        for _ in 0..<50 { flood.append(try open(1)) }
        #expect([neighbour, sameAddress, elsewhere].allSatisfy(isThere))
        #expect(flood.filter(isThere) == flood.suffix(6))
        let newcomer = try open(1, host: 3)
        #expect([neighbour, sameAddress, elsewhere, newcomer].allSatisfy(isThere))
        #expect(fixture.gate.sessions.count == 9)
    }

    /// Of a network too: members have their places beside those of its strangers.
    @Test mutating func whoSignsInMakesRoomInHisNetwork() throws {
        fixture = try Self.fixture(sessions: 100, perPrefix: 2)
        let member = try open(1)
        fixture.gate.setSignedIn(true, at: member)
        let strangers = [try open(1), try open(1), try open(1)]
        #expect(strangers.map(isThere) == [false, true, true])
        #expect(isThere(member))
    }

    @Test mutating func membersYieldToNobody() throws {
        let members = [try open(1), try open(1), try open(1)]
        for member in members { fixture.gate.setSignedIn(true, at: member) }
        let stranger = try open(2)
        for network in 3..<6 { _ = try open(network) }
        #expect(members.allSatisfy(isThere))
        #expect(!isThere(stranger))
        // Whoever signed out is a stranger again.
        fixture.gate.setSignedIn(false, at: members[1])
        fixture.gate.setSignedIn(false, at: members[0])
        for network in 10..<12 { _ = try open(network) }
        #expect(members.map(isThere) == [true, false, true])
    }

    @Test mutating func aPlaceThatAMemberTookMeanwhileIsTold() throws {
        fixture = try Self.fixture(sessions: 1)
        let remote = try GateFixture.remote("10.0.2.1")
        let member = try open(1)
        var client = ClientHandshake(pin: nil)
        let opening = try fixture.opening(&client, from: remote)
        guard case .opening = fixture.gate.receive(opening, from: remote, now: fixture.now) else {
            Issue.record("a stranger would have yielded")
            return
        }
        fixture.gate.setSignedIn(true, at: member)
        let refused = try fixture.finishOpening()
        #expect(DatagramKind(of: refused) == .busy)
        #expect(isThere(member))
        // It may come again when there is room.
        fixture.gate.end(member)
        guard case .opening = fixture.gate.receive(opening, from: remote, now: fixture.now) else {
            Issue.record("not taken again")
            return
        }
        let answer = try fixture.finishOpening()
        #expect(DatagramKind(of: answer) == .openAnswer)
        #expect(fixture.gate.sessions.count == 1)
    }

    /// From his last sign of life as a member on: he may sign in again, and is sent away if he does not.
    @Test mutating func whoSignsOutHasTheTimeOfALogin() throws {
        let remote = try GateFixture.remote("10.0.1.1")
        var client = try fixture.session(from: remote)
        let id = client.id
        fixture.gate.setSignedIn(true, at: id)
        for number in 0..<UInt32(4) {
            fixture.pass(300_000)
            _ = fixture.gate.receive(try client.seal(heartbeat(number)), from: remote, now: fixture.now)
        }
        fixture.gate.setSignedIn(false, at: id)
        for number in 4..<UInt32(34) {
            let early = fixture.gate.tidy(now: fixture.now)
            #expect(early.isEmpty)
            fixture.pass(20_000)
            _ = fixture.gate.receive(try client.seal(heartbeat(number)), from: remote, now: fixture.now)
        }
        fixture.pass(20_000)
        let ended = fixture.gate.tidy(now: fixture.now)
        #expect(ended == [id])
    }

    /// Sessions come, sign in, sign out and go: the table never exceeds its limit, and no member ever yields.
    @Test mutating func whateverHappensMembersStay() throws {
        var random = SeededRandom.fresh()
        var members: Set<SessionID> = []
        var strangers: [SessionID] = []
        for _ in 0..<Scale.count(2_000) {
            switch Int.random(in: 0..<6, using: &random) {
            case 0...2:
                guard members.count < 4 else { continue }
                strangers.append(try open(Int.random(in: 0..<5, using: &random)))
            case 3:
                guard let id = strangers.last, isThere(id), members.count < 4 else { continue }
                fixture.gate.setSignedIn(true, at: id)
                members.insert(id)
                strangers.removeLast()
            case 4:
                guard let id = members.randomElement(using: &random) else { continue }
                fixture.gate.setSignedIn(false, at: id)
                members.remove(id)
                strangers.append(id)
            default:
                guard let id = members.randomElement(using: &random) else { continue }
                fixture.gate.end(id)
                members.remove(id)
            }
            #expect(fixture.gate.sessions.count <= 4, "seed \(random.seed)")
            #expect(members.allSatisfy(isThere), "seed \(random.seed)")
        }
    }
}
