import Content
import Testing

/// What libtorrent makes of canonical contents, single files and folders: `Scripts/make-vectors`.
struct CanonicalVectorTests {
    struct File: Decodable {
        let cases: [Case]
    }

    struct Case: Decodable, CustomTestStringConvertible, Sendable {
        struct Entry: Decodable {
            let path: [String]
            let length: Int
            let seed: Int
        }

        let pieceLength: Int
        let infoHashV2: String
        let infoDictionaryHex: String
        let metainfoSha256: String
        let files: [Entry]

        var testDescription: String {
            files.map { "\($0.path.joined(separator: "/")) \($0.length)" }.joined(separator: ", ")
        }
    }

    static let cases = (try? Vectors.read("canonical.json", as: File.self).cases) ?? []

    @Test func vectorsAreThere() {
        #expect(Self.cases.count == 12)
    }

    @Test(arguments: cases)
    func makesTheSame(vector: Case) throws {
        let certificate = Array(try BEP52VectorTests.file.get().caPem.utf8)
        var layers: [PieceLayer] = []
        var entries: [FileTreeEntry] = []
        for file in vector.files {
            let layer = try Vectors.layer(
                of: Vectors.content(length: file.length, seed: file.seed), pieceLength: vector.pieceLength)
            layers.append(layer)
            if let entry = FileTreeEntry(path: file.path.map { Array($0.utf8) }, content: layer.content) {
                entries.append(entry)
            }
        }
        let isFolder = !vector.files[0].path.isEmpty
        let info =
            isFolder
            ? try InfoDictionary.folder(entries.reversed(), certificate: certificate)
            : try #require(InfoDictionary.canonical(layers[0].content, certificate: certificate))
        #expect(info.bytes.hex == vector.infoDictionaryHex)
        #expect(info.infoHash.description == vector.infoHashV2)
        #expect(info.pieceLength == vector.pieceLength)
        #expect(info.isPrivate)
        #expect(info.certificate == certificate)
        if isFolder { #expect(Set(info.files) == Set(entries)) }

        let encoded = try Metainfo(info: info, layers: layers).encoded
        #expect(Hash256(hashing: encoded).hex == vector.metainfoSha256)
        #expect(try Metainfo(decoding: encoded).info == info)
    }

    @Test func emptyContentHasNoDictionary() {
        #expect(InfoDictionary.canonical(.empty, certificate: []) == nil)
    }
}
