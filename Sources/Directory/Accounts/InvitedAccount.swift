package import Content
package import Wire

/// The account of a member who was invited: it lives in the store.
package struct InvitedAccount: Hashable, Sendable {
    package var user: UserName
    package var password: StoredPassword
    package var role: Role
    /// SHA-256 of what tells the attempt by which it was made from others, see ``Join/attempt``.
    package var attempt: Hash256
    /// Not let in any more.
    package var isDisabled: Bool

    /// Let in, and an administrator.
    package var administers: Bool { role == .admin && !isDisabled }

    package init(
        user: UserName, password: StoredPassword, role: Role, attempt: Hash256, isDisabled: Bool = false
    ) {
        self.user = user
        self.password = password
        self.role = role
        self.attempt = attempt
        self.isDisabled = isDisabled
    }
}

/// A password as it may be kept: its scrypt (RFC 7914), see ``PasswordChecks``.
package struct StoredPassword: Hashable, Sendable {
    package static let saltByteCount = 16
    /// Tells with which parameters the hash was made: those of ``ScryptCost/standard``.
    private static let version: UInt8 = 1

    package var salt: [UInt8]
    package var hash: Hash256

    package init(salt: [UInt8], hash: Hash256) {
        self.salt = salt
        self.hash = hash
    }

    /// Nil for what this program never wrote.
    package init?(stored bytes: [UInt8]) {
        guard bytes.count == 1 + Self.saltByteCount + Hash256.byteCount, bytes[0] == Self.version,
            let hash = Hash256(bytes[(1 + Self.saltByteCount)...])
        else { return nil }
        self.init(salt: Array(bytes[1...Self.saltByteCount]), hash: hash)
    }

    package var stored: [UInt8] { [Self.version] + salt + hash.bytes }
}

/// What lets people join. Its secret is known to those who were told it, and to nobody else.
package struct Invite: Hashable, Sendable {
    /// Given by the store.
    package var id: Int64
    /// SHA-256 of the secret, which has as many bits as can be guessed by nobody.
    package var seal: Hash256
    /// Of those who join by it.
    package var role: Role
    /// How many may still.
    package var usesLeft: Int64
    /// Milliseconds since 1970.
    package var created: Int64
    package var expires: Int64

    package init(id: Int64 = 0, seal: Hash256, role: Role, usesLeft: Int64, created: Int64, expires: Int64) {
        self.id = id
        self.seal = seal
        self.role = role
        self.usesLeft = usesLeft
        self.created = created
        self.expires = expires
    }

    package func isOpen(at now: Int64) -> Bool { usesLeft > 0 && now < expires }
}

extension InviteSecret {
    package var seal: Hash256 { Hash256(hashing: bytes) }
}

/// What came of wanting to join.
package enum Joining: Hashable, Sendable {
    case joined
    case inviteInvalid
    /// Somebody has the name, or a group; or somebody had it and left publications.
    case nameTaken
}
