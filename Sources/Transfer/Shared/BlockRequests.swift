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

    /// The block that a request means which asks for a full one, zeros after the end of the file included: so
    /// libtorrent 2.0 asks for the last block of each file, in whose piece space files end with padding.
    func paddedBlock(for request: BlockRequest) -> BlockIndex? {
        guard let piece = piece(Int(request.piece)), request.length == Self.blockLength,
            request.begin.isMultiple(of: UInt32(Self.blockLength))
        else { return nil }
        return blocks(of: piece).dropFirst(Int(request.begin) / Self.blockLength).first
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
