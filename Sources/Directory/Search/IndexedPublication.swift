package import Wire

/// A publication as a search looks at it.
package struct IndexedPublication: Hashable, Sendable {
    package var id: PublicationID
    /// What stands outermost above it: itself at the top.
    package var top: PublicationID
    /// The store's number of the owner.
    package var owner: Int64
    package var name: FileName
    /// In bytes; nil where it is not known.
    package var size: Int64?
    /// When it was published, in milliseconds since 1970.
    package var time: Int64
    /// For whom it is; nil for everybody, and for what has others above it.
    package var restriction: Restriction?

    package init(
        id: PublicationID, top: PublicationID, owner: Int64, name: FileName, size: Int64?, time: Int64,
        restriction: Restriction? = nil
    ) {
        self.id = id
        self.top = top
        self.owner = owner
        self.name = name
        self.size = size
        self.time = time
        self.restriction = restriction
    }
}

/// Whom a publication at the top is for, with all that stands below it.
package struct Restriction: Hashable, Sendable {
    /// Others see that it is there, but not what stands below.
    package var isListed: Bool
    package var readers: [Reader]

    /// A member or a group.
    package struct Reader: Hashable, Sendable {
        package var name: UserName
        /// In milliseconds since 1970; 0: it does not end.
        package var expires: Int64

        package init(name: UserName, expires: Int64) {
            self.name = name
            self.expires = expires
        }
    }

    package init(isListed: Bool, readers: [Reader]) {
        self.isListed = isListed
        self.readers = readers
    }
}

/// Who searches.
package struct Searcher: Sendable {
    /// The store's number of his account; what he owns is not found.
    package var number: Int64
    /// By which he is a reader: his own, and those of his groups.
    package var names: Set<UserName>
    /// In milliseconds since 1970.
    package var now: Int64

    package init(number: Int64, names: Set<UserName>, now: Int64) {
        self.number = number
        self.names = names
        self.now = now
    }

    func isReader(by restriction: Restriction) -> Bool {
        restriction.readers.contains { ($0.expires == 0 || $0.expires > now) && names.contains($0.name) }
    }
}
