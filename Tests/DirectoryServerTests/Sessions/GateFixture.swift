import Crypto
import DirectoryServer
import NIOCore
import TestKit
import Testing
import Wire

/// A gate without a socket: what is sent to it is a call, and time is a number.
struct GateFixture {
    static let start: Int64 = 1_795_392_000_000

    var gate: Gate
    var now = Moment(wall: Self.start, monotonic: 0)

    init(limits: SessionLimits = SessionLimits(), loop: Int = 0, of loops: Int = 1) throws {
        let network = NetworkKey(signingKey: P256.Signing.PrivateKey(), certificatePEM: "")
        gate = Gate(
            responder: try HelloResponder(network: network, now: now.wall), limits: limits, loop: loop, of: loops,
            now: now)
    }

    mutating func pass(_ milliseconds: Int64) {
        now = Moment(wall: now.wall + milliseconds, monotonic: now.monotonic + milliseconds)
    }

    /// The datagram that goes back to where this one came from.
    mutating func answer(to datagram: [UInt8], from remote: Remote) -> [UInt8]? {
        guard case .answer(let answer) = gate.receive(datagram, from: remote, now: now) else { return nil }
        return answer
    }

    /// The opening that a client sends after his hello.
    mutating func opening(
        _ client: inout ClientHandshake, from remote: Remote
    ) throws -> [UInt8] {
        for hello in client.datagramsToSend {
            let answer = answer(to: hello, from: remote)
            _ = try client.receive(try #require(answer), now: now.wall)
        }
        return try #require(client.datagramsToSend.first)
    }

    /// Does what the thread pool would do.
    mutating func finishOpening() throws -> [UInt8] {
        let begun = gate.begin(now: now)
        let (waiting, id) = try #require(begun)
        let answer = gate.finish(waiting, id, try waiting.opening.accept(sessionID: id), now: now)
        return try #require(answer)
    }

    mutating func session(from remote: Remote) throws -> SealedSession {
        var client = ClientHandshake(pin: nil)
        guard case .opening = gate.receive(try opening(&client, from: remote), from: remote, now: now),
            case .established(let session, _) = try client.receive(try finishOpening(), now: now.wall)
        else { throw TestKitError.timedOut("no session was opened") }
        return session
    }

    static func remote(_ text: String, port: Int = 4_000) throws -> Remote {
        try #require(Remote(try SocketAddress(ipAddress: text, port: port)))
    }
}

extension Gate {
    /// What answers a heartbeat at once is not looked at here.
    mutating func receive(_ datagram: [UInt8], from remote: Remote, now: Moment) -> Action {
        var answer = ByteBuffer()
        return datagram.withUnsafeBytes { receive($0, from: remote, now: now, into: &answer) }
    }

    mutating func seal(_ plaintext: [UInt8], at id: SessionID) throws -> ([UInt8], Remote)? {
        var datagram = ByteBuffer()
        return try seal(plaintext, at: id, over: nil, into: &datagram).map { (Array(datagram.readableBytesView), $0) }
    }
}

func heartbeat(_ number: UInt32) -> [UInt8] {
    DirectoryMessage.request(TransactionID(rawValue: number), .heartbeat).encoded
}
