import Content
import Testing

/// What libtorrent 2.0.8 makes of files of many lengths: roots, piece layers, dictionaries, info-hashes.
struct BEP52VectorTests {
    struct File: Decodable {
        let caPem: String
        let cases: [Case]
    }

    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        let name: String
        let length: Int
        let seed: Int
        let pieceLength: Int
        let piecesRoot: String
        let pieceLayerSha256: String
        let pieceLayerCount: Int
        let infoHashV2: String
        let infoDictionaryHex: String
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
            of: Vectors.content(length: vector.length, seed: vector.seed), pieceLength: vector.pieceLength)
        #expect(layer.content.root.hex == vector.piecesRoot)
        // libtorrent stores no layer for a file of one piece.
        let stored = layer.hashes.count > 1 ? layer.encoded : []
        #expect(stored.count == vector.pieceLayerCount * Hash256.byteCount)
        #expect(Hash256(hashing: stored).hex == vector.pieceLayerSha256)

        let info = try InfoDictionary.single(
            name: Array(vector.name.utf8), content: layer.content, pieceLength: vector.pieceLength,
            certificate: vector.ca ? Array(Self.file.get().caPem.utf8) : nil)
        #expect(info.bytes.hex == vector.infoDictionaryHex)
        #expect(info.infoHash.description == vector.infoHashV2)
        #expect(info.infoHash.truncated.description == vector.infoHashV2.prefix(40))

        let bytes = try #require([UInt8](hex: vector.infoDictionaryHex))
        #expect(try InfoDictionary(decoding: bytes) == info)
        let metainfo = try Metainfo(decoding: Metainfo(info: info, layers: [layer]).encoded)
        #expect(metainfo.info == info)
        #expect(metainfo.layers == [layer.content: layer])
    }
}
