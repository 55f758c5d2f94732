import Directory
import DirectoryServer
import NIOCore
import TestKit
import Testing
import Wire

struct GateTests {
    private var fixture: GateFixture
    private let home: Remote
    private let away: Remote

    init() throws {
        fixture = try GateFixture()
        home = try GateFixture.remote("192.0.2.1")
        away = try GateFixture.remote("198.51.100.7")
    }

    @Test mutating func anOpenedSessionCarriesRequests() throws {
        var client = try fixture.session(from: home)
        let datagram = try client.seal(heartbeat(7))
        guard
            case .request(let id, let transaction, .heartbeat) = fixture.gate.receive(
                datagram, from: home, now: fixture.now)
        else {
            Issue.record("no request")
            return
        }
        #expect(id == client.id)
        #expect(transaction.rawValue == 7)
        let sealed = try fixture.gate.seal([1, 2, 3], at: id)
        let (answer, remote) = try #require(sealed)
        #expect(remote == home)
        let plaintext = try client.open(answer)
        #expect(plaintext == [1, 2, 3])
    }

    @Test mutating func aReplayedDatagramIsIgnored() throws {
        var client = try fixture.session(from: home)
        let datagram = try client.seal(heartbeat(7))
        _ = fixture.gate.receive(datagram, from: home, now: fixture.now)
        guard case .nothing = fixture.gate.receive(datagram, from: home, now: fixture.now) else {
            Issue.record("a replay was taken")
            return
        }
    }

    @Test mutating func aRepeatedOpeningGetsTheSameAnswer() throws {
        var client = ClientHandshake(pin: nil)
        let opening = try fixture.opening(&client, from: home)
        guard case .opening = fixture.gate.receive(opening, from: home, now: fixture.now),
            case .nothing = fixture.gate.receive(opening, from: home, now: fixture.now)
        else {
            Issue.record("while it is under way, a repetition starts nothing")
            return
        }
        let answer = try fixture.finishOpening()
        let repeated = fixture.answer(to: opening, from: home)
        #expect(repeated == answer)
        #expect(fixture.gate.sessions.count == 1)
    }

    @Test mutating func aRecordedOpeningFromElsewhereOpensNothing() throws {
        var client = ClientHandshake(pin: nil)
        let opening = try fixture.opening(&client, from: home)
        let sentAnswer = fixture.answer(to: opening, from: away)
        let answer = try #require(sentAnswer)
        #expect(DatagramKind(of: answer) == .startAgain)
        let begun = fixture.gate.begin(now: fixture.now)
        #expect(begun?.1 == nil)
    }

    @Test mutating func anOpeningThatIsMinutesOldOpensNothing() throws {
        var client = ClientHandshake(pin: nil)
        let opening = try fixture.opening(&client, from: home)
        fixture.pass(150_000)
        let sentAnswer = fixture.answer(to: opening, from: home)
        let answer = try #require(sentAnswer)
        #expect(DatagramKind(of: answer) == .startAgain)
    }

    @Test mutating func whereMembersHaveAllSessionsOpeningsAreToldBusy() throws {
        var limits = SessionLimits()
        limits.sessions = 1
        fixture = try GateFixture(limits: limits)
        let member = try fixture.session(from: home)
        fixture.gate.setSignedIn(true, at: member.id)
        var client = ClientHandshake(pin: nil)
        let opening = try fixture.opening(&client, from: away)
        let sentAnswer = fixture.answer(to: opening, from: away)
        let answer = try #require(sentAnswer)
        guard case .busy(let delay) = try client.receive(answer, now: fixture.now.wall) else {
            Issue.record("not told busy")
            return
        }
        #expect(delay == Gate.Waiting.retryAfter)
    }

