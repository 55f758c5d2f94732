import Content
import TestKit
import Testing

/// Torrent files and info dictionaries of strangers.
struct MetainfoTests {
    static let root = Hash256(hashing: [7])

    static func info(
        tree: Bencode? = tree(["a": 5]), version: Bencode? = .integer(2), name: Bencode? = .text("n"),
        pieceLength: Bencode? = .integer(16_384), certificate: Bencode? = nil
    ) -> Bencode {
        .dictionary([
            "file tree": tree, "meta version": version, "name": name, "piece length": pieceLength,
            "ssl-cert": certificate,
        ])
    }

    static func file(_ length: Int64, root: Bencode? = .hash(root)) -> Bencode {
        .dictionary(["": .dictionary(["length": .integer(length), "pieces root": root])])
    }

    static func tree(_ files: [String: Int64]) -> Bencode {
        var folder = BencodeDictionary()
        for (name, length) in files { folder[name] = file(length) }
        return .dictionary(folder)
    }

    @Test func unknownKeysStayInTheInfoHash() throws {
        guard case .dictionary(var dictionary) = Self.info() else { return }
        let plain = try InfoDictionary(decoding: Self.info().encoded)
        dictionary["x-other"] = .integer(1)
        let other = try InfoDictionary(decoding: Bencode.dictionary(dictionary).encoded)
        #expect(other.bytes == Bencode.dictionary(dictionary).encoded)
        #expect(other.infoHash != plain.infoHash)
        #expect(other.files == plain.files)
        #expect(!plain.isPrivate)
    }

    @Test(arguments: [
        (info(version: nil), MetainfoError.malformed("meta version")),
        (info(version: .integer(3), name: nil), .unsupportedVersion(3)),
        (info(name: nil), .malformed("name")),
        (info(name: .integer(1)), .malformed("name")),
        (info(pieceLength: .integer(0)), .malformed("piece length")),
        (info(pieceLength: .integer(16_385)), .malformed("piece length")),
        (info(pieceLength: .integer(-16_384)), .malformed("piece length")),
        (info(pieceLength: .integer(.max)), .malformed("piece length")),
        (info(certificate: .integer(1)), .malformed("ssl-cert")),
        (info(tree: nil), .malformed("file tree")),
        (info(tree: file(5)), .malformed("file tree")),
        (info(tree: .dictionary(["a": .integer(1)])), .malformed("file tree")),
        (info(tree: .dictionary(["a": .dictionary(["": .integer(1)])])), .malformed("length")),
        (info(tree: .dictionary(["a": file(5, root: nil)])), .malformed("pieces root")),
        (info(tree: .dictionary(["a": file(5, root: .text("short"))])), .malformed("pieces root")),
        (info(tree: .dictionary(["a": file(0)])), .malformed("pieces root")),
        (info(tree: tree(["a": -1])), .malformed("pieces root")),
        (info(tree: tree(["a": .max])), .malformed("pieces root")),
        (info(tree: tree(["a": 1 << 50, "b": 1])), .malformed("length")),
        (info(tree: tree(["..": 5])), .unsafePath),
        (info(tree: tree([".": 5])), .unsafePath),
        (info(tree: tree(["a/b": 5])), .unsafePath),
        (info(tree: tree(["a\0": 5])), .unsafePath),
        (info(tree: .dictionary(["..": tree(["a": 5])])), .unsafePath),
        (.list([]), .malformed("info")),
    ])
    func refuses(info: Bencode, error: MetainfoError) {
        #expect(throws: error) { try InfoDictionary(decoding: info.encoded) }
    }

    /// A hybrid has the keys of v1 too, which are kept and not looked at; what has them alone says so.
    @Test func takesHybridsAndTellsVersionOne() throws {
        guard case .dictionary(var dictionary) = Self.info() else { return }
        let plain = try InfoDictionary(decoding: Self.info().encoded)
        dictionary["pieces"] = .string([UInt8](repeating: 1, count: 20))
        dictionary["length"] = .integer(5)
        let hybrid = try InfoDictionary(decoding: Bencode.dictionary(dictionary).encoded)
        #expect(hybrid.files == plain.files && hybrid.infoHash != plain.infoHash)
        dictionary["meta version"] = nil
        dictionary["file tree"] = nil
        let alone = Bencode.dictionary(dictionary).encoded
        #expect(throws: MetainfoError.unsupportedVersion(1)) { try InfoDictionary(decoding: alone) }
    }

