/// What a search is for: all of it has to hold of a publication.
package struct SearchQuery: Hashable, Sendable {
    /// Each has to stand somewhere in the name of a publication, not in those of the folders above it. Without one, every name
    /// will do.
    package var words: [[UInt8]]
    /// Without regard to case, in any script.
    package var ignoresCase: Bool
    /// In bytes. What has no size that is known is in no range.
    package var sizes: ClosedRange<Int64>?
    /// When it was published, in milliseconds since 1970.
    package var times: ClosedRange<Int64>?
    /// The name ends in a dot and one of these, without regard to case; empty: it may end in anything.
    package var extensions: [String]
    package var owner: UserName?
    package var order: Order
    /// Last things first.
    package var isReversed: Bool

    /// What a list is sorted by; what is equal there goes by name, and then by id.
    package enum Order: Int64, Hashable, Sendable, CaseIterable {
        /// As bytes.
        case name = 0
        /// The smallest first; what has none comes last.
        case size = 1
        /// The latest first.
        case age = 2
        /// Of active holders, the most first.
        case holders = 3
    }

    package init(
        words: [[UInt8]], ignoresCase: Bool = false, sizes: ClosedRange<Int64>? = nil, times: ClosedRange<Int64>? = nil,
        extensions: [String] = [], owner: UserName? = nil, order: Order = .name, isReversed: Bool = false
    ) {
        self.words = words
        self.ignoresCase = ignoresCase
        self.sizes = sizes
        self.times = times
        self.extensions = extensions
        self.owner = owner
        self.order = order
        self.isReversed = isReversed
    }

    package static let wordLimit = 16
    /// Of all words together: no name is longer.
    package static let byteLimit = 255
    package static let extensionLimit = 64
    package static let extensionByteLimit = 16

    /// Whether it can be asked at all.
    package var isPossible: Bool {
        words.count <= Self.wordLimit && words.reduce(0) { $0 + $1.count } <= Self.byteLimit
            && extensions.count <= Self.extensionLimit
            && extensions.allSatisfy { (1...Self.extensionByteLimit).contains($0.utf8.count) }
    }
}

/// A search, and which one of a session it is: the directory keeps what it found for as long as pages of it are asked for.
package struct Search: Hashable, Sendable {
    package var query: SearchQuery
    /// Random.
    package var number: Int64

    package init(_ query: SearchQuery, number: Int64) {
        self.query = query
        self.number = number
    }
}
