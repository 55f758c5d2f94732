/// What a file or a folder *is*, whatever it is called: the root of its Merkle tree and its size.
///
/// The size belongs to the identity, because padding with zero hashes gives files of different
/// lengths trees that a liar could pass off as one another; someone who lies about the size names
/// another content and harms nobody else. A file of 0 bytes has no tree: its root is `Hash256.zero`.
///
/// A folder has the info-hash of its canonical dictionary in the place of a root, and all its files' sizes together.
package struct ContentID: Hashable, Sendable, Comparable {
    package enum Kind: UInt8, Hashable, Sendable {
        case file = 0
        case folder = 1
    }

    /// `pieces root` of BEP 52, or an info-hash.
    package let root: Hash256
    /// In bytes.
    package let size: Int64
    package let kind: Kind

    /// The content of every file of 0 bytes.
    package static let empty = ContentID()

    private init() {
        root = .zero
        size = 0
        kind = .file
    }

    /// Nil where nothing can have this identity: a size that is negative or beyond ``maximumSize``, a file of 0 bytes
    /// with a root or the reverse, or a folder without a byte.
    package init?(root: Hash256, size: Int64, kind: Kind = .file) {
        guard (0...Self.maximumSize).contains(size), (size == 0) == (root == .zero), kind == .file || size > 0
        else { return nil }
        self.root = root
        self.size = size
        self.kind = kind
    }

    /// 2^50 bytes, 1 PiB: what the arithmetic of ``Geometry`` is proven for.
    package static let maximumSize: Int64 = 1 << 50

    package static func < (left: ContentID, right: ContentID) -> Bool {
        (left.root, left.size, left.kind.rawValue) < (right.root, right.size, right.kind.rawValue)
    }
}

extension ContentID {
    /// Tells contents apart in the names of files that are made for them.
    package var key: Hash256 {
        Hash256(hashing: root.bytes + withUnsafeBytes(of: sizeAndKind.bigEndian) { Array($0) })
    }
}

/// Kind and size as one number, for the wire and for columns: the kind in the highest byte, so that it is the size
/// where it is a file.
extension ContentID {
    private static let kindShift: Int64 = 56

    package var sizeAndKind: Int64 { Int64(kind.rawValue) << Self.kindShift | size }

    package static func size(of sizeAndKind: Int64) -> Int64 { sizeAndKind & (1 << kindShift - 1) }

    /// Nil where nothing can have this identity.
    package init?(root: Hash256, sizeAndKind number: Int64) {
        guard number >= 0, let kind = Kind(rawValue: UInt8(truncatingIfNeeded: number >> Self.kindShift)) else {
            return nil
        }
        self.init(root: root, size: Self.size(of: number), kind: kind)
    }
}
