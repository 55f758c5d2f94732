import NIOHTTP1
package import NodeControl

extension RemoteNode {
    // MARK: NodeAccount

    package func role() async throws(NodeFailure) -> MemberRole {
        try await client.get("/status", as: StatusBody.self).role
    }

    package func changePassword(old: String, new: String) async throws(NodeFailure) {
        try await client.perform(.POST, "/password", PasswordChangeBody(old: old, new: new))
    }

    package func devices() async throws(NodeFailure) -> [MemberDevice] {
        try await client.get("/devices", as: DevicesBody.self).devices
    }

    package func signOut(device: String) async throws(NodeFailure) {
        guard !device.isEmpty else { throw .noSuchDevice(device) }
        try await client.perform(.DELETE, "/devices/\(Self.part(device))")
    }

    package func signOutOthers() async throws(NodeFailure) { try await client.perform(.DELETE, "/devices") }

    package func signOutHere() async throws(NodeFailure) { try await client.perform(.POST, "/sign-out") }

    // MARK: NodeAdministration

    package func invitations() async throws(NodeFailure) -> [Invitation] {
        try await client.get("/admin/invites", as: InvitesBody.self).invites
    }

    package func invite(_ request: InvitationRequest) async throws(NodeFailure) -> NewInvitation {
        try await client.call(.POST, "/admin/invites", request, as: NewInvitation.self)
    }

    package func withdrawInvite(_ id: Int64) async throws(NodeFailure) {
        try await client.perform(.DELETE, "/admin/invites/\(id)")
    }

    package func members() async throws(NodeFailure) -> [MemberAccount] {
        try await client.get("/admin/users", as: UsersBody.self).users
    }

    package func change(member: String, _ change: MemberChange) async throws(NodeFailure) {
        guard !member.isEmpty else { throw .noSuchMember(member) }
        let path = "/admin/users/\(Self.part(member))"
        switch change {
        case .remove: try await client.perform(.DELETE, path)
        case .disable: try await client.perform(.POST, "\(path)/disable")
        case .enable: try await client.perform(.POST, "\(path)/enable")
        case .signOut: try await client.perform(.POST, "\(path)/sign-out")
        case .role(let role): try await client.perform(.POST, "\(path)/role", RoleBody(role: role))
        case .password(let password):
            try await client.perform(.POST, "\(path)/password", PasswordBody(password: password))
        }
    }

    package func sessions() async throws(NodeFailure) -> [OnlineSession] {
        try await client.get("/admin/sessions", as: SessionsBody.self).sessions
    }

    package func publications(of member: String) async throws(NodeFailure) -> [PublishedFile] {
        try await client.get("/admin/publications?of=\(Self.part(member))", as: PublishedBody.self).published
    }

    package func takeDown(name: String, of member: String) async throws(NodeFailure) {
        try await client.perform(
            .DELETE, "/admin/publications?of=\(Self.part(member))&name=\(Self.part(name))")
    }

    package func groups() async throws(NodeFailure) -> [MemberGroup] {
        try await client.get("/admin/groups", as: GroupsBody.self).groups
    }

    package func members(ofGroup group: String) async throws(NodeFailure) -> [String] {
        guard !group.isEmpty else { throw .noSuchGroup(group) }
        return try await client.get("/admin/groups/\(Self.part(group))", as: MembersBody.self).members
    }

    package func change(group: String, _ change: GroupChange) async throws(NodeFailure) {
        guard !group.isEmpty else { throw .noSuchGroup(group) }
        let path = "/admin/groups/\(Self.part(group))"
        switch change {
        case .add: try await client.perform(.PUT, path)
        case .remove: try await client.perform(.DELETE, path)
        case .put(let members): try await client.perform(.POST, "\(path)/put", MembersBody(members: members))
        case .take(let members): try await client.perform(.POST, "\(path)/take", MembersBody(members: members))
        }
    }
}
