package import Content

/// The stable number of a publication: it outlives renaming, new content, and its owner's absence.
package struct PublicationID: RawRepresentable, Hashable, Sendable, Comparable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    package static func < (left: PublicationID, right: PublicationID) -> Bool { left.rawValue < right.rawValue }
}

/// What a member offers: a name in the network, and the content it stands for.
package struct Publication: Hashable, Sendable {
    package let id: PublicationID
    /// The published folder that it belongs to.
    package var parent: PublicationID?
    package var name: FileName
    package var visibility: Visibility
    /// Nil while it is *unhashed*: listed by name, hashed when someone asks for it.
    package var content: ContentID?
    /// A folder that is shared, or one in it: others stand below it, and it has no content of its own.
    package var isParent: Bool

    package init(
        id: PublicationID, parent: PublicationID? = nil, name: FileName, visibility: Visibility = .everybody,
        content: ContentID?, isParent: Bool = false
    ) {
        self.id = id
        self.parent = parent
        self.name = name
        self.visibility = visibility
        self.content = content
        self.isParent = isParent
    }
}

/// A publication as its owner asks for it. Publishing the same name below the same parent again
/// replaces the content and keeps the id; but what was a parent and is none any more, or the other way, is a new one.
package struct PublicationDraft: Hashable, Sendable {
    package var parent: PublicationID?
    package var name: FileName
    /// Nil leaves it as it is; what is new is for everybody. Only at the top is there one.
    package var visibility: Visibility?
    package var content: ContentID?
    /// In bytes, where it is not hashed yet.
    package var size: Int64?
    /// Others are to stand below it: it has no content.
    package var isParent: Bool

    package init(
        parent: PublicationID? = nil, name: FileName, visibility: Visibility? = nil, content: ContentID?,
        size: Int64? = nil, isParent: Bool = false
    ) {
        self.parent = parent
        self.name = name
        self.visibility = visibility
        self.content = content
        self.size = size
        self.isParent = isParent
    }
}

/// Says that a member holds a content, wholly or in part, that he did not publish: no publication, in
/// no list and no search, only among the sources of a content.
package struct HolderEntry: Hashable, Sendable {
    package var content: ContentID
    /// The publication through which it was fetched: the entry inherits its visibility.
    package var origin: PublicationID
    package var isWhole: Bool
    /// Only those may have it to whom the directory gives a ticket: so it was fetched.
    package var isRestricted: Bool

    package init(content: ContentID, origin: PublicationID, isWhole: Bool, isRestricted: Bool = false) {
        self.content = content
        self.origin = origin
        self.isWhole = isWhole
        self.isRestricted = isRestricted
    }
}
