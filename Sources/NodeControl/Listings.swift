/// What others have, with sizes and owners: for lists that people look through.
package protocol NodeBrowsing: Sendable {
    /// What others have that is looked for.
    func listings(matching terms: SearchTerms) async throws(NodeFailure) -> FoundListings
    /// What a member has at the top, or in a folder that he shares. Throws ``NodeFailure/memberAway(name:)`` where he is
    /// not online, and ``NodeFailure/noSuchShare(member:folder:)`` where he has no such folder.
    ///
    /// - Parameter folder: As ``Listing/name`` has it; nil for the top.
    func browse(member: String, folder: String?) async throws(NodeFailure) -> FoundListings
}

extension NodeBrowsing {
    /// For one text, without regard to case.
    package func listings(matching text: String) async throws(NodeFailure) -> FoundListings {
        try await listings(matching: SearchTerms(text: text))
    }
}

/// Something that is to be had, under one name, from some members.
package struct Listing: Codable, Hashable, Sendable {
    /// From the top on, with slashes between: what `get` takes.
    package var name: String
    /// One that is a publication as a whole has a size and a root; one that is shared has neither, and can be looked into.
    package var isFolder: Bool
    /// In bytes; nil where it is not known.
    package var size: Int64?
    /// 64 hexadecimal digits; nil where it is empty, not hashed, or a folder that is shared.
    package var root: String?
    /// By name.
    package var owners: [String]
    /// When it was published, in milliseconds since 1970, lately where several did; nil where it is not known.
    package var published: Int64?
    /// Active members who have the content, where a search is sorted by that.
    package var holders: Int64?
    /// It is for others; whoever finds it may ask for it.
    package var isLocked: Bool
    /// It is for some, this member among them.
    package var isRestricted: Bool

    package init(
        name: String, isFolder: Bool, size: Int64?, root: String?, owners: [String], isLocked: Bool = false,
        isRestricted: Bool = false, published: Int64? = nil, holders: Int64? = nil
    ) {
        self.name = name
        self.isFolder = isFolder
        self.size = size
        self.root = root
        self.owners = owners
        self.isLocked = isLocked
        self.isRestricted = isRestricted
        self.published = published
        self.holders = holders
    }
}

/// In the order that was asked for, else by name; those of one name and content are one.
package struct FoundListings: Codable, Hashable, Sendable {
    package var listings: [Listing]
    /// False where there is more, which is not told.
    package var isComplete: Bool
    /// Where more than ``sortedLimit`` match, the order holds among those that were found first.
    package var isSortedInParts: Bool

    /// Of listings that match a text, and of those in one folder of a member.
    package static let matchingLimit = 500
    package static let folderLimit = 10_000
    package static let sortedLimit = 10_000

    package init(listings: [Listing], isComplete: Bool, isSortedInParts: Bool = false) {
        self.listings = listings
        self.isComplete = isComplete
        self.isSortedInParts = isSortedInParts
    }
}
