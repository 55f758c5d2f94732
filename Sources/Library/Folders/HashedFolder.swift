package import Content
internal import Wire

/// What a folder was when it was hashed: its info dictionary, with what serving its files needs, and by what each of
/// them is known to be unchanged.
package struct HashedFolder: Sendable {
    /// In bytes: what peers hand on by ut_metadata (BEP 9).
    static let dictionaryLimit = MetadataMessage.maximumSize

    package let info: InfoDictionary
    package let hashes: PieceHashes
    /// In the order of the files.
    package let stamps: [FileStamp]

    package var layout: ContentLayout { hashes.layout }
    package var content: ContentID { hashes.layout.id }

    /// Nil where the stamps are not those of the files, or the dictionary is none of a folder that can be fetched.
    package init?(info: InfoDictionary, layers: [PieceLayer], stamps: [FileStamp]) {
        guard let layout = ContentLayout(info) else { return nil }
        self.init(info: info, hashes: PieceHashes(layout, layers: layers), stamps: stamps)
    }

    package init?(info: InfoDictionary, hashes: PieceHashes, stamps: [FileStamp]) {
        guard stamps.count == info.files.count, hashes.isComplete,
            zip(stamps, info.files).allSatisfy({ $0.size == $1.content.size })
        else { return nil }
        self.info = info
        self.hashes = hashes
        self.stamps = stamps
    }

    /// Whether what is there now are the same files, and none of them has changed.
    package func isUnchanged(in listing: FolderListing) -> Bool {
        listing.files.count == stamps.count
            && zip(listing.files, zip(info.files, stamps)).allSatisfy { $0.stamp == $1.1 && $0.path == $1.0.path }
    }
}

/// As it stands in the record.
extension HashedFolder {
    /// The piece layers of the files of several pieces, one after the other.
    var encodedLayers: [UInt8] {
        var bytes: [UInt8] = []
        for file in info.files.indices where layout.geometry.pieces(ofFiles: file..<file + 1).count > 1 {
            bytes += hashes.layer(ofFile: file)?.encoded ?? []
        }
        return bytes
    }

    private static let stampLength = 32

    /// Four numbers of 8 bytes a file; the size stands in the dictionary.
    var encodedStamps: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(stamps.count * Self.stampLength)
        for stamp in stamps {
            let numbers = [
                stamp.device, stamp.inode, UInt64(bitPattern: stamp.modified), UInt64(bitPattern: stamp.changed),
            ]
            for number in numbers { withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) } }
        }
        return bytes
    }

    /// Nil where these are not what belongs together.
    init?(info bytes: [UInt8], layers: [UInt8], stamps: [UInt8]) {
        guard let info = try? InfoDictionary(decoding: bytes), let layout = ContentLayout(info),
            stamps.count == info.files.count * Self.stampLength
        else { return nil }
        var rest = layers[...]
        var proven: [PieceLayer] = []
        for file in info.files.indices {
            let count = layout.geometry.pieces(ofFiles: file..<file + 1).count
            guard count > 1 else { continue }
            let encoded = rest.prefix(count * Hash256.byteCount)
            rest = rest.dropFirst(encoded.count)
            guard
                let layer = try? PieceLayer(
                    decoding: encoded, of: info.files[file].content, pieceLength: info.pieceLength)
            else { return nil }
            proven.append(layer)
        }
        self.init(
            info: info, hashes: PieceHashes(layout, layers: proven), stamps: Self.stamps(stamps, of: info.files))
    }

    private static func stamps(_ bytes: [UInt8], of files: [FileTreeEntry]) -> [FileStamp] {
        bytes.withUnsafeBytes { buffer in
            files.enumerated().map { number, file in
                func value(_ position: Int) -> UInt64 {
                    UInt64(
                        bigEndian: buffer.loadUnaligned(
                            fromByteOffset: number * stampLength + position * 8, as: UInt64.self))
                }
                return FileStamp(
                    device: value(0), inode: value(1), size: file.content.size,
                    modified: Int64(bitPattern: value(2)), changed: Int64(bitPattern: value(3)))
            }
        }
    }
}
