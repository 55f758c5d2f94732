import Content
import Crypto
import Testing
import Wire

@Suite struct HandshakeTests {
    private static let noon = HandshakeFixture.noon
    private let fixture: HandshakeFixture

    init() throws { fixture = try HandshakeFixture() }

    @Test func opensASessionThatCarriesMessagesBothWays() throws {
        var (client, server) = try fixture.openSession(id: 0x0102_0304_0506_0708)
        #expect(client.id == server.id && client.id.rawValue == 0x0102_0304_0506_0708)
        #expect(try server.open(try client.seal(Array("ping".utf8))) == Array("ping".utf8))
        #expect(try client.open(try server.seal(Array("pong".utf8))) == Array("pong".utf8))
        #expect(try server.open(try client.seal([])) == [])
    }

    @Test func tellsThePinOnFirstContact() throws {
        var client = ClientHandshake(pin: nil)
        #expect(try fixture.greet(&client).isSendAgain)
        let (_, answer) = try fixture.opening(of: client).accept(sessionID: SessionID(rawValue: 1))
        #expect(try client.receive(answer, now: Self.noon).pin == fixture.network.pin)
    }

    @Test func refusesAnotherNetworkAndNamesBoth() throws {
        let expected = NetworkPin(Hash256(hashing: Array("another network".utf8)))
        var client = ClientHandshake(pin: expected)
        #expect(throws: HandshakeFailure.wrongPin(expected: expected, found: fixture.network.pin)) {
            _ = try fixture.greet(&client)
        }
    }

    @Test func noAnswerIsLongerThanItsQuestion() throws {
        var client = ClientHandshake(pin: nil)
        for hello in client.datagramsToSend {
            let answer = try #require(
                fixture.responder.answer(hello: hello, from: HandshakeFixture.home, now: Self.noon))
            #expect(hello.count == Datagram.maximumByteCount)
            #expect(answer.count <= hello.count)
        }
        _ = try fixture.greet(&client)
        let open = try #require(client.datagramsToSend.first)
        let opening = try fixture.opening(of: client)
        let (_, answer) = try opening.accept(sessionID: SessionID(rawValue: 1))
        let refusal = fixture.responder.admit(open: open, from: HandshakeFixture.elsewhere, now: Self.noon).startAgain
        #expect(open.count <= Datagram.maximumByteCount)
        #expect(answer.count <= open.count)
        #expect(opening.busy(retryAfter: 5_000).count <= open.count)
        #expect(try #require(refusal).count <= open.count)
    }

    @Test func doesNotAnswerAHelloWithoutItsPadding() throws {
        let hello = try #require(ClientHandshake(pin: nil).datagramsToSend.first)
        for length in [0, 1, 11, hello.count - 1] {
            #expect(
                fixture.responder.answer(
                    hello: Array(hello.prefix(length)), from: HandshakeFixture.home, now: Self.noon) == nil)
        }
    }

    @Test func asksOnlyForThePageThatIsMissing() throws {
        for lost in 0...1 {
            var client = ClientHandshake(pin: nil)
            let kept = client.datagramsToSend[1 - lost]
            let answer = try #require(
                fixture.responder.answer(hello: kept, from: HandshakeFixture.home, now: Self.noon))
            #expect(try client.receive(answer, now: Self.noon).isNothing)
            #expect(try client.receive(answer, now: Self.noon).isNothing)
            #expect(client.datagramsToSend.count == 1)
            #expect(try fixture.greet(&client).isSendAgain)
        }
    }

    @Test func pagesOfTwoKeysAreNotMixed() throws {
        var fixture = fixture
        var client = ClientHandshake(pin: nil)
        let hellos = client.datagramsToSend
        let old = try #require(
            fixture.responder.answer(hello: hellos[0], from: HandshakeFixture.home, now: Self.noon))
        let tomorrow = Self.noon + HelloResponder.keyLifetime
        #expect(try fixture.responder.rotateIfDue(now: tomorrow))
        let new = try #require(
            fixture.responder.answer(hello: hellos[1], from: HandshakeFixture.home, now: tomorrow))
        #expect(try client.receive(old, now: tomorrow).isNothing)
        #expect(try client.receive(new, now: tomorrow).isSendAgain)
        #expect(try fixture.greet(&client, now: tomorrow).isSendAgain)
        _ = try fixture.opening(of: client, now: tomorrow)
    }

    @Test func anOpeningWithTheReplacedKeyIsGoodForItsGrace() throws {
        var fixture = fixture
        let late = Self.noon + HelloResponder.keyLifetime - 1
        var client = ClientHandshake(pin: nil)
        _ = try fixture.greet(&client, now: late)
        #expect(try fixture.responder.rotateIfDue(now: late) == false)
        #expect(try fixture.responder.rotateIfDue(now: late + 1))
        _ = try fixture.opening(of: client, now: late + 1)
        #expect(try fixture.responder.rotateIfDue(now: late + 1 + HelloResponder.grace))
        let open = try #require(client.datagramsToSend.first)
        let admission = fixture.responder.admit(open: open, from: HandshakeFixture.home, now: late + 1)
        #expect(admission.startAgain != nil)
    }

    @Test func tellsTheVersionToWhoSpeaksAnother() throws {
        var client = ClientHandshake(pin: nil)
        var hello = client.datagramsToSend[0]
        hello[1] = Datagram.version + 1
        let answer = try #require(
            fixture.responder.answer(hello: hello, from: HandshakeFixture.home, now: Self.noon))
        #expect(answer.count < hello.count)
        #expect(throws: HandshakeFailure.otherVersion(Datagram.version)) {
            _ = try client.receive(answer, now: Self.noon)
        }
    }

    @Test(arguments: [-40, -5, 5, 40, 60] as [Int64])
    func aClockThatIsHoursOffDoes(hours: Int64) throws {
        var client = ClientHandshake(pin: fixture.network.pin)
        for hello in client.datagramsToSend {
            let answer = try #require(
                fixture.responder.answer(hello: hello, from: HandshakeFixture.home, now: Self.noon))
            _ = try client.receive(answer, now: Self.noon + hours * 3_600_000)
        }
        _ = try fixture.opening(of: client)
    }

    @Test(arguments: [-24 * 365, -49, 25 + 49, 24 * 365] as [Int64])
    func aKeyOfAnotherTimeIsRefused(hours: Int64) throws {
        var client = ClientHandshake(pin: fixture.network.pin)
        let now = Self.noon + hours * 3_600_000
        let answer = try #require(
            fixture.responder.answer(
                hello: client.datagramsToSend[0], from: HandshakeFixture.home, now: Self.noon))
        #expect(throws: HandshakeFailure.clockFarOff(here: now, there: Self.noon)) {
            _ = try client.receive(answer, now: now)
        }
    }

    @Test func waitsWhenTheServerIsBusy() throws {
        var client = ClientHandshake(pin: nil)
        _ = try fixture.greet(&client)
        let before = client.datagramsToSend
        let busy = try fixture.opening(of: client).busy(retryAfter: 1_500)
        #expect(try client.receive(busy, now: Self.noon).retryAfter == 1_500)
        #expect(client.datagramsToSend == before)
    }

    @Test func startsAgainWhenItsCookieIsTooOld() throws {
        var client = ClientHandshake(pin: nil)
        _ = try fixture.greet(&client)
        let open = try #require(client.datagramsToSend.first)
        let late = Self.noon + 120_000
        let answer = try #require(
            fixture.responder.admit(open: open, from: HandshakeFixture.home, now: late).startAgain)
        #expect(try client.receive(answer, now: late).isSendAgain)
        #expect(client.datagramsToSend.count == 2)
        #expect(try fixture.greet(&client, now: late).isSendAgain)
        _ = try fixture.opening(of: client, now: late)
    }

    @Test func aCookieIsGoodForItsMinuteAndTheNextAtItsAddress() throws {
        var client = ClientHandshake(pin: nil)
        _ = try fixture.greet(&client)
        let open = try #require(client.datagramsToSend.first)
        func admitted(_ address: [UInt8], after milliseconds: Int64) -> Bool {
            fixture.responder.admit(open: open, from: address, now: Self.noon + milliseconds).opening != nil
        }
        #expect(admitted(HandshakeFixture.home, after: 0))
        #expect(admitted(HandshakeFixture.home, after: 60_000))
        #expect(!admitted(HandshakeFixture.home, after: 120_000))
        #expect(!admitted(HandshakeFixture.home, after: -60_000))
        #expect(!admitted(HandshakeFixture.home, after: 256 * 60_000))
        #expect(!admitted(HandshakeFixture.elsewhere, after: 0))
        #expect(!admitted(HandshakeFixture.home.dropLast() + [0], after: 0))
    }

    @Test func aReplayedOpeningYieldsOtherKeys() throws {
        var client = ClientHandshake(pin: nil)
        _ = try fixture.greet(&client)
        let opening = try fixture.opening(of: client)
        let id = SessionID(rawValue: 1)
        var (first, answer) = try opening.accept(sessionID: id)
        var (second, other) = try opening.accept(sessionID: id)
        var session = try #require(try client.receive(answer, now: Self.noon).session)
        #expect(answer != other)
        let sealed = try session.seal([1])
        #expect(throws: SealedSessionError.forged) { _ = try second.open(sealed) }
        #expect(try first.open(sealed) == [1])
        #expect(try first.seal([2]) != second.seal([2]))
    }

    @Test func aRepeatedOpeningIsRecognised() throws {
        var client = ClientHandshake(pin: nil)
        _ = try fixture.greet(&client)
        let fingerprint = try fixture.opening(of: client).fingerprint
        #expect(try fixture.opening(of: client).fingerprint == fingerprint)
        var another = ClientHandshake(pin: nil)
        _ = try fixture.greet(&another)
        #expect(try fixture.opening(of: another).fingerprint != fingerprint)
    }

    @Test func copiesOfAResponderServeEachOthersOpenings() throws {
        var client = ClientHandshake(pin: nil)
        _ = try fixture.greet(&client)
        let copy = fixture.responder
        let open = try #require(client.datagramsToSend.first)
        #expect(copy.admit(open: open, from: HandshakeFixture.home, now: Self.noon).opening != nil)
        let stranger = try HelloResponder(network: fixture.network, now: Self.noon)
        #expect(stranger.admit(open: open, from: HandshakeFixture.home, now: Self.noon).startAgain != nil)
    }
}
