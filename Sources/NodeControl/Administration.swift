/// What members with the role of an admin may do. Everybody else gets `.notAllowed`.
///
/// Members of the server's credentials.txt cannot be changed (`.accountOfFile`), and somebody who may administer always
/// remains (`.lastAdmin`).
package protocol NodeAdministration: Sendable {
    /// Those that somebody may still join by, by number.
    func invitations() async throws(NodeFailure) -> [Invitation]
    /// Lets people join. The link is known to whoever asked, and to nobody afterwards.
    func invite(_ request: InvitationRequest) async throws(NodeFailure) -> NewInvitation
    /// Throws `.noSuchInvite`.
    func withdrawInvite(_ id: Int64) async throws(NodeFailure)
    /// Everybody who has an account, or left something, by name.
    func members() async throws(NodeFailure) -> [MemberAccount]
    /// Throws `.noSuchMember`.
    func change(member: String, _ change: MemberChange) async throws(NodeFailure)
    /// Who is signed in, by name.
    func sessions() async throws(NodeFailure) -> [OnlineSession]
    /// What a member publishes, by name.
    func publications(of member: String) async throws(NodeFailure) -> [PublishedFile]
    /// Withdraws a publication of somebody's, as if he had; he may publish it again. Throws `.notPublished`.
    func takeDown(name: String, of member: String) async throws(NodeFailure)
    /// By name.
    func groups() async throws(NodeFailure) -> [MemberGroup]
    /// By name. Throws `.noSuchGroup`.
    func members(ofGroup group: String) async throws(NodeFailure) -> [String]
    /// Throws `.noSuchGroup`, `.noSuchMember`, and `.nameTaken` for the name of a member.
    func change(group: String, _ change: GroupChange) async throws(NodeFailure)
}

package struct InvitationRequest: Codable, Hashable, Sendable {
    /// How many may join by it: from 1 to 100,000.
    package var uses: Int64
    /// From a minute to 366 days.
    package var expiresInSeconds: Int64
    /// Of those who join by it; nil is a member.
    package var role: MemberRole?
    /// Where the server is reached, as `host` or `host:port`; nil for where this node reaches it.
    package var address: String?

    package init(uses: Int64 = 1, expiresInSeconds: Int64, role: MemberRole? = nil, address: String? = nil) {
        self.uses = uses
        self.expiresInSeconds = expiresInSeconds
        self.role = role
        self.address = address
    }
}

/// An invitation that somebody may still join by.
package struct Invitation: Codable, Hashable, Sendable {
    package var id: Int64
    package var role: MemberRole
    package var usesLeft: Int64
    /// Milliseconds since 1970.
    package var created: Int64
    package var expires: Int64

    package init(id: Int64, role: MemberRole, usesLeft: Int64, created: Int64, expires: Int64) {
        self.id = id
        self.role = role
        self.usesLeft = usesLeft
        self.created = created
        self.expires = expires
    }
}

package struct NewInvitation: Codable, Hashable, Sendable {
    /// Whoever has it can join: it is handed on as a password is.
    package var link: String
    package var invitation: Invitation

    package init(link: String, invitation: Invitation) {
        self.link = link
        self.invitation = invitation
    }
}

/// A member, as an administrator sees him.
package struct MemberAccount: Codable, Hashable, Sendable {
    package enum Standing: String, Codable, Hashable, Sendable, CaseIterable {
        case invited
        /// Not let in any more.
        case disabled
        /// His line stands in the server's credentials.txt, and nothing else can change it.
        case filed
        /// Has no account any more, and left his name or publications: removing him frees both.
        case gone
    }

    package var name: String
    package var standing: Standing
    package var role: MemberRole
    package var isOnline: Bool
    /// Milliseconds since 1970; nil for one who was never there.
    package var lastSeen: Int64?
    package var publicationCount: Int64

    package init(
        name: String, standing: Standing, role: MemberRole, isOnline: Bool, lastSeen: Int64?, publicationCount: Int64
    ) {
        self.name = name
        self.standing = standing
        self.role = role
        self.isOnline = isOnline
        self.lastSeen = lastSeen
        self.publicationCount = publicationCount
    }
}

package enum MemberChange: Codable, Hashable, Sendable {
    /// Lets him in no more; what he published stays.
    case disable
    case enable
    /// With all that he published.
    case remove
    case role(MemberRole)
    /// Signs him out everywhere, too.
    case password(String)
    /// On all his devices: he needs his password then.
    case signOut
}

/// Where a member is signed in just now.
package struct OnlineSession: Codable, Hashable, Sendable {
    package var member: String
    /// How people call the device.
    package var device: String
    package var address: String
    /// Milliseconds since 1970.
    package var since: Int64
    package var lastHeard: Int64

    package init(member: String, device: String, address: String, since: Int64, lastHeard: Int64) {
        self.member = member
        self.device = device
        self.address = address
        self.since = since
        self.lastHeard = lastHeard
    }
}

package struct MemberGroup: Codable, Hashable, Sendable {
    package var name: String
    package var memberCount: Int64

    package init(name: String, memberCount: Int64) {
        self.name = name
        self.memberCount = memberCount
    }
}

package enum GroupChange: Codable, Hashable, Sendable {
    /// Makes it, where it is not there.
    case add
    case remove
    case put([String])
    case take([String])
}
