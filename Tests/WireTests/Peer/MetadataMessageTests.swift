import Content
import Testing
import Wire

/// Messages of ut_metadata against the examples of BEP 9.
struct MetadataMessageTests {
    @Test(
        "The examples of BEP 9 are taken, and written the same",
        arguments: [
            ("d8:msg_typei0e5:piecei0ee", MetadataMessage.request(piece: 0)),
            (
                "d8:msg_typei1e5:piecei0e10:total_sizei3425eexxxxxxxx",
                .data(piece: 0, totalSize: 3_425, bytes: Array("xxxxxxxx".utf8))
            ),
            ("d8:msg_typei2e5:piecei0ee", .reject(piece: 0)),
        ])
    func examples(text: String, message: MetadataMessage) throws {
        #expect(try MetadataMessage(decoding: Array(text.utf8)) == message)
        #expect(message.encoded == Array(text.utf8))
    }

    @Test("A kind that is not known is ignored, and so are keys that are not")
    func unknown() throws {
        #expect(try MetadataMessage(decoding: Array("d8:msg_typei3e5:piecei0ee".utf8)) == nil)
        #expect(try MetadataMessage(decoding: Array("d1:ai1e8:msg_typei0e5:piecei7ee".utf8)) == .request(piece: 7))
    }

    @Test(
        "What makes no sense is refused",
        arguments: [
            "d5:piecei0ee", "d8:msg_typei0ee", "d8:msg_typei0e5:piecei-1ee", "d8:msg_typei0e5:piecei1024ee",
            "d8:msg_typei0e5:piecei0eex", "d8:msg_typei2e5:piecei0eex", "d8:msg_typei1e5:piecei0eex",
            "d8:msg_typei1e5:piecei0e10:total_sizei9ee", "d8:msg_typei1e5:piecei0e10:total_sizei0eex",
            "d8:msg_typei1e5:piecei0e10:total_sizei16777217eex", "d8:msg_type1:05:piecei0ee", "le", "i0e",
        ])
    func malformed(text: String) {
        #expect(throws: MetadataMessageError.malformed) { try MetadataMessage(decoding: Array(text.utf8)) }
    }

    @Test("Bytes that are not bencoded are refused, and a piece that is too long")
    func bencoding() {
        #expect(throws: MetadataMessageError.bencode(.truncated)) { try MetadataMessage(decoding: []) }
        #expect(throws: MetadataMessageError.bencode(.truncated)) {
            try MetadataMessage(decoding: Array("d8:msg_type".utf8))
        }
        let bytes = [UInt8](repeating: 1, count: MetadataMessage.pieceLength + 1)
        let long = MetadataMessage.data(piece: 0, totalSize: 20_000, bytes: bytes)
        #expect(throws: MetadataMessageError.malformed) { try MetadataMessage(decoding: long.encoded) }
        let whole = MetadataMessage.data(piece: 0, totalSize: 20_000, bytes: Array(bytes.dropLast()))
        #expect(throws: Never.self) { try MetadataMessage(decoding: whole.encoded) }
    }
}
