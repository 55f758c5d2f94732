/// The roots of subtrees that hold nothing but padding, by layer: 32 zero bytes at layer 0 (BEP 52).
package enum MerklePadding {
    private static let roots: [Hash256] = {
        var roots: [Hash256] = [.zero]
        for layer in 0..<Int.bitWidth { roots.append(Hash256(left: roots[layer], right: roots[layer])) }
        return roots
    }()

    /// The layer must be from 0 to 64.
    package static func root(layer: Int) -> Hash256 { roots[layer] }
}

/// Folds a run of neighbouring nodes into the node above them all, as they come, in the memory of one
/// node a layer.
///
/// Invariant: for each bit that is set in ``count``, `complete` holds the finished subtree of that many
/// nodes, the widest first.
package struct MerkleFold: Sendable {
    /// Where the nodes stand that are appended.
    package let layer: Int
    /// How many were appended.
    package private(set) var count = 0
    private var complete: [Hash256] = []

    package init(layer: Int = 0) { self.layer = layer }

    package mutating func append(_ node: Hash256) {
        var node = node
        for _ in 0..<count.trailingZeroBitCountOfOnes {
            guard let left = complete.popLast() else { break }
            node = Hash256(left: left, right: node)
        }
        complete.append(node)
        count += 1
    }

    /// The node at `top` above all that was appended, the rest padded. `top` must be high enough to
    /// cover them all.
    package func root(at top: Int) -> Hash256 {
        var rest = complete
        var node: Hash256?
        for height in 0..<(top - layer) {
            let padding = MerklePadding.root(layer: layer + height)
            if count >> height & 1 == 1, let left = rest.popLast() {
                node = Hash256(left: left, right: node ?? padding)
            } else if let left = node {
                node = Hash256(left: left, right: padding)
            }
        }
        return node ?? rest.last ?? MerklePadding.root(layer: top)
    }

    package mutating func removeAll() {
        count = 0
        complete.removeAll(keepingCapacity: true)
    }
}

extension Int {
    /// How many ones its binary form ends with.
    fileprivate var trailingZeroBitCountOfOnes: Int { (~self).trailingZeroBitCount }
}

/// A run of neighbouring nodes, and all layers above it up to the one node over them all.
///
/// Padding is not stored: a node that covers nothing else is made up when asked for.
package struct MerkleTree: Sendable {
    /// Where the lowest nodes stand.
    package let base: Int
    /// Where the root stands.
    package let top: Int
    /// Lowest first, without padding.
    private let layers: [[Hash256]]

    /// Nil where there are more nodes than fit below `top`.
    package init?(_ nodes: [Hash256], base: Int, top: Int) {
        guard base >= 0, top >= base, top < Int.bitWidth - 1, nodes.count <= 1 << (top - base) else { return nil }
        self.base = base
        self.top = top
        var layers = [nodes]
        var below = nodes
        for layer in base..<top {
            var above: [Hash256] = []
            above.reserveCapacity((below.count + 1) / 2)
            for left in stride(from: 0, to: below.count, by: 2) {
                let right = left + 1 < below.count ? below[left + 1] : MerklePadding.root(layer: layer)
                above.append(Hash256(left: below[left], right: right))
            }
            layers.append(above)
            below = above
        }
        self.layers = layers
    }

    package var root: Hash256 { node(layer: top, index: 0) ?? MerklePadding.root(layer: top) }

    /// Nil where the tree has no such node.
    package func node(layer: Int, index: Int) -> Hash256? {
        guard (base...top).contains(layer), index >= 0, index < 1 << (top - layer) else { return nil }
        let nodes = layers[layer - base]
        return index < nodes.count ? nodes[index] : MerklePadding.root(layer: layer)
    }
}
