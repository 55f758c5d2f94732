/// Which way a link between two members came about.
package enum LinkPath: String, CaseIterable, Codable, Hashable, Comparable, Sendable {
    /// One of the two dialled the other where he listens.
    case direct
    /// The same, by a port that his router maps for him: as whoever dialled knows it.
    case mapped
    /// Whom we wanted to reach was called, and dialled us.
    case reverse
    /// Both dialled at the same moment, so that the NATs between them opened.
    case punched
    /// A relay carries its bytes, which it cannot read.
    case relayed

    /// Somebody else's line carries it: any other way is better.
    package var isRelayed: Bool { self == .relayed }

    /// The better one first.
    package static func < (left: LinkPath, right: LinkPath) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
