import Content
import NIOCore
import Wire

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
