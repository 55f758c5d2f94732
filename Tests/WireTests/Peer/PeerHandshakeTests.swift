import Content
import NIOCore
import TestKit
import Testing
import Wire

struct PeerHandshakeTests {
    static let infoHash = InfoHash(Hash256(hashing: [5])).truncated

    static func encoded(_ handshake: PeerHandshake) -> ByteBuffer {
        var buffer = ByteBuffer()
        handshake.encode(into: &buffer)
        return buffer
    }

    @Test func isOnTheWireAsTheSpecificationsSay() throws {
        let peerID = try #require(PeerID(Array("-BT0001-abcdefghijkl".utf8)))
        let bytes = Self.encoded(PeerHandshake(infoHash: Self.infoHash, peerID: peerID))
        let expected =
            "13" + Array("BitTorrent protocol".utf8).hex + "0000000000100014" + Self.infoHash.bytes.hex
            + peerID.bytes.hex
        #expect(Array(bytes.readableBytesView).hex == expected)
    }

    @Test(arguments: [(false, false, false), (true, false, false), (false, true, false), (false, false, true)])
    func eachAbilityHasItsBit(extensions: Bool, fast: Bool, version2: Bool) throws {
        let handshake = PeerHandshake(
            infoHash: Self.infoHash, peerID: .random(), extensions: extensions, fast: fast, version2: version2)
        var buffer = Self.encoded(handshake)
        buffer.writeString("rest")
        #expect(try PeerHandshake(reading: &buffer) == handshake)
        #expect(buffer.readableBytes == 4)
    }

    @Test func waitsForEveryByte() throws {
        let whole = Self.encoded(PeerHandshake(infoHash: Self.infoHash, peerID: .random()))
        #expect(whole.readableBytes == PeerHandshake.byteCount)
        for length in 0..<whole.readableBytes {
            var part = try #require(whole.getSlice(at: 0, length: length))
            #expect(try PeerHandshake(reading: &part) == nil)
            #expect(part.readableBytes == length)
        }
    }

    @Test func anotherProtocolIsRefusedAtItsFirstOtherByte() {
        for text in ["GET / HTTP/1.1", "\u{13}BitTorrent protocoL", "\u{13}BX", "\u{12}"] {
            var buffer = ByteBuffer(string: text)
            #expect(throws: PeerHandshakeError.otherProtocol) { try PeerHandshake(reading: &buffer) }
        }
    }

    @Test func peerIDsAreRandomBehindTheProgramsName() {
        var random = SeededRandom(seed: 1)
        let first = PeerID.random(using: &random)
        #expect(first != PeerID.random(using: &random))
        #expect(first.bytes.count == PeerID.byteCount)
        #expect(first.bytes.starts(with: Array("-BT0001-".utf8)))
        #expect(PeerID([1, 2, 3]) == nil)
    }
}

struct ExtensionHandshakeTests {
    @Test func comesBack() throws {
        let handshake = ExtensionHandshake(
            numbers: [ExtensionHandshake.metadata: 3], requestQueue: 2_000, client: "BitTrickle 1", metadataSize: 900)
        let text = "d1:md11:ut_metadatai3ee13:metadata_sizei900e4:reqqi2000e1:v12:BitTrickle 1e"
        #expect(handshake.encoded == Array(text.utf8))
        #expect(try ExtensionHandshake(decoding: handshake.encoded) == handshake)
        #expect(try ExtensionHandshake(decoding: Array("de".utf8)) == ExtensionHandshake())
    }

    @Test func valuesOfAnotherKindAreIgnored() throws {
        let text = "d1:md1:ai256e1:bi-1e1:c1:x1:di9ee13:metadata_sizei-1e4:reqq1:x1:vi1e1:yi4ee"
        let handshake = try ExtensionHandshake(decoding: Array(text.utf8))
        #expect(handshake == ExtensionHandshake(numbers: ["d": 9]))
        #expect(try ExtensionHandshake(decoding: Array("d1:mi1e4:reqqi0ee".utf8)) == ExtensionHandshake())
    }

    @Test func otherBytesAreRefused() {
        #expect(throws: ExtensionHandshakeError.notADictionary) { try ExtensionHandshake(decoding: Array("le".utf8)) }
        #expect(throws: ExtensionHandshakeError.tooLong) {
            try ExtensionHandshake(decoding: Array(repeating: 0x69, count: 8_193))
        }
        #expect(throws: ExtensionHandshakeError.bencode(.truncated)) { try ExtensionHandshake(decoding: []) }
        #expect(throws: ExtensionHandshakeError.bencode(.unsortedKeys)) {
            try ExtensionHandshake(decoding: Array("d1:vi1e1:mdee".utf8))
        }
    }

    @Test func numbersAreBounded() throws {
        var numbers = BencodeDictionary()
        for number in 0..<400 { numbers["e\(number)"] = .integer(1) }
        let bytes = Bencode.dictionary(["m": .dictionary(numbers)]).encoded
        #expect(try ExtensionHandshake(decoding: bytes).numbers.count == 256)
    }
}
