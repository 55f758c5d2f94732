import Content
import NIOCore
import Wire

/// Which of two ways a peer has of asking for the last blocks of files, where these are short.
///
/// BEP 52 leaves a gap behind a file that does not fill its last piece. libtorrent 2.0 sees there the padding file that a
/// hybrid torrent would have (BEP 47): it asks for a block that lies partly in it as for a whole one, and takes no
/// shorter answer. So both are answered, the longer one with zeros behind the file's bytes.
struct TailPadding {
    private let geometry: Geometry
    private var isWanted = false

    init(_ geometry: Geometry) { self.geometry = geometry }

    /// The block that a request means, nil unless it is exactly one of this content.
    mutating func block(for request: BlockRequest) -> BlockIndex? {
        if let block = geometry.block(for: request) { return block }
        guard let piece = geometry.piece(Int(request.piece)), let last = geometry.blocks(of: piece).last,
            request == padded(last)
        else { return nil }
        isWanted = true
        return last
    }

    /// How this peer asks for a block.
    func request(for block: BlockIndex) -> BlockRequest { isWanted ? padded(block) : geometry.request(for: block) }

    /// Brings a block's bytes to the length that this peer asks for.
    func fill(_ data: inout ByteBuffer, of block: BlockIndex) {
        let missing = Int(request(for: block).length) - data.readableBytes
        if missing > 0 { data.writeRepeatingByte(0, count: missing) }
    }

    private func padded(_ block: BlockIndex) -> BlockRequest {
        var request = geometry.request(for: block)
        request.length = UInt32(Geometry.blockLength)
        return request
    }
}