    @Test func refusesAFileAmongSiblings() {
        let mixed = Bencode.dictionary([
            "a": .dictionary(["": .dictionary(["length": .integer(5)]), "b": Self.file(5)])
        ])
        #expect(throws: MetainfoError.malformed("file tree")) {
            try InfoDictionary(decoding: Self.info(tree: mixed).encoded)
        }
    }

    /// Each costs its sender five bytes, and who fetches it an inode.
    @Test func refusesFoldersWithoutEnd() {
        var chain = Self.file(5)
        for _ in 0..<40 { chain = .dictionary(["a": chain]) }
        var folder = BencodeDictionary()
        for number in 0..<6_300 { folder["\(number)"] = chain }
        #expect(throws: MetainfoError.malformed("file tree")) {
            try InfoDictionary(decoding: Self.info(tree: .dictionary(folder)).encoded)
        }
    }

    @Test func refusesNamesThatAreNotUTF8() {
        var folder = BencodeDictionary()
        folder[bytes: [0xFF, 0xFE]] = Self.file(5)
        #expect(throws: MetainfoError.unsafePath) {
            try InfoDictionary(decoding: Self.info(tree: .dictionary(folder)).encoded)
        }
    }

    /// What no file system holds, or no program can name, is refused before anybody makes a folder of it.
    @Test func refusesNamesAndPathsThatAreTooLong() throws {
        func decoded(_ names: [String]) throws -> InfoDictionary {
            var tree = Self.file(5)
            for name in names.reversed() { tree = .dictionary([name: tree]) }
            return try InfoDictionary(decoding: Self.info(tree: tree).encoded)
        }
        let long = String(repeating: "n", count: 255)
        #expect(try decoded([long]).files.map(\.path.count) == [1])
        #expect(throws: MetainfoError.unsafePath) { try decoded([long + "n"]) }
        #expect(throws: MetainfoError.unsafePath) { try decoded([long + "n", "a"]) }
        // 16 names and 15 slashes are 4,095 bytes.
        let path = Array(repeating: long, count: 16)
        #expect(try decoded(path).files.map(\.path.count) == [16])
        #expect(throws: MetainfoError.unsafePath) { try decoded(path + ["a"]) }
        #expect(throws: MetainfoError.unsafePath) { try decoded(path.dropLast() + [String(long.dropLast()), "a"]) }
        let entry = FileTreeEntry(path: (path + ["a"]).map { Array($0.utf8) }, content: .empty)
        #expect(entry == nil)
    }

    @Test func refusesNestingBeyondBencodings() {
        var deep = Self.tree(["a": 5])
        for _ in 0..<100 { deep = .dictionary(["d": deep]) }
        #expect(throws: MetainfoError.bencode(.tooDeep)) {
            try InfoDictionary(decoding: Self.info(tree: deep).encoded)
        }
    }

    @Test func folderRefusesPathsThatClash() throws {
        let content = try #require(ContentID(root: Self.root, size: 5))
        func entry(_ path: String...) throws -> FileTreeEntry {
            try #require(FileTreeEntry(path: path.map { Array($0.utf8) }, content: content))
        }
        #expect(throws: MetainfoError.conflictingPaths) {
            try InfoDictionary.folder([entry("a"), entry("a")], certificate: [])
        }
        #expect(throws: MetainfoError.conflictingPaths) {
            try InfoDictionary.folder([entry("a"), entry("a", "b")], certificate: [])
        }
        #expect(FileTreeEntry(path: [], content: content) == nil)
        #expect(FileTreeEntry(path: [[]], content: content) == nil)
    }

    @Test func layersMustBeProven() throws {
        let layer = try Vectors.layer(of: Vectors.content(length: 50_000, seed: 1), pieceLength: 16_384)
        let info = try InfoDictionary.single(name: [65], content: layer.content, certificate: nil)
        let root = layer.content.root
        func torrent(_ layers: Bencode?) throws -> Metainfo {
            let inner = try Bencode(decoding: info.bytes)
            return try Metainfo(decoding: Bencode.dictionary(["info": inner, "piece layers": layers]).encoded)
        }
        func layers(_ value: Bencode) -> Bencode {
            var layers = BencodeDictionary()
            layers[bytes: root.bytes] = value
            return .dictionary(layers)
        }
        #expect(try torrent(layers(.string(layer.encoded))).layers == [layer.content: layer])
        #expect(throws: MetainfoError.malformed("piece layers")) { try torrent(nil) }
        #expect(throws: MetainfoError.missingPieceLayer(root: root)) { try torrent(.dictionary([:])) }
        #expect(throws: MetainfoError.missingPieceLayer(root: root)) { try torrent(layers(.integer(1))) }
        #expect(throws: MetainfoError.pieceLayer(root: root, .mismatch)) {
            try torrent(layers(.string(layer.encoded.reversed())))
        }
        #expect(throws: MetainfoError.pieceLayer(root: root, .truncated)) {
            try torrent(layers(.string(layer.encoded.dropLast())))
        }
        #expect(throws: MetainfoError.pieceLayer(root: root, .count(expected: 4, found: 5))) {
            try torrent(layers(.string(layer.encoded + root.bytes)))
        }
        #expect(throws: MetainfoError.missingPieceLayer(root: root)) { try Metainfo(info: info, layers: []) }
        #expect(throws: MetainfoError.malformed("info")) { try Metainfo(decoding: Array("de".utf8)) }
        #expect(throws: MetainfoError.bencode(.truncated)) { try Metainfo(decoding: []) }
        #expect(throws: MetainfoError.tooLarge) {
            try Metainfo(decoding: [UInt8](repeating: 0, count: Metainfo.maximumByteCount + 1))
        }
    }

    /// Bytes of a good torrent with some changed: an error or another torrent, never a trap.
    @Test func survivesDamage() throws {
        let layer = try Vectors.layer(of: Vectors.content(length: 50_000, seed: 1), pieceLength: 16_384)
        let info = try InfoDictionary.single(name: [65], content: layer.content, certificate: [1])
        let good = try Metainfo(info: info, layers: [layer]).encoded
        var random = SeededRandom.fresh()
        for _ in 0..<Scale.count(50_000) {
            var bytes = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let torrent = try? Metainfo(decoding: bytes) else { continue }
            #expect(torrent.layers.values.allSatisfy { $0.content.size <= 1 << 50 }, "seed \(random.seed)")
        }
        for length in 0..<good.count { #expect((try? Metainfo(decoding: Array(good[..<length]))) == nil) }
    }
}
