package import Content
package import NIOCore

/// A message between peers after the handshake (BEP 3, BEP 6, BEP 10, BEP 52), as a value.
///
/// Numbers are as the wire has them: whoever receives one checks it against a ``Geometry``.
package enum PeerMessage: Hashable, Sendable {
    case keepAlive
    case choke
    case unchoke
    case interested
    case notInterested
    case have(piece: UInt32)
    /// Most significant bit first, one a piece; spare bits are zero.
    case bitfield([UInt8])
    case request(BlockRequest)
    case piece(piece: UInt32, begin: UInt32, data: ByteBuffer)
    case cancel(BlockRequest)
    // BEP 6
    case haveAll
    case haveNone
    case reject(BlockRequest)
    // BEP 10: the handshake is number 0
    case extended(number: UInt8, payload: ByteBuffer)
    // BEP 52
    case hashRequest(HashRequest)
    case hashes(HashRequest, [Hash256])
    case hashReject(HashRequest)
}

/// Part of a piece, in bytes.
package struct BlockRequest: Hashable, Sendable {
    package var piece: UInt32
    package var begin: UInt32
    package var length: UInt32

    package init(piece: UInt32, begin: UInt32, length: UInt32) {
        self.piece = piece
        self.begin = begin
        self.length = length
    }
}

/// A run of hashes of one layer of a file's Merkle tree, and the uncle hashes that tie it to the root
/// (BEP 52, "hash request").
package struct HashRequest: Hashable, Sendable {
    package var root: Hash256
    /// 0 is the layer of the blocks' hashes.
    package var baseLayer: UInt32
    /// First hash wanted: a multiple of `length`.
    package var index: UInt32
    /// How many: a power of two of at least 2.
    package var length: UInt32
    /// How many layers of uncles, counted from the base layer.
    package var proofLayers: UInt32

    package init(root: Hash256, baseLayer: UInt32, index: UInt32, length: UInt32, proofLayers: UInt32) {
        self.root = root
        self.baseLayer = baseLayer
        self.index = index
        self.length = length
        self.proofLayers = proofLayers
    }
}
