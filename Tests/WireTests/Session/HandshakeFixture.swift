import Crypto
import Testing
import Wire

/// A network of one server, and what passes between it and a client.
struct HandshakeFixture {
    static let noon: Int64 = 1_800_000_000_000
    static let home: [UInt8] = [192, 0, 2, 1, 0x2E, 0xE0]
    static let elsewhere: [UInt8] = [192, 0, 2, 2, 0x2E, 0xE0]

    let network = NetworkKey(signingKey: P256.Signing.PrivateKey(), certificatePEM: "certificate")
    var responder: HelloResponder

    init() throws { responder = try HelloResponder(network: network, now: Self.noon) }

    /// Sends the client's hellos, all at once, and gives it the answers.
    func greet(
        _ client: inout ClientHandshake, from address: [UInt8] = home, now: Int64 = noon
    ) throws -> ClientHandshake.Progress {
        var progress = ClientHandshake.Progress.nothing
        for hello in client.datagramsToSend {
            let answer = try #require(responder.answer(hello: hello, from: address, now: now))
            progress = try client.receive(answer, now: now)
        }
        return progress
    }

    /// The opening of a client that has both pages.
    func opening(of client: ClientHandshake, from address: [UInt8] = home, now: Int64 = noon) throws -> SessionOpening {
        let datagram = try #require(client.datagramsToSend.first)
        return try #require(responder.admit(open: datagram, from: address, now: now).opening)
    }

    func openSession(id: UInt64 = 7) throws -> (client: SealedSession, server: ServedSession) {
        var client = ClientHandshake(pin: network.pin)
        _ = try greet(&client)
        let (server, answer) = try opening(of: client).accept(sessionID: SessionID(rawValue: id))
        let session = try #require(try client.receive(answer, now: Self.noon).session)
        return (session, server)
    }
}

extension OpeningAdmission {
    var opening: SessionOpening? { if case .opening(let opening) = self { opening } else { nil } }
    var startAgain: [UInt8]? { if case .startAgain(let answer) = self { answer } else { nil } }
    var isIgnored: Bool { if case .ignored = self { true } else { false } }
}

extension ClientHandshake.Progress {
    var session: SealedSession? { if case .established(let session, _) = self { session } else { nil } }
    var pin: NetworkPin? { if case .established(_, let pin) = self { pin } else { nil } }
    var isNothing: Bool { if case .nothing = self { true } else { false } }
    var isSendAgain: Bool { if case .sendAgain = self { true } else { false } }
    var retryAfter: Int64? { if case .busy(let milliseconds) = self { milliseconds } else { nil } }
}
