import Content
import Wire

extension Geometry {
    /// How a block is asked for.
    func request(for block: BlockIndex) -> BlockRequest {
        let place = place(of: block)
        return BlockRequest(
            piece: UInt32(truncatingIfNeeded: place.piece.value), begin: UInt32(truncatingIfNeeded: place.begin),
            length: UInt32(truncatingIfNeeded: place.length))
    }

    /// The block that a peer's request means, nil unless it is exactly one of this content.
    func block(for request: BlockRequest) -> BlockIndex? {
        block(piece: Int(request.piece), begin: Int(request.begin), length: Int(request.length))
    }
}

extension HashRange {
    /// How the run is asked for, of the file with this root.
    func request(root: Hash256) -> HashRequest {
        HashRequest(
            root: root, baseLayer: UInt32(truncatingIfNeeded: baseLayer), index: UInt32(truncatingIfNeeded: index),
            length: UInt32(truncatingIfNeeded: length), proofLayers: UInt32(truncatingIfNeeded: proofLayers))
    }
}
