/// Which way a link to another member came about.
package enum LinkKind: String, CaseIterable, Codable, Sendable {
    /// One of the two dialled the other where he listens.
    case direct
    /// The same, by a port that the other's router maps for him.
    case mapped
    /// Whom this one wanted to reach was called, and dialled back.
    case reverse
    /// Both dialled at the same moment, so that the routers between them opened.
    case punched
    /// A relay carries its bytes, which it cannot read.
    case relayed
}

/// A link that is open now.
package struct OpenLink: Codable, Hashable, Sendable {
    package var member: String
    package var path: LinkKind

    package init(member: String, path: LinkKind) {
        self.member = member
        self.path = path
    }
}
