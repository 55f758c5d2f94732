internal import Content
package import NIOCore

/// Takes peer messages from a stream of bytes, without copying what they carry.
///
/// A length is judged as soon as it is there, before any of the message is waited for. Messages of
/// unknown kinds (BEP 3 wants them ignored) are passed over where they are short.
package struct PeerMessageDecoder: NIOSingleStepByteToMessageDecoder {
    package typealias InboundOut = PeerMessage

    package init() {}

    /// The next message; nil while bytes are missing. Throws ``PeerMessageError``, after which the stream
    /// is of no use.
    package mutating func decode(buffer: inout ByteBuffer) throws -> PeerMessage? {
        try next(in: &buffer)
    }

    /// An end in the middle of a message is the end all the same: peers hang up at any time.
    package mutating func decodeLast(buffer: inout ByteBuffer, seenEOF: Bool) throws -> PeerMessage? {
        try next(in: &buffer)
    }

    /// As ``decode(buffer:)``, with its error's type.
    package func next(in buffer: inout ByteBuffer) throws(PeerMessageError) -> PeerMessage? {
        while let prefix: UInt32 = buffer.getInteger(at: buffer.readerIndex) {
            let length = Int(prefix)
            guard length <= PeerMessage.maximumLength else { throw .tooLong(kind: nil, length: length) }
            if length == 0 {
                buffer.moveReaderIndex(forwardBy: 4)
                return .keepAlive
            }
            guard let number: UInt8 = buffer.getInteger(at: buffer.readerIndex + 4) else { return nil }
            let kind = PeerMessageKind(rawValue: number)
            let allowed = kind?.payload ?? 0...Geometry.blockLength
            guard length - 1 <= allowed.upperBound else { throw .tooLong(kind: number, length: length) }
            guard length - 1 >= allowed.lowerBound else { throw .tooShort(kind: number, length: length) }
            guard buffer.readableBytes >= 4 + length else { return nil }
            buffer.moveReaderIndex(forwardBy: 5)
            guard var payload = buffer.readSlice(length: length - 1) else { return nil }
            guard let kind else { continue }
            guard let message = Self.message(kind, &payload) else {
                throw .malformed(kind: number, length: length)
            }
            return message
        }
        return nil
    }

    /// Nil where the payload is not what the kind asks for.
    private static func message(_ kind: PeerMessageKind, _ payload: inout ByteBuffer) -> PeerMessage? {
        switch kind {
        case .choke: .choke
        case .unchoke: .unchoke
        case .interested: .interested
        case .notInterested: .notInterested
        case .have: payload.readInteger().map { .have(piece: $0) }
        case .bitfield: .bitfield(Array(payload.readableBytesView))
        case .request: blockRequest(&payload).map { .request($0) }
        case .piece: piece(&payload)
        case .cancel: blockRequest(&payload).map { .cancel($0) }
        case .haveAll: .haveAll
        case .haveNone: .haveNone
        case .reject: blockRequest(&payload).map { .reject($0) }
        case .extended: payload.readInteger().map { .extended(number: $0, payload: payload) }
        case .hashRequest: hashRequest(&payload).map { .hashRequest($0) }
        case .hashes: hashes(&payload)
        case .hashReject: hashRequest(&payload).map { .hashReject($0) }
        }
    }

    private static func blockRequest(_ payload: inout ByteBuffer) -> BlockRequest? {
        payload.readMultipleIntegers(as: (UInt32, UInt32, UInt32).self)
            .map { BlockRequest(piece: $0.0, begin: $0.1, length: $0.2) }
    }

    private static func piece(_ payload: inout ByteBuffer) -> PeerMessage? {
        payload.readMultipleIntegers(as: (UInt32, UInt32).self)
            .map { .piece(piece: $0.0, begin: $0.1, data: payload) }
    }

    private static func hashRequest(_ payload: inout ByteBuffer) -> HashRequest? {
        guard let root = hash(&payload),
            let numbers = payload.readMultipleIntegers(as: (UInt32, UInt32, UInt32, UInt32).self)
        else { return nil }
        return HashRequest(
            root: root, baseLayer: numbers.0, index: numbers.1, length: numbers.2, proofLayers: numbers.3)
    }

    private static func hashes(_ payload: inout ByteBuffer) -> PeerMessage? {
        guard let request = hashRequest(&payload), payload.readableBytes.isMultiple(of: Hash256.byteCount) else {
            return nil
        }
        var hashes: [Hash256] = []
        hashes.reserveCapacity(payload.readableBytes / Hash256.byteCount)
        while let hash = hash(&payload) { hashes.append(hash) }
        return .hashes(request, hashes)
    }

    private static func hash(_ payload: inout ByteBuffer) -> Hash256? {
        payload.readSlice(length: Hash256.byteCount).flatMap { Hash256($0.readableBytesView) }
    }
}

/// What a peer's bytes did wrong. The link is to be closed.
package enum PeerMessageError: Error, Hashable {
    /// `kind` is nil where the length alone is beyond every kind's. Lengths are the wire's, kind included.
    case tooLong(kind: UInt8?, length: Int)
    case tooShort(kind: UInt8, length: Int)
    /// Hashes that are no multiple of 32 bytes.
    case malformed(kind: UInt8, length: Int)
}