    @Test mutating func aSessionAsksSoMuchASecondAndIsThereAllTheSame() throws {
        let client = try fixture.session(from: home)
        let other = try fixture.session(from: home)
        let search = DirectoryRequest.peers(PageWindow())
        var admitted = 0
        for _ in 0..<10_000 where fixture.gate.admits(search, at: client.id, now: fixture.now) { admitted += 1 }
        #expect(admitted == Session.requestBurst)
        for _ in 0..<10 {
            let isHeard = fixture.gate.admits(.heartbeat, at: client.id, now: fixture.now)
            #expect(isHeard)
        }
        let isOtherAdmitted = fixture.gate.admits(search, at: other.id, now: fixture.now)
        #expect(isOtherAdmitted)
        fixture.pass(1_000)
        admitted = 0
        for _ in 0..<10_000 where fixture.gate.admits(search, at: client.id, now: fixture.now) { admitted += 1 }
        #expect(admitted == Session.requestRate)
    }

    @Test mutating func aSessionThatNeverSpokeEndsSoon() throws {
        var client = try fixture.session(from: home)
        let silent = try fixture.session(from: home)
        _ = fixture.gate.receive(try client.seal(heartbeat(1)), from: home, now: fixture.now)
        // What is not authentic shows nothing.
        var forged = try client.seal(heartbeat(2))
        forged.replaceSubrange(1..<9, with: withUnsafeBytes(of: silent.id.rawValue.bigEndian, Array.init))
        _ = fixture.gate.receive(forged, from: home, now: fixture.now)
        fixture.pass(10_001)
        let ended = fixture.gate.tidy(now: fixture.now)
        #expect(ended == [silent.id])
        fixture.pass(20_000)
        let later = fixture.gate.tidy(now: fixture.now)
        #expect(later == [client.id])
    }

    @Test mutating func aStrangerWhoKeepsTalkingIsSentAwayToo() throws {
        var client = try fixture.session(from: home)
        for number in 0..<UInt32(30) {
            fixture.pass(20_000)
            _ = fixture.gate.receive(try client.seal(heartbeat(number)), from: home, now: fixture.now)
            #expect(fixture.gate.sessions.count == 1)
        }
        fixture.pass(20_000)
        let ended = fixture.gate.tidy(now: fixture.now)
        #expect(ended == [client.id])
    }

    @Test mutating func aNewAddressIsChallengedBeforeItIsServed() throws {
        var client = try fixture.session(from: home)
        let request = try client.seal(heartbeat(1))
        let sentChallenge = fixture.answer(to: request, from: away)
        let challenge = try #require(sentChallenge)
        #expect(challenge.count <= request.count)
        guard case .challenge(let bytes) = try DirectoryMessage(decoding: try client.open(challenge)) else {
            Issue.record("no challenge")
            return
        }
        // A wrong answer, and the right one from a third place, move nothing.
        let wrong = try client.seal(DirectoryMessage.challengeAnswer([0, 0, 0, 0, 0, 0, 0, 0]).encoded)
        _ = fixture.gate.receive(wrong, from: away, now: fixture.now)
        let misplaced = try client.seal(DirectoryMessage.challengeAnswer(bytes).encoded)
        _ = fixture.gate.receive(misplaced, from: try GateFixture.remote("203.0.113.9"), now: fixture.now)
        #expect(fixture.gate.sessions[client.id]?.remote == home)

        let answer = try client.seal(DirectoryMessage.challengeAnswer(bytes).encoded)
        guard case .moved(client.id) = fixture.gate.receive(answer, from: away, now: fixture.now) else {
            Issue.record("not moved")
            return
        }
        #expect(fixture.gate.sessions[client.id]?.remote == away)
        guard case .request = fixture.gate.receive(try client.seal(heartbeat(1)), from: away, now: fixture.now) else {
            Issue.record("not served")
            return
        }
    }

    @Test mutating func aChallengeExpires() throws {
        var client = try fixture.session(from: home)
        let sentChallenge = fixture.answer(to: try client.seal(heartbeat(1)), from: away)
        let challenge = try #require(sentChallenge)
        guard case .challenge(let bytes) = try DirectoryMessage(decoding: try client.open(challenge)) else { return }
        fixture.pass(Session.candidateLifetime)
        let answer = try client.seal(DirectoryMessage.challengeAnswer(bytes).encoded)
        guard case .nothing = fixture.gate.receive(answer, from: away, now: fixture.now) else {
            Issue.record("moved by an old challenge")
            return
        }
    }

