import Content
import Testing

/// What libtorrent 2.0.8 makes of files of many lengths: roots, piece layers, dictionaries, info-hashes.
struct BEP52VectorTests {
    struct File: Decodable {
        let ca_pem: String
        let cases: [Case]
    }

    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        let name: String
        let length: Int
        let seed: Int
        let piece_length: Int
        let pieces_root: String
        let piece_layer_sha256: String
        let piece_layer_count: Int
        let info_hash_v2: String
        let info_dictionary_hex: String
        let ca: Bool

        var testDescription: String { "\(name), \(length) bytes\(ca ? ", with ssl-cert" : "")" }
    }

    static let file = Result { try Vectors.read("bep52.json", as: File.self) }

    @Test func vectorsAreThere() throws {
        #expect(try Self.file.get().cases.count == 13)
    }

    @Test(arguments: (try? file.get().cases) ?? [])
    func makesTheSame(vector: Case) throws {
        let layer = try Vectors.layer(
            of: Vectors.content(length: vector.length, seed: vector.seed), pieceLength: vector.piece_length)
        #expect(layer.content.root.hex == vector.pieces_root)
        // libtorrent stores no layer for a file of one piece.
        let stored = layer.hashes.count > 1 ? layer.encoded : []
        #expect(stored.count == vector.piece_layer_count * Hash256.byteCount)
        #expect(Hash256(hashing: stored).hex == vector.piece_layer_sha256)

        let info = try InfoDictionary.single(
            name: Array(vector.name.utf8), content: layer.content, pieceLength: vector.piece_length,
            certificate: vector.ca ? Array(Self.file.get().ca_pem.utf8) : nil)
        #expect(info.bytes.hex == vector.info_dictionary_hex)
        #expect(info.infoHash.description == vector.info_hash_v2)
        #expect(info.infoHash.truncated.description == vector.info_hash_v2.prefix(40))

        let bytes = try #require([UInt8](hex: vector.info_dictionary_hex))
        #expect(try InfoDictionary(decoding: bytes) == info)
        let metainfo = try Metainfo(decoding: Metainfo(info: info, layers: [layer]).encoded)
        #expect(metainfo.info == info)
        #expect(metainfo.layers == [layer.content: layer])
    }
}
