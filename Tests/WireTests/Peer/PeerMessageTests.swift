import Content
import NIOCore
import NIOTestUtils
import TestKit
import Testing
import Wire

struct PeerMessageTests {
    static let request = BlockRequest(piece: 1, begin: 16_384, length: 16_384)
    static let hashRequest = HashRequest(
        root: Hash256(hashing: [1]), baseLayer: 2, index: 512, length: 512, proofLayers: 7)

    static let samples: [PeerMessage] = [
        .keepAlive, .choke, .unchoke, .interested, .notInterested, .have(piece: 0xFFFF_FFFF), .bitfield([]),
        .bitfield([0x80, 0x01]), .request(request), .piece(piece: 3, begin: 0, data: ByteBuffer()),
        .piece(piece: 3, begin: 16_384, data: ByteBuffer(repeating: 7, count: Geometry.blockLength)),
        .cancel(request), .haveAll, .haveNone, .reject(request),
        .extended(number: 0, payload: ByteBuffer(string: "de")),
        .extended(number: 255, payload: ByteBuffer()), .hashRequest(hashRequest),
        .hashes(hashRequest, [Hash256(hashing: [2]), .zero]), .hashes(hashRequest, []), .hashReject(hashRequest),
    ]

    static func bytes(_ messages: [PeerMessage]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writePeerMessages(messages[...])
        return buffer
    }