    @Test mutating func unknownSessionsGetAHintNoLongerThanTheQuestion() throws {
        var client = try fixture.session(from: home)
        fixture.gate.end(client.id)
        let datagram = try client.seal(heartbeat(1))
        let sentAnswer = fixture.answer(to: datagram, from: home)
        let answer = try #require(sentAnswer)
        #expect(answer.count <= datagram.count)
        #expect(client.isMeant(by: try #require(UnknownSessionHint(answer))))
    }

    @Test mutating func aRequestInFlightIsNotBegunAgainAndItsAnswerIsKept() throws {
        var client = try fixture.session(from: home)
        let transaction = TransactionID(rawValue: 3)
        func ask() throws -> Gate.Action {
            fixture.gate.receive(try client.seal(heartbeat(3)), from: home, now: fixture.now)
        }
        guard case .request = try ask() else { return }
        let started = (0..<2).map { _ in fixture.gate.start(transaction, at: client.id, now: fixture.now) }
        #expect(started == [true, false])
        guard case .nothing = try ask() else {
            Issue.record("begun twice")
            return
        }
        fixture.gate.complete(transaction, at: client.id, keeping: [9], now: fixture.now)
        guard case .repeated(client.id, [9]) = try ask() else {
            Issue.record("not kept")
            return
        }
        fixture.pass(31_000)
        guard case .request = try ask() else {
            Issue.record("kept for ever")
            return
        }
    }

    @Test mutating func aSessionHasABoundedNumberOfRequestsInFlight() throws {
        let client = try fixture.session(from: home)
        let started = (0..<UInt32(100)).filter {
            fixture.gate.start(TransactionID(rawValue: $0), at: client.id, now: fixture.now)
        }
        #expect(started.count == Session.inFlightLimit)
    }

    @Test mutating func sessionsEnd() throws {
        let stranger = try fixture.session(from: home)
        var member = try fixture.session(from: home)
        fixture.gate.setSignedIn(true, at: member.id)
        fixture.pass(30_001)
        let ended = fixture.gate.tidy(now: fixture.now)
        #expect(ended == [stranger.id])
        for number in 0..<UInt32(160) {
            fixture.pass(9 * 60_000)
            _ = fixture.gate.receive(try member.seal(heartbeat(number)), from: home, now: fixture.now)
            let ended = fixture.gate.tidy(now: fixture.now)
            #expect(ended == (number == 159 ? [member.id] : []))
        }
        #expect(fixture.gate.sessions.count == 0)
    }

