/// The info dictionary of BitTorrent v2 (BEP 52): files with their roots, and how they divide into pieces.
package struct InfoDictionary: Hashable, Sendable {
    /// Bencoded: what the info-hash is made of, and what travels by ut_metadata (BEP 9).
    package let bytes: [UInt8]
    package let infoHash: InfoHash
    /// A display name; never to be used as a path unchecked.
    package let name: [UInt8]
    /// In bytes.
    package let pieceLength: Int
    /// In the order of their pieces.
    package let files: [FileTreeEntry]
    /// The PEM of the authority whose certificates members of the swarm show (`ssl-cert`).
    package let certificate: [UInt8]?
    /// BEP 27: peers come from the directory alone.
    package let isPrivate: Bool

    /// The canonical dictionary of a content in a network: it follows from (root, size) alone, so every
    /// holder of a content is in one swarm, whatever he calls it. Nil for the empty content, which nobody
    /// needs to fetch, and for a folder, whose dictionary names its files.
    package static func canonical(_ content: ContentID, certificate: [UInt8]) -> InfoDictionary? {
        guard content != .empty, content.kind == .file else { return nil }
        return try? InfoDictionary.single(
            name: Array(content.root.hex.utf8), content: content, certificate: certificate)
    }

    /// A dictionary of one file under a name of the user's choice.
    ///
    /// - Parameter pieceLength: the canonical one where nil.
    package static func single(
        name: [UInt8], content: ContentID, pieceLength: Int? = nil, certificate: [UInt8]?
    ) throws(MetainfoError) -> InfoDictionary {
        guard let file = FileTreeEntry(path: [name], content: content) else { throw .unsafePath }
        return try InfoDictionary(
            name: name, tree: try FileTree.encode([file]),
            pieceLength: pieceLength ?? Geometry.canonicalPieceLength(for: content.size), certificate: certificate)
    }

    /// The canonical dictionary of a folder: its name is the SHA-256 of its bencoded file tree in
    /// hexadecimal, its piece length the canonical one of all sizes together, unless another is asked for.
    /// The order of `files` does not matter.
    package static func folder(
        _ files: [FileTreeEntry], pieceLength: Int? = nil, certificate: [UInt8]
    ) throws(MetainfoError) -> InfoDictionary {
        let tree = try FileTree.encode(files)
        let size = try totalSize(files)
        return try InfoDictionary(
            name: Array(Hash256(hashing: tree.encoded).hex.utf8), tree: tree,
            pieceLength: pieceLength ?? Geometry.canonicalPieceLength(for: size), certificate: certificate)
    }

    private init(
        name: [UInt8], tree: Bencode, pieceLength: Int, certificate: [UInt8]?
    ) throws(MetainfoError) {
        try self.init(
            .dictionary([
                "file tree": tree,
                "meta version": .integer(2),
                "name": .string(name),
                "piece length": .integer(Int64(pieceLength)),
                "private": .integer(1),
                "ssl-cert": certificate.map { .string($0) },
            ]))
    }

    /// Takes a stranger's dictionary. Keys that are not known here stay in ``bytes`` and in the info-hash.
    package init(decoding bytes: [UInt8]) throws(MetainfoError) {
        let value: Bencode
        do throws(BencodeError) { value = try Bencode(decoding: bytes) } catch { throw .bencode(error) }
        try self.init(value)
    }

    init(_ value: Bencode) throws(MetainfoError) {
        guard let dictionary = value.dictionary else { throw .malformed("info") }
        guard let version = dictionary["meta version"]?.integer else {
            // What has v1's piece hashes and no version is of v1 alone; with both it is a hybrid, and taken as v2.
            throw dictionary["pieces"] == nil ? .malformed("meta version") : .unsupportedVersion(1)
        }
        guard version == 2 else { throw .unsupportedVersion(version) }
        guard let name = dictionary["name"]?.string else { throw .malformed("name") }
        guard let length = dictionary["piece length"]?.integer, let pieceLength = Int(exactly: length),
            Geometry(size: 0, pieceLength: pieceLength) != nil
        else { throw .malformed("piece length") }
        let files = try FileTree.decode(dictionary["file tree"])
        _ = try Self.totalSize(files)
        let certificate = dictionary["ssl-cert"]
        guard certificate == nil || certificate?.string != nil else { throw .malformed("ssl-cert") }

        self.name = name
        self.pieceLength = pieceLength
        self.files = files
        self.certificate = certificate?.string
        isPrivate = dictionary["private"]?.integer == 1
        bytes = value.encoded
        infoHash = InfoHash(Hash256(hashing: bytes))
    }

    private static func totalSize(_ files: [FileTreeEntry]) throws(MetainfoError) -> Int64 {
        var total: Int64 = 0
        for file in files {
            let (sum, overflow) = total.addingReportingOverflow(file.content.size)
            guard !overflow, sum <= ContentID.maximumSize else { throw .malformed("length") }
            total = sum
        }
        return total
    }
}

/// Why bytes are not metainfo that this program takes. All are faults of whoever made them.
package enum MetainfoError: Error, Hashable {
    /// More than ``Metainfo/maximumByteCount``.
    case tooLarge
    case bencode(BencodeError)
    /// The value of this key is missing, or not what BEP 52 asks for.
    case malformed(String)
    /// `meta version` is another than 2.
    case unsupportedVersion(Int64)
    /// A path that leaves its folder, or that no file system has.
    case unsafePath
    /// Two files of one path, or a file that is also a folder.
    case conflictingPaths
    /// The piece layer of the file with this root is not proven by it.
    case pieceLayer(root: Hash256, PieceLayerError)
    /// A file of several pieces without its piece layer.
    case missingPieceLayer(root: Hash256)
}