    static func frame(_ length: UInt32, _ rest: [UInt8] = []) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(length)
        buffer.writeBytes(rest)
        return buffer
    }

    static func decode(_ buffer: ByteBuffer) throws -> [PeerMessage] {
        var buffer = buffer
        let decoder = PeerMessageDecoder()
        var messages: [PeerMessage] = []
        while let message = try decoder.next(in: &buffer) { messages.append(message) }
        return messages
    }

    /// The numbers of the specifications, written out.
    @Test(
        arguments: [
            (.keepAlive, "00000000"), (.choke, "0000000100"), (.unchoke, "0000000101"), (.interested, "0000000102"),
            (.notInterested, "0000000103"), (.have(piece: 258), "000000050400000102"),
            (.bitfield([0x80]), "000000020580"),
            (.request(request), "0000000d06000000010000400000004000"),
            (.piece(piece: 1, begin: 2, data: ByteBuffer(bytes: [9])), "0000000a07000000010000000209"),
            (.cancel(request), "0000000d08000000010000400000004000"), (.haveAll, "000000010e"),
            (.haveNone, "000000010f"),
            (.reject(request), "0000000d10000000010000400000004000"),
            (.extended(number: 3, payload: ByteBuffer(bytes: [1])), "00000003140301"),
            (.hashRequest(hashRequest), "0000003115" + header), (.hashReject(hashRequest), "0000003117" + header),
            (.hashes(hashRequest, [.zero]), "0000005116" + header + String(repeating: "0", count: 64)),
        ] as [(PeerMessage, String)])
    func isOnTheWireAsTheSpecificationSays(message: PeerMessage, hex: String) throws {
        #expect(Array(Self.bytes([message]).readableBytesView).hex == hex)
        #expect(message.encodedLength == hex.count / 2)
    }

    static let header = Hash256(hashing: [1]).hex + "00000002000002000000020000000007"

    @Test func framingSurvivesAnyCut() throws {
        let pairs = Self.samples.map { (Self.bytes([$0]), [$0]) }
        try ByteToMessageDecoderVerifier.verifyDecoder(inputOutputPairs: pairs) { ByteMessageDecoder() }
    }

    /// The verifier wants the wider protocol, whose loop is this.
    private struct ByteMessageDecoder: ByteToMessageDecoder {
        typealias InboundOut = PeerMessage
        var decoder = PeerMessageDecoder()

        mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
            guard let message = try decoder.decode(buffer: &buffer) else { return .needMoreData }
            context.fireChannelRead(Self.wrapInboundOut(message))
            return .continue
        }

        mutating func decodeLast(
            context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
        ) throws -> DecodingState {
            try decode(context: context, buffer: &buffer)
        }

        private static func wrapInboundOut(_ message: PeerMessage) -> NIOAny { NIOAny(message) }
    }

    @Test(arguments: samples)
    func waitsForEveryByte(message: PeerMessage) throws {
        let whole = Self.bytes([message])
        for length in 0..<whole.readableBytes {
            var part = try #require(whole.getSlice(at: 0, length: length))
            #expect(try PeerMessageDecoder().next(in: &part) == nil)
            #expect(part.readableBytes == length)
        }
        #expect(try Self.decode(whole) == [message])
    }

    @Test func manyInOneBuffer() throws {
        let messages = Self.samples + Self.samples.reversed()
        #expect(try Self.decode(Self.bytes(messages)) == messages)
    }

    @Test func dataIsNotCopied() throws {
        let whole = Self.bytes([.piece(piece: 0, begin: 0, data: ByteBuffer(repeating: 1, count: 16_384))])
        guard case .piece(_, _, let data) = try Self.decode(whole).first else {
            Issue.record("no piece")
            return
        }
        let start = whole.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        #expect(data.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) } == start + 13)
    }

    @Test func unknownKindsArePassedOver() throws {
        var buffer = Self.bytes([.choke])
        for kind in [9, 13, 17, 18, 24, 255] as [UInt8] {
            var unknown = Self.frame(4, [kind, 1, 2, 3])
            buffer.writeBuffer(&unknown)
        }
        buffer.writeImmutableBuffer(Self.bytes([.unchoke]))
        #expect(try Self.decode(buffer) == [.choke, .unchoke])
    }

    /// Refused with the kind's byte, before any of the payload has come.
    @Test(
        arguments: [
            (0, 2), (1, 2), (2, 2), (3, .max), (4, 6), (5, 262_146), (6, 14), (7, 16_394), (8, 14), (14, 2), (15, 2),
            (16, 14), (20, 65_538), (21, 50), (22, 264_242), (23, 50), (99, 16_386),
        ] as [(UInt8, UInt32)])
    func lengthsBeyondTheKindAreRefused(kind: UInt8, length: UInt32) {
        let isBeyondAll = Int(length) > PeerMessage.maximumLength
        let error = PeerMessageError.tooLong(kind: isBeyondAll ? nil : kind, length: Int(length))
        #expect(throws: error) { try Self.decode(Self.frame(length, [kind])) }
    }

    @Test func anyLengthBeyondAllKindsIsRefusedAtOnce() {
        for length in [UInt32(PeerMessage.maximumLength) + 1, 0x8000_0000, .max] {
            #expect(throws: PeerMessageError.tooLong(kind: nil, length: Int(length))) {
                try Self.decode(Self.frame(length))
            }
        }
    }

    @Test(
        arguments: [
            (4, 1), (4, 4), (6, 12), (7, 8), (8, 1), (16, 12), (20, 1), (21, 48), (22, 48), (23, 1),
        ] as [(UInt8, UInt32)])
    func lengthsBelowTheKindAreRefused(kind: UInt8, length: UInt32) {
        #expect(throws: PeerMessageError.tooShort(kind: kind, length: Int(length))) {
            try Self.decode(Self.frame(length, [kind]))
        }
    }

    @Test func hashesMustBeWhole() {
        let frame = Self.frame(50, [22] + [UInt8](repeating: 0, count: 49))
        #expect(throws: PeerMessageError.malformed(kind: 22, length: 50)) { try Self.decode(frame) }
    }

    @Test func anyBytesGiveMessagesOrAnError() {
        var random = SeededRandom.fresh()
        for _ in 0..<Scale.count(200_000) {
            var bytes = random.bytes(Int.random(in: 0...80, using: &random))
            if bytes.count > 4, Bool.random(using: &random) {
                bytes.replaceSubrange(0..<4, with: [0, 0, 0, UInt8.random(in: 0...70, using: &random)])
            }
            guard let messages = try? Self.decode(ByteBuffer(bytes: bytes)) else { continue }
            let length = messages.reduce(0) { $0 + $1.encodedLength }
            #expect(length <= bytes.count, "seed \(random.seed)")
        }
    }
}
