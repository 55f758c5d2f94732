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
            /// Nil for an empty file.
            let firstPiece: Int?
        }

        let pieceLength: Int
        let pieceCount: Int
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

    @Test("Files begin with the pieces with which libtorrent has them begin", arguments: cases)
    func numbersPiecesTheSame(vector: Case) throws {
        let info = try InfoDictionary(decoding: try #require([UInt8](hex: vector.infoDictionaryHex)))
        let layout = try #require(ContentLayout(info))
        #expect(layout.geometry.pieceCount == vector.pieceCount)
        #expect(layout.fileCount == vector.files.count)
        for file in vector.files {
            let path = file.path.isEmpty ? [info.name] : file.path.map { Array($0.utf8) }
            let number = try #require(layout.files(below: path).first)
            #expect(layout.content(of: number).size == Int64(file.length))
            let pieces = layout.geometry.pieces(ofFiles: number..<number + 1)
            #expect(pieces.first?.value == file.firstPiece)
        }
    }

    @Test func emptyContentHasNoDictionary() {
        #expect(InfoDictionary.canonical(.empty, certificate: []) == nil)
    }
}
