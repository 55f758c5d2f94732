import Content
import Crypto
import NIOCore
import Wire

/// The datagrams of a stream are the same in whatever pieces it comes, and make up what was taken of it.
func takeStreamFrames(_ bytes: [UInt8]) {
    let whole = datagrams(in: bytes, pieces: max(1, bytes.count))
    precondition(whole == datagrams(in: bytes, pieces: 1 + Int(bytes.last ?? 0) % 7))
    precondition(whole.allSatisfy { (1...Datagram.maximumByteCount).contains($0.count) })
    var again = ByteBuffer()
    for datagram in whole { StreamFrame.write(datagram, into: &again) }
    precondition(bytes.starts(with: again.readableBytesView))
}

/// - Parameter count: How many bytes come at once.
private func datagrams(in bytes: [UInt8], pieces count: Int) -> [[UInt8]] {
    var frames = StreamFrames()
    var datagrams: [[UInt8]] = []
    for start in stride(from: 0, to: bytes.count, by: count) {
        frames.append(ByteBuffer(bytes: bytes[start..<min(start + count, bytes.count)]))
        do { while let datagram = try frames.next() { datagrams.append(Array(datagram.readableBytesView)) } } catch {
            break
        }
    }
    return datagrams
}

/// Frames that are taken encode to frames that are taken for the same.
func takePeerFrames(_ bytes: [UInt8]) {
    let messages = peerMessages(in: ByteBuffer(bytes: bytes))
    var again = ByteBuffer()
    again.writePeerMessages(messages[...])
    precondition(peerMessages(in: again) == messages)
}

private func peerMessages(in buffer: ByteBuffer) -> [PeerMessage] {
    var buffer = buffer
    let decoder = PeerMessageDecoder()
    var messages: [PeerMessage] = []
    while let message = try? decoder.next(in: &buffer) { messages.append(message) }
    return messages
}

func takePeerHandshake(_ bytes: [UInt8]) {
    var buffer = ByteBuffer(bytes: bytes)
    guard let handshake = try? PeerHandshake(reading: &buffer) else { return }
    var again = ByteBuffer()
    handshake.encode(into: &again)
    precondition((try? PeerHandshake(reading: &again)) == handshake)
}

func takeExtensionHandshake(_ bytes: [UInt8]) {
    guard let handshake = try? ExtensionHandshake(decoding: bytes) else { return }
    precondition((try? ExtensionHandshake(decoding: handshake.encoded)) == handshake)
}

func takeMetadataMessage(_ bytes: [UInt8]) {
    guard let message = try? MetadataMessage(decoding: bytes) else { return }
    precondition((try? MetadataMessage(decoding: message.encoded)) == message)
}

/// Nothing that this entry can make is signed; what is comes back as it was, and not with a bit changed.
func takeTicket(_ bytes: [UInt8]) {
    let key = P256.Signing.PrivateKey()
    precondition(Ticket(sealed: bytes, by: key.publicKey) == nil)
    guard let member = UserName("hans"), let content = ContentID(root: Hash256(hashing: bytes), size: 5) else { return }
    let ids = bytes.prefix(Ticket.publicationLimit).map { PublicationID(rawValue: Int64($0) + 1) }
    let ticket = Ticket(member: member, content: content, publications: ids, expiry: Int64(bytes.count))
    guard var sealed = try? ticket.sealed(by: key) else { return }
    precondition(Ticket(sealed: sealed, by: key.publicKey) == ticket)
    sealed[bytes.count % sealed.count] ^= 1
    precondition(Ticket(sealed: sealed, by: key.publicKey) == nil)
}
