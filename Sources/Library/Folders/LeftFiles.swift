internal import Content

/// How a download that ended in order left the files of its partial folder: whoever goes on with it believes what the
/// record says of those that are still so, and reads the others once more.
///
/// Stands behind the two copies of the ``PartialRecord``: 8 bytes of magic, the folder's root (32), the length of what
/// follows (8), then for each file its number (4), the first 16 bytes of the SHA-256 of its stamp, how many hashes its
/// piece layer has (4; 0 where it is not known) and these; in the end the SHA-256 of all that. Numbers are big-endian.
struct LeftFiles: Equatable, Sendable {
    struct File: Equatable, Sendable {
        /// Of the stamp.
        let digest: [UInt8]
        /// As ``PieceLayer/encoded``; empty where it is not known.
        let layer: [UInt8]
    }

    private static let magic = Array("BTLEFT2\n".utf8)
    private static let headerLength = magic.count + Hash256.byteCount + 8
    private static let digestLength = 16
    private static let entryLength = 4 + digestLength + 4

    /// By number.
    private(set) var files: [Int: File] = [:]

    init() {}

    /// - Parameter layer: nil where it is not known, or needs no keeping as it is the file's root.
    mutating func insert(_ number: Int, _ stamp: FileStamp, _ layer: PieceLayer?) {
        files[number] = File(digest: Self.digest(stamp), layer: layer?.encoded ?? [])
    }

    /// Nil where the file was not left so.
    func file(_ number: Int, _ stamp: FileStamp) -> File? {
        guard let file = files[number], file.digest == Self.digest(stamp) else { return nil }
        return file
    }

    private static func digest(_ stamp: FileStamp) -> [UInt8] {
        Array(Hash256(hashing: stamp.bytes).bytes.prefix(digestLength))
    }

    // MARK: As it stands in the record

    /// In bytes: none of such a folder is longer.
    static func maximumLength(of layout: ContentLayout) -> Int {
        headerLength + layout.fileCount * entryLength + (layout.geometry.pieceCount + 1) * Hash256.byteCount
    }

    func encoded(of folder: ContentID) -> [UInt8] {
        var body: [UInt8] = []
        for (number, file) in files.sorted(by: { $0.key < $1.key }) {
            body += UInt64(number).bigEndianBytes.suffix(4)
            body += file.digest
            body += UInt64(file.layer.count / Hash256.byteCount).bigEndianBytes.suffix(4)
            body += file.layer
        }
        let bytes = Self.magic + folder.root.bytes + UInt64(body.count).bigEndianBytes + body
        return bytes + Hash256(hashing: bytes).bytes
    }

    /// Nil for what no download of this folder wrote to its end.
    init?(decoding bytes: ArraySlice<UInt8>, of folder: ContentID) {
        let start = Self.magic + folder.root.bytes
        guard bytes.starts(with: start), bytes.count >= Self.headerLength + Hash256.byteCount else { return nil }
        let header = bytes.prefix(Self.headerLength)
        guard let length = Int(exactly: UInt64(bigEndianBytes: header.suffix(8))),
            length <= bytes.count - Self.headerLength - Hash256.byteCount
        else { return nil }
        let checked = bytes.prefix(Self.headerLength + length)
        guard Hash256(bytes[checked.endIndex...].prefix(Hash256.byteCount)) == Hash256(hashing: checked) else {
            return nil
        }
        var rest = checked.dropFirst(Self.headerLength)
        while !rest.isEmpty {
            guard rest.count >= Self.entryLength else { return nil }
            let entry = rest.prefix(Self.entryLength)
            let number = UInt64(bigEndianBytes: entry.prefix(4))
            let digest = Array(entry.dropFirst(4).prefix(Self.digestLength))
            let layerLength = Int(UInt64(bigEndianBytes: entry.suffix(4))) * Hash256.byteCount
            rest = rest.dropFirst(entry.count)
            guard layerLength <= rest.count else { return nil }
            files[Int(number)] = File(digest: digest, layer: Array(rest.prefix(layerLength)))
            rest = rest.dropFirst(layerLength)
        }
    }
}

extension UInt64 {
    var bigEndianBytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * $0)) } }

    /// Of at most 8 bytes.
    init(bigEndianBytes bytes: some Sequence<UInt8>) { self = bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}

extension FileStamp {
    /// All of it, in 40 bytes.
    var bytes: [UInt8] {
        [
            device, inode, UInt64(bitPattern: size), UInt64(bitPattern: modified), UInt64(bitPattern: changed),
        ].flatMap(\.bigEndianBytes)
    }
}
