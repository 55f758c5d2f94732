import Crypto
import Wire

/// Datagrams of strangers to both ends of a session. Where only secrets lead deeper, the entry lends them.
enum Strangers {
    private static let now: Int64 = 1_800_000_000_000
    private static let address: [UInt8] = [192, 0, 2, 1, 0x2E, 0xE0]

    /// One network, a client in each stage of its handshake, and an open session.
    private struct Scene: Sendable {
        let responder: HelloResponder
        let greeting: ClientHandshake
        let opening: ClientHandshake
        let client: SealedSession
        let server: ServedSession

        init() throws {
            let network = NetworkKey(signingKey: P256.Signing.PrivateKey(), certificatePEM: "")
            responder = try HelloResponder(network: network, now: now)
            greeting = ClientHandshake(pin: network.pin)
            var client = greeting
            for hello in client.datagramsToSend {
                guard let answer = responder.answer(hello: hello, from: address, now: now) else { continue }
                _ = try client.receive(answer, now: now)
            }
            opening = client
            guard case .opening(let opening) = responder.admit(open: client.datagramsToSend[0], from: address, now: now)
            else { preconditionFailure("the opening is good") }
            let (server, answer) = try opening.accept(sessionID: SessionID(rawValue: 1))
            guard case .established(let session, _) = try client.receive(answer, now: now)
            else { preconditionFailure("the answer is good") }
            self.server = server
            self.client = session
        }
    }

    private static let scene = Result { try Scene() }

    private static func onScene(_ body: (Scene) -> Void) {
        switch scene {
        case .success(let scene): body(scene)
        case .failure(let error): preconditionFailure("\(error)")
        }
    }

    static func takeHello(_ bytes: [UInt8]) {
        onScene { scene in
            let padded = bytes + [UInt8](repeating: 0, count: max(0, Datagram.maximumByteCount - bytes.count))
            for hello in [bytes, padded] {
                let answer = scene.responder.answer(hello: hello, from: address, now: now)
                precondition((answer?.count ?? 0) <= hello.count)
            }
        }
    }

    /// Under a good cookie, the bytes stand for the key id and the encapsulation, or part of them.
    static func takeOpening(_ bytes: [UInt8]) {
        onScene { scene in
            _ = scene.responder.admit(open: bytes, from: address, now: now)
            var open = scene.opening.datagramsToSend[0]
            open.replaceSubrange(
                (open.count - min(bytes.count, open.count - 18))..., with: bytes.prefix(open.count - 18))
            if case .opening(let opening) = scene.responder.admit(open: open, from: address, now: now) {
                precondition(opening.busy(retryAfter: 1).count < open.count)
                _ = try? opening.accept(sessionID: SessionID(rawValue: 2))
            }
        }
    }

    /// Nothing that this entry can make is authentic; what the other end seals is.
    static func takeSealed(_ bytes: [UInt8]) {
        onScene { scene in
            var server = scene.server
            var client = scene.client
            precondition((try? server.open(bytes)) == nil)
            precondition((try? client.open(bytes)) == nil)
            let message = Array(bytes.prefix(SealedSession.maximumPlaintext))
            precondition((try? server.open(client.seal(message))) == message)
            precondition((try? client.open(server.seal(message))) == message)
        }
    }

    /// As they come, and with the nonce that the client waits for.
    static func takeHelloAnswer(_ bytes: [UInt8]) {
        onScene { scene in
            var client = scene.greeting
            let nonce = client.datagramsToSend[0][3..<11]
            _ = try? client.receive(bytes, now: now)
            guard bytes.count > 9 else { return }
            _ = try? client.receive(Array(bytes[..<1]) + nonce + bytes[9...], now: now)
            precondition(client.datagramsToSend.count == 2)
        }
    }

    static func takeOpenAnswer(_ bytes: [UInt8]) {
        onScene { scene in
            var client = scene.opening
            let echo = client.datagramsToSend[0][26..<34]
            for answer in [bytes, Array(bytes.prefix(1)) + echo + bytes.dropFirst()] {
                if case .established? = try? client.receive(answer, now: now) { preconditionFailure("forged") }
            }
        }
    }

    static func takeHint(_ bytes: [UInt8]) {
        onScene { scene in
            if let hint = UnknownSessionHint(bytes) { precondition(!scene.client.isMeant(by: hint)) }
            if let hint = UnknownSessionHint.answer(to: bytes) { precondition(hint.count < bytes.count) }
            _ = SealedSession.id(of: bytes)
        }
    }
}
