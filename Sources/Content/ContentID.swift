/// What a file *is*, whatever it is called: the root of its Merkle tree and its size.
///
/// The size belongs to the identity, because padding with zero hashes gives files of different
/// lengths trees that a liar could pass off as one another; someone who lies about the size names
/// another content and harms nobody else. A file of 0 bytes has no tree: its root is `Hash256.zero`.
package struct ContentID: Hashable, Sendable, Comparable {
    /// `pieces root` of BEP 52.
    package let root: Hash256
    /// In bytes.
    package let size: Int64

    /// The content of every file of 0 bytes.
    package static let empty = ContentID()

    private init() {
        root = .zero
        size = 0
    }

    /// Nil where no file can have this identity: a size that is negative or beyond
    /// ``maximumSize``, or one of 0 bytes with a root or the reverse.
    package init?(root: Hash256, size: Int64) {
        guard (0...Self.maximumSize).contains(size), (size == 0) == (root == .zero) else { return nil }
        self.root = root
        self.size = size
    }

    /// 2^50 bytes, 1 PiB: what the arithmetic of ``Geometry`` is proven for.
    package static let maximumSize: Int64 = 1 << 50

    package static func < (left: ContentID, right: ContentID) -> Bool {
        (left.root, left.size) < (right.root, right.size)
    }
}