    @Test mutating func aMalformedRequestIsAnsweredAndRubbishIsNot() throws {
        var client = try fixture.session(from: home)
        let unknown = Array("d1:ade1:q4:what1:t4:abcd1:y1:qe".utf8)
        guard
            case .repeated(client.id, let answer) = fixture.gate.receive(
                try client.seal(unknown), from: home, now: fixture.now)
        else {
            Issue.record("not answered")
            return
        }
        #expect(
            try DirectoryMessage(decoding: answer)
                == .answer(TransactionID(rawValue: 0x6162_6364), .refusal(.unknownRequest)))
        guard case .nothing = fixture.gate.receive(try client.seal([1, 2]), from: home, now: fixture.now) else {
            Issue.record("rubbish was answered")
            return
        }
    }

    @Test func mappedAddressesAreTheirIPv4Ones() throws {
        let mapped = try GateFixture.remote("::ffff:192.0.2.1")
        #expect(mapped.address == [192, 0, 2, 1])
        #expect(mapped == home)
        #expect(try GateFixture.remote("2001:db8::1").address.count == 16)
    }

    @Test mutating func aFloodOfHellosIsAnsweredInPart() throws {
        let hello = try #require(ClientHandshake(pin: nil).datagramsToSend.first)
        var answered = 0
        for _ in 0..<20_000 where fixture.answer(to: hello, from: away) != nil { answered += 1 }
        #expect(answered == SessionLimits().helloBurst)
        fixture.pass(1)
        let later = (0..<100).filter { _ in fixture.answer(to: hello, from: home) != nil }
        #expect(later.count == SessionLimits().helloRate / 1_000)
    }

    // MARK: Heartbeats

    @Test mutating func whatTheDirectorySaidOfAMemberAnswersHisHeartbeatsUntilThereIsNews() throws {
        var client = try fixture.session(from: home)
        var answer = ByteBuffer()
        func beat(_ number: UInt32) throws -> Gate.Action {
            try client.seal(heartbeat(number)).withUnsafeBytes {
                fixture.gate.receive($0, from: home, now: fixture.now, into: &answer)
            }
        }
        let pulse = HeartbeatAnswer(
            interval: 4_000, silenceLimit: 6_000, serverTime: 1, revocationSerial: 3, role: .admin, askSerial: 2)
        let servers = [try #require(Endpoint(address: [192, 0, 2, 1], port: 12_000))]
        fixture.gate.beat = HeartbeatAnswer(
            interval: 4_000, silenceLimit: 6_000, serverTime: 0, revocationSerial: 3, servers: servers)
        fixture.gate.learn(pulse, at: client.id)
        guard case .request = try beat(1) else {
            Issue.record("a stranger was answered")
            return
        }
        fixture.gate.setSignedIn(true, at: client.id)
        fixture.gate.learn(pulse, at: client.id)
        fixture.pass(500)
        guard case .heartbeat = try beat(2) else {
            Issue.record("the directory is asked")
            return
        }
        var expected = pulse
        expected.serverTime = fixture.now.wall
        expected.servers = servers
        let plaintext = try client.open(Array(answer.readableBytesView))
        #expect(
            try DirectoryMessage(decoding: plaintext)
                == .answer(TransactionID(rawValue: 2), .heartbeat(expected)))
        let heard = fixture.gate.takeHeard()
        #expect(heard == [SignOfLife(session: client.id, time: fixture.now.monotonic)])
        #expect(fixture.gate.takeHeard() == [])
        fixture.gate.unlearn(client.id)
        guard case .request = try beat(3) else {
            Issue.record("the news was not told")
            return
        }
    }

    @Test mutating func whatIsWantedIsToldByTheDirectory() throws {
        var client = try fixture.session(from: home)
        fixture.gate.setSignedIn(true, at: client.id)
        let pulse = HeartbeatAnswer(
            interval: 2_000, silenceLimit: 3_000, serverTime: 1, revocationSerial: 0,
            wanted: [PublicationID(rawValue: 7)])
        fixture.gate.beat = pulse
        fixture.gate.learn(pulse, at: client.id)
        guard case .request = fixture.gate.receive(try client.seal(heartbeat(1)), from: home, now: fixture.now) else {
            Issue.record("the gate answered")
            return
        }
    }

    @Test mutating func moreAsksThanASessionCountsAreToldByTheDirectory() throws {
        var client = try fixture.session(from: home)
        fixture.gate.setSignedIn(true, at: client.id)
        for (serial, isAnswered) in [(Int64(UInt32.max), true), (Int64(UInt32.max) + 1, false)] {
            let pulse = HeartbeatAnswer(
                interval: 2_000, silenceLimit: 3_000, serverTime: 1, revocationSerial: 0, askSerial: serial)
            fixture.gate.beat = pulse
            fixture.gate.learn(pulse, at: client.id)
            let action = fixture.gate.receive(try client.seal(heartbeat(1)), from: home, now: fixture.now)
            if case .heartbeat = action { #expect(isAnswered) } else { #expect(!isAnswered) }
        }
    }

    /// There may be a million: what is written of a server's memory counts on it.
    @Test func aSessionIsAsSmallAsIsSaid() { #expect(MemoryLayout<Session?>.stride <= 176) }

    // MARK: Several loops

    @Test func aDatagramOfAnotherLoopsSessionIsPassedOn() throws {
        var (first, second) = (try GateFixture(loop: 0, of: 2), try GateFixture(loop: 1, of: 2))
        var client = try second.session(from: home)
        let datagram = try client.seal(heartbeat(1))
        guard case .elsewhere(loop: 1) = first.gate.receive(datagram, from: home, now: first.now),
            case .request = second.gate.receive(datagram, from: home, now: second.now)
        else {
            Issue.record("not passed on")
            return
        }
        // One that no loop has is unknown.
        var unknown = datagram
        unknown[1] = 9
        let answer = first.answer(to: unknown, from: home)
        #expect(try UnknownSessionHint(#require(answer)) != nil)
    }
}
