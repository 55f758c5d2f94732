package import Wire

/// What whoever may use the state directory asks of the server that runs on it: one line of JSON, answered by one.
///
/// It is what administrators may ask in a sealed session, see ``Administration``, and the same rules answer it.
package enum AdminRequest: Codable, Hashable, Sendable {
    case change(AdministrativeChange)
    /// What comes behind a key that an earlier part of the list ended with; empty for the start.
    case list(AdministrativeList, after: [UInt8])
}

package enum AdminAnswer: Codable, Hashable, Sendable {
    case done
    case invited(InviteEntry, server: ServerPlace)
    /// For each publication whether it was there.
    case takenDown([Bool])
    /// Some of a list, and the key behind which the rest comes; nil at the end.
    case part(AdminPart, next: [UInt8]?)
    case refused(DirectoryRefusal)
}

/// Entries of one kind.
package enum AdminPart: Codable, Hashable, Sendable {
    case invites([InviteEntry])
    case members([MemberEntry])
    case sessions([SessionEntry])
    case publications([PublicationEntry])
    case groups([GroupEntry])
    case groupMembers([UserName])
}

/// A publication of somebody's.
package struct PublicationEntry: Codable, Hashable, Sendable {
    package var name: FileName
    package var isFolder: Bool
    /// In bytes; nil while it is not hashed.
    package var size: Int64?

    package init(name: FileName, isFolder: Bool, size: Int64?) {
        self.name = name
        self.isFolder = isFolder
        self.size = size
    }
}

/// What a link to a server is made of, besides the host: that depends on who asks.
package struct ServerPlace: Codable, Hashable, Sendable {
    /// Of the network, in hexadecimal.
    package var pin: String
    package var port: UInt16
    /// The address that the server listens on alone; nil for all of the machine's.
    package var host: String?

    package init(pin: String, port: UInt16, host: String?) {
        self.pin = pin
        self.port = port
        self.host = host
    }
}
