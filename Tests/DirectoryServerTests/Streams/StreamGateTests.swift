import Directory
import DirectoryServer
import NIOCore
import TestKit
import Testing
import Wire

/// Sessions that live on streams, and streams that are attached to sessions.
struct StreamGateTests {
    private var fixture: GateFixture
    private let home: Remote
    private let stream: Remote

    init() throws {
        fixture = try GateFixture()
        home = try GateFixture.remote("192.0.2.1")
        stream = try GateFixture.remote("192.0.2.1", port: 5_000).on(StreamNumber(rawValue: 3))
    }

    private func attach(_ number: UInt32) -> [UInt8] {
        DirectoryMessage.request(TransactionID(rawValue: number), .attach).encoded
    }

    private mutating func isAttached(_ client: inout SealedSession, over remote: Remote) throws -> Bool {
        guard
            case .attach(let id, let transaction) = fixture.gate.receive(
                try client.seal(attach(9)), from: remote, now: fixture.now)
        else { return false }
        #expect(id == client.id && transaction.rawValue == 9)
        return fixture.gate.attach(remote, to: id)
    }

    /// Over which ways.
    private mutating func pushed(to id: SessionID) throws -> [Remote]? { try fixture.gate.push([1], at: id)?.ways }

    /// There may be a million: what a stream needs must not cost each of them anything.
    @Test func aSessionIsNoLargerForIt() {
        #expect(MemoryLayout<Remote>.size == 23)
        #expect(MemoryLayout<Remote>.stride == 24)
        #expect(stream.stream == StreamNumber(rawValue: 3))
        #expect(home.stream == nil)
    }

    @Test func streamsAndDatagramsOfOneAddressAreApart() throws {
        let other = try GateFixture.remote("192.0.2.1", port: 5_000)
        #expect(stream != other)
        #expect(stream == other.on(StreamNumber(rawValue: 3)))
        #expect(stream != other.on(StreamNumber(rawValue: 4)))
        #expect(Set([stream, other, other.on(StreamNumber(rawValue: 4))]).count == 3)
        let mapped = try GateFixture.remote("::ffff:192.0.2.1", port: 5_000).on(StreamNumber(rawValue: 3))
        #expect(mapped == stream)
        #expect(mapped.address == [192, 0, 2, 1])
        #expect(mapped.cookieBytes == stream.cookieBytes)
    }

    @Test mutating func aSessionLivesOnAStream() throws {
        var client = try fixture.session(from: stream)
        guard
            case .request(_, _, .heartbeat) = fixture.gate.receive(
                try client.seal(heartbeat(1)), from: stream, now: fixture.now)
        else {
            Issue.record("no request")
            return
        }
        let sealed = try fixture.gate.seal([1, 2, 3], at: client.id)
        let (answer, remote) = try #require(sealed)
        #expect(remote == stream)
        #expect(try client.open(answer) == [1, 2, 3])
        let proofs = fixture.gate.takeProofs()
        #expect(proofs == [StreamProof(stream: StreamNumber(rawValue: 3), session: client.id, carries: false)])
        // From the login on, and with each message.
        fixture.gate.setSignedIn(true, at: client.id)
        #expect(fixture.gate.takeProofs().map(\.carries) == [true])
        _ = fixture.gate.receive(try client.seal(heartbeat(2)), from: stream, now: fixture.now)
        #expect(fixture.gate.takeProofs().map(\.carries) == [true])
        #expect(fixture.gate.takeProofs().isEmpty)
    }

    @Test mutating func aCookieOfAnAddressOpensNothingOnAStreamOfAnother() throws {
        var client = ClientHandshake(pin: nil)
        let opening = try fixture.opening(&client, from: stream)
        let elsewhere = try GateFixture.remote("198.51.100.1").on(StreamNumber(rawValue: 8))
        let answer = fixture.answer(to: opening, from: elsewhere)
        #expect(DatagramKind(of: answer ?? []) == .startAgain)
    }

