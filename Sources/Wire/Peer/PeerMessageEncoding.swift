internal import Content
package import NIOCore

extension ByteBuffer {
    /// Writes messages one after the other, with room for all of them made once.
    package mutating func writePeerMessages(_ messages: ArraySlice<PeerMessage>) {
        reserveCapacity(minimumWritableBytes: messages.reduce(0) { $0 + $1.encodedLength })
        for message in messages { message.encode(into: &self) }
    }
}

extension PeerMessage {
    /// In bytes, the four of the length included.
    package var encodedLength: Int {
        switch self {
        case .keepAlive: 4
        case .choke, .unchoke, .interested, .notInterested, .haveAll, .haveNone: 5
        case .have: 9
        case .bitfield(let bits): 5 + bits.count
        case .request, .cancel, .reject: 17
        case .piece(_, _, let data): 13 + data.readableBytes
        case .extended(_, let payload): 6 + payload.readableBytes
        case .hashRequest, .hashReject: 5 + PeerMessageKind.hashHeaderLength
        case .hashes(_, let hashes): 5 + PeerMessageKind.hashHeaderLength + hashes.count * Hash256.byteCount
        }
    }

    package func encode(into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt32(encodedLength - 4))
        switch self {
        case .keepAlive: break
        case .choke: buffer.writeKind(.choke)
        case .unchoke: buffer.writeKind(.unchoke)
        case .interested: buffer.writeKind(.interested)
        case .notInterested: buffer.writeKind(.notInterested)
        case .have(let piece): buffer.writeMultipleIntegers(PeerMessageKind.have.rawValue, piece)
        case .bitfield(let bits):
            buffer.writeKind(.bitfield)
            buffer.writeBytes(bits)
        case .request(let request): buffer.write(.request, request)
        case .piece(let piece, let begin, let data):
            buffer.writeMultipleIntegers(PeerMessageKind.piece.rawValue, piece, begin)
            buffer.writeImmutableBuffer(data)
        case .cancel(let request): buffer.write(.cancel, request)
        case .haveAll: buffer.writeKind(.haveAll)
        case .haveNone: buffer.writeKind(.haveNone)
        case .reject(let request): buffer.write(.reject, request)
        case .extended(let number, let payload):
            buffer.writeMultipleIntegers(PeerMessageKind.extended.rawValue, number)
            buffer.writeImmutableBuffer(payload)
        case .hashRequest(let request): buffer.write(.hashRequest, request)
        case .hashes(let request, let hashes):
            buffer.write(.hashes, request)
            for hash in hashes { buffer.write(hash) }
        case .hashReject(let request): buffer.write(.hashReject, request)
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeKind(_ kind: PeerMessageKind) { writeInteger(kind.rawValue) }

    fileprivate mutating func write(_ kind: PeerMessageKind, _ request: BlockRequest) {
        writeMultipleIntegers(kind.rawValue, request.piece, request.begin, request.length)
    }

    fileprivate mutating func write(_ kind: PeerMessageKind, _ request: HashRequest) {
        writeKind(kind)
        write(request.root)
        writeMultipleIntegers(request.baseLayer, request.index, request.length, request.proofLayers)
    }

    fileprivate mutating func write(_ hash: Hash256) { hash.withBytes { _ = writeBytes($0) } }
}
