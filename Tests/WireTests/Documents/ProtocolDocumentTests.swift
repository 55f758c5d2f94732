import Content
import Crypto
import FoundationEssentials
import NIOCore
import Testing
import Wire

/// Docs/protocol.md is normative: its vectors hold for this program.
@Suite struct ProtocolDocumentTests {
    @Test func everyMessageIsAsDocumented() throws {
        let documented = try ProtocolDocument.read.get().messages
        let meant = try MessageVectors.all.get()
        #expect(Set(documented.keys) == Set(meant.keys))
        for (name, message) in meant {
            #expect(message.encoded == documented[name], "\(name): \(ProtocolDocument.escape(message.encoded))")
            #expect(try DirectoryMessage(decoding: try #require(documented[name], "\(name)")) == message)
        }
    }

    @Test func everyKindOfRequestAndAnswerIsDocumented() throws {
        let documented = try ProtocolDocument.read.get().messages.keys
        for name in [
            "network", "login", "heartbeat", "goodbye", "renew", "revocations", "peers", "published", "publish",
            "unpublish", "serve", "hold", "search", "lookup", "holders", "listings", "join",
            "descend", "want", "arrange", "withdraw", "attach",
        ] {
            #expect(documented.contains(name))
        }
    }

    @Test func keyScheduleAndSealing() throws {
        let vector = try Vector("session keys")
        let session = SessionID(rawValue: UInt64(try vector.number("session id")))
        let keys = SessionKeys(
            exportedSecret: SymmetricKey(data: try vector.bytes("exported secret")),
            encapsulation: (0..<1_120).map { UInt8($0 % 251) }, random: try vector.bytes("random"), session: session)
        #expect(keys.clientToServer.bytes.hex == (try vector.text("client to server")))
        #expect(keys.serverToClient.bytes.hex == (try vector.text("server to client")))

        let sealed = try Vector("sealed datagrams")
        var client = SealedSession(id: session, keys: keys)
        var server = ServedSession(id: session, keys: keys)
        let question = Array(try sealed.text("message").utf8)
        #expect(try client.seal(question).hex == (try sealed.text("first of the client")))
        #expect(try client.seal(question).hex == (try sealed.text("second of the client")))
        #expect(try server.seal(question).hex == (try sealed.text("first of the server")))
        #expect(try server.open(try sealed.bytes("second of the client")) == question)
        let hint = UnknownSessionHint.answer(to: try sealed.bytes("first of the client"))
        #expect(hint?.hex == (try sealed.text("hint about the first")))
    }

    @Test func onAStream() throws {
        let vector = try Vector("stream")
        var buffer = ByteBuffer()
        StreamFrame.write(try vector.bytes("datagram"), into: &buffer)
        #expect(Array(buffer.readableBytesView).hex == (try vector.text("on the stream")))
    }

    @Test func helloAndCookie() throws {
        let vector = try Vector("hello and cookie")
        let network = NetworkKey(signingKey: P256.Signing.PrivateKey(), certificatePEM: "")
        let responder = try HelloResponder(
            network: network, now: 0, secret: CookieSecret(bytes: try vector.bytes("secret")))
        let front = try vector.bytes("hello, without padding")
        let hello = front + [UInt8](repeating: 0, count: 1_200 - front.count)
        let answer = try #require(
            responder.answer(hello: hello, from: try vector.bytes("address"), now: try vector.number("time")))
        #expect(answer[..<9].hex == (try vector.text("front of the answer")))
        #expect(answer[9..<25].hex == (try vector.text("cookie")))
        #expect(answer[25] == 1)
        #expect(answer[26..<91].elementsEqual(network.signingKey.publicKey.x963Representation))
        let signed = Array("BitTrickle session key page 1\0".utf8) + answer[25..<answer.count - 64]
        let signature = try P256.Signing.ECDSASignature(rawRepresentation: answer.suffix(64))
        #expect(network.signingKey.publicKey.isValidSignature(signature, for: signed))
    }

    @Test func pinAndLink() throws {
        let vector = try Vector("pin and link")
        let point = try vector.bytes("public key, X9.63")
        let key = try P256.Signing.PublicKey(x963Representation: point)
        let der = try vector.bytes("SubjectPublicKeyInfo")
        #expect(key.derRepresentation.elementsEqual(der))
        let pin = NetworkPin(publicKeyDER: der)
        #expect(pin.description == (try vector.text("pin")))
        let link = NetworkLink(server: try HostPort(parsing: try vector.text("server")), pin: pin)
        #expect(link.description == (try vector.text("link")))
        let user = try #require(UserName(try vector.text("user")))
        #expect(MemberURI(pin: pin, user: user).text == (try vector.text("member URI")))
    }
}

extension SymmetricKey {
    fileprivate var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}