    /// Silent until it is heard over another way, as after a change of address.
    @Test mutating func aSessionMovesFromOneWayToAnother() throws {
        var client = try fixture.session(from: home)
        for next in [stream, home] {
            let challenge = fixture.answer(to: try client.seal(heartbeat(1)), from: next)
            let plaintext = try client.open(try #require(challenge))
            guard case .challenge(let bytes) = try DirectoryMessage(decoding: plaintext) else {
                Issue.record("no challenge")
                return
            }
            let reply = try client.seal(DirectoryMessage.challengeAnswer(bytes).encoded)
            guard case .moved = fixture.gate.receive(reply, from: next, now: fixture.now) else {
                Issue.record("not moved")
                return
            }
            #expect(fixture.gate.sessions[client.id]?.remote == next)
        }
    }

    @Test mutating func anAttachedStreamMovesNothingAndTakesWhatIsPushed() throws {
        var client = try fixture.session(from: home)
        #expect(try !isAttached(&client, over: stream), "nobody is signed in")
        fixture.gate.setSignedIn(true, at: client.id)
        #expect(try pushed(to: client.id) == [home])
        #expect(try isAttached(&client, over: stream))
        #expect(fixture.gate.sessions[client.id]?.remote == home)
        #expect(fixture.gate.sessions[client.id]?.candidate == nil)
        #expect(try pushed(to: client.id) == [stream, home])
        let sealed = try fixture.gate.seal([1], at: client.id)
        #expect(sealed?.1 == home)
        // The same datagram on both: whoever gets it twice drops one.
        let message = try #require(try fixture.gate.push([7], at: client.id))
        #expect(try client.open(message.datagram) == [7])
        #expect(throws: SealedSessionError.replayed) { try client.open(message.datagram) }
        // The one that was attached before.
        fixture.gate.detach(client.id, from: StreamNumber(rawValue: 2))
        #expect(try pushed(to: client.id) == [stream, home])
        fixture.gate.detach(client.id, from: StreamNumber(rawValue: 3))
        #expect(try pushed(to: client.id) == [home])
    }

    @Test mutating func whoLeavesOrEndsHasNoStream() throws {
        var client = try fixture.session(from: home)
        fixture.gate.setSignedIn(true, at: client.id)
        #expect(try isAttached(&client, over: stream))
        fixture.gate.setSignedIn(false, at: client.id)
        #expect(try pushed(to: client.id) == [home])
        fixture.gate.setSignedIn(true, at: client.id)
        #expect(try isAttached(&client, over: stream))
        fixture.gate.end(client.id)
        #expect(try pushed(to: client.id) == nil)
    }

    @Test mutating func aSessionThatLivesOnAStreamMayAttachIt() throws {
        var client = try fixture.session(from: stream)
        fixture.gate.setSignedIn(true, at: client.id)
        #expect(try isAttached(&client, over: stream))
        #expect(try pushed(to: client.id) == [stream])
    }

    /// Over UDP it is a request like others, and the directory refuses it.
    @Test mutating func attachOverUDPBindsNothing() throws {
        var client = try fixture.session(from: home)
        fixture.gate.setSignedIn(true, at: client.id)
        guard
            case .request(_, _, .attach) = fixture.gate.receive(
                try client.seal(attach(1)), from: home, now: fixture.now)
        else {
            Issue.record("no request")
            return
        }
    }

    @Test mutating func anotherLoopsSessionIsHandedOver() throws {
        fixture = try GateFixture(loop: 0, of: 2)
        var other = try GateFixture(loop: 1, of: 2)
        var client = try other.session(from: home)
        guard
            case .elsewhere(loop: 1) = fixture.gate.receive(
                try client.seal(attach(1)), from: stream, now: fixture.now)
        else {
            Issue.record("not handed over")
            return
        }
    }
}
