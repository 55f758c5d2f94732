/// An invite that somebody may still join by. Its secret is not known any more.
package struct InviteEntry: Codable, Hashable, Sendable {
    package var id: Int64
    package var role: Role
    package var usesLeft: Int64
    /// Milliseconds since 1970.
    package var created: Int64
    package var expires: Int64

    package init(id: Int64, role: Role, usesLeft: Int64, created: Int64, expires: Int64) {
        self.id = id
        self.role = role
        self.usesLeft = usesLeft
        self.created = created
        self.expires = expires
    }
}

/// A member, as an administrator sees him.
package struct MemberEntry: Codable, Hashable, Sendable {
    package enum Standing: String, Codable, Hashable, Sendable, CaseIterable {
        case invited
        /// Not let in any more.
        case disabled
        /// His line stands in credentials.txt, and nothing else can change it.
        case filed
        /// Has no account any more, and left his name or publications.
        case gone
    }

    package var user: UserName
    package var standing: Standing
    package var role: Role
    package var isOnline: Bool
    /// Milliseconds since 1970; nil for one who was never there.
    package var lastSeen: Int64?
    package var publications: Int64

    package init(
        user: UserName, standing: Standing, role: Role, isOnline: Bool, lastSeen: Int64?, publications: Int64
    ) {
        self.user = user
        self.standing = standing
        self.role = role
        self.isOnline = isOnline
        self.lastSeen = lastSeen
        self.publications = publications
    }
}

/// Where a member is signed in just now.
package struct SessionEntry: Codable, Hashable, Sendable {
    package var user: UserName
    /// How people call the device.
    package var label: String
    /// As people write it.
    package var address: String
    /// Milliseconds since 1970.
    package var since: Int64
    package var lastHeard: Int64

    package init(user: UserName, label: String, address: String, since: Int64, lastHeard: Int64) {
        self.user = user
        self.label = label
        self.address = address
        self.since = since
        self.lastHeard = lastHeard
    }
}

package struct GroupEntry: Codable, Hashable, Sendable {
    package var name: UserName
    package var memberCount: Int64

    package init(name: UserName, memberCount: Int64) {
        self.name = name
        self.memberCount = memberCount
    }
}

/// A device of one's own that is signed in, or may sign in without the password.
package struct DeviceEntry: Hashable, Sendable {
    package var id: DeviceID
    /// How people call it; empty where that is not known.
    package var label: String
    /// When it last signed in, milliseconds since 1970.
    package var lastSignIn: Int64
    /// Until when it needs no password.
    package var expires: Int64
    package var isOnline: Bool
    /// The one that asks.
    package var isThis: Bool

    package init(id: DeviceID, label: String, lastSignIn: Int64, expires: Int64, isOnline: Bool, isThis: Bool) {
        self.id = id
        self.label = label
        self.lastSignIn = lastSignIn
        self.expires = expires
        self.isOnline = isOnline
        self.isThis = isThis
    }
}
