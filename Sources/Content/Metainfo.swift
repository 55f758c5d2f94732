/// A torrent file of BitTorrent v2 (BEP 52): an info dictionary, and the piece layers of its files, each
/// proven against the file's root.
package struct Metainfo: Sendable {
    /// Larger files are refused. 64 MiB are the piece layers of 2 million pieces.
    package static let maximumByteCount = 64 << 20

    package let info: InfoDictionary
    /// One for every content of the dictionary but the empty one.
    package let layers: [ContentID: PieceLayer]

    /// Throws where a file of several pieces has no layer among these, or one of another piece length.
    package init(info: InfoDictionary, layers: [PieceLayer]) throws(MetainfoError) {
        var given: [ContentID: PieceLayer] = [:]
        for layer in layers where layer.geometry.pieceLength == info.pieceLength { given[layer.content] = layer }
        var all: [ContentID: PieceLayer] = [:]
        for content in Set(info.files.map(\.content)) where content != .empty {
            guard let layer = given[content] ?? PieceLayer(ofSmall: content, pieceLength: info.pieceLength) else {
                throw .missingPieceLayer(root: content.root)
            }
            all[content] = layer
        }
        self.info = info
        self.layers = all
    }

    /// Takes a stranger's torrent file.
    package init(decoding bytes: [UInt8]) throws(MetainfoError) {
        guard bytes.count <= Self.maximumByteCount else { throw .tooLarge }
        let value: Bencode
        do throws(BencodeError) { value = try Bencode(decoding: bytes) } catch { throw .bencode(error) }
        guard let dictionary = value.dictionary, let inner = dictionary["info"] else { throw .malformed("info") }
        let info = try InfoDictionary(inner)
        guard let encoded = dictionary["piece layers"]?.dictionary else { throw .malformed("piece layers") }

        var layers: [PieceLayer] = []
        for content in Set(info.files.map(\.content)) {
            guard let string = encoded[bytes: content.root.bytes]?.string else { continue }
            do throws(PieceLayerError) {
                layers.append(try PieceLayer(decoding: string, of: content, pieceLength: info.pieceLength))
            } catch {
                throw .pieceLayer(root: content.root, error)
            }
        }
        try self.init(info: info, layers: layers)
    }

    package var encoded: [UInt8] { encoded(announcingTo: nil) }

    /// - Parameter tracker: Its address, where clients find each other.
    package func encoded(announcingTo tracker: String?) -> [UInt8] {
        var encodedLayers = BencodeDictionary()
        for (content, layer) in layers where layer.hashes.count > 1 {
            encodedLayers[bytes: content.root.bytes] = .string(layer.encoded)
        }
        var bytes = Array("d".utf8)
        if let tracker { bytes += Array("8:announce\(tracker.utf8.count):\(tracker)".utf8) }
        bytes += Array("4:info".utf8)
        bytes += info.bytes
        bytes += Array("12:piece layers".utf8)
        Bencode.dictionary(encodedLayers).encode(into: &bytes)
        bytes.append(UInt8(ascii: "e"))
        return bytes
    }
}
