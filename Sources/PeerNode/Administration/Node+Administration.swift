import Connectivity
import DirectoryClient
package import NodeControl
import Wire

/// What admins do from their own client.
extension Node {
    package func invitations() async throws(NodeFailure) -> [Invitation] {
        try await asked { client throws(DirectoryClientFailure) in try await client.invites() }.map(Invitation.init)
    }

    package func invite(_ request: InvitationRequest) async throws(NodeFailure) -> NewInvitation {
        let session = try member()
        let bytes = (0..<InviteSecret.byteCount).map { _ in UInt8.random(in: 0...255) }
        guard let secret = InviteSecret(bytes) else { throw .internalError(detail: "a secret of another length") }
        let (milliseconds, isTooLong) = request.expiresInSeconds.multipliedReportingOverflow(by: 1_000)
        guard !isTooLong, Administration.lifetime.contains(milliseconds), Administration.uses.contains(request.uses)
        else { throw .invitationUnfit }
        let place = try place(request.address)
        let change = AdministrativeChange.invite(
            secret, uses: request.uses, role: Role(request.role ?? .member), lifetime: milliseconds)
        let entry: InviteEntry
        do throws(NodeFailure) {
            entry = try await asked { client throws(DirectoryClientFailure) in try await client.invite(change) }
        } catch {
            throw error.named("")
        }
        let link = InviteLink(network: NetworkLink(server: place, pin: session.parts.authority.pin), secret: secret)
        return NewInvitation(link: link.description, invitation: Invitation(entry))
    }

    private func place(_ address: String?) throws(NodeFailure) -> HostPort {
        let server = try member().server
        guard let address else { return server }
        if let place = try? HostPort(parsing: address) { return place }
        if let place = try? HostPort(host: address, port: server.port) { return place }
        throw .invitationUnfit
    }

    package func withdrawInvite(_ id: Int64) async throws(NodeFailure) {
        guard id > 0 else { throw .noSuchInvite }
        try await administer(.withdrawInvite(id))
    }

    package func members() async throws(NodeFailure) -> [MemberAccount] {
        try await asked { client throws(DirectoryClientFailure) in try await client.members() }.map(MemberAccount.init)
    }

    package func change(member name: String, _ change: MemberChange) async throws(NodeFailure) {
        let user = try user(name)
        let wanted: AdministrativeChange =
            switch change {
            case .disable: .disable(user)
            case .enable: .enable(user)
            case .remove: .remove(user)
            case .role(let role): .setRole(user, Role(role))
            case .password(let password): .setPassword(user, try newPassword(password))
            case .signOut: .signOut(user)
            }
        try await administer(wanted, about: name)
    }

    package func sessions() async throws(NodeFailure) -> [OnlineSession] {
        try await asked { client throws(DirectoryClientFailure) in try await client.sessions() }.map {
            OnlineSession(
                member: $0.user.text, device: $0.label, address: $0.address, since: $0.since, lastHeard: $0.lastHeard)
        }
    }

    package func publications(of member: String) async throws(NodeFailure) -> [PublishedFile] {
        let user = try user(member)
        return try await asked { client throws(DirectoryClientFailure) in try await client.publications(of: user) }
            .map { publication in
                var file = PublishedFile(publication.name.text, publication.content)
                if publication.isParent { file.isFolder = true }
                return file
            }
    }

    package func takeDown(name: String, of member: String) async throws(NodeFailure) {
        let user = try user(member)
        guard let file = try? FileName(name.hasSuffix("/") ? String(name.dropLast()) : name) else {
            throw .notPublished(name: name)
        }
        let isGone = try await asked { client throws(DirectoryClientFailure) in
            try await client.takeDown([file], of: user)
        }
        guard isGone == [true] else { throw .notPublished(name: name) }
    }

    package func groups() async throws(NodeFailure) -> [MemberGroup] {
        try await asked { client throws(DirectoryClientFailure) in try await client.groups() }.map {
            MemberGroup(name: $0.name.text, memberCount: $0.memberCount)
        }
    }

    package func members(ofGroup group: String) async throws(NodeFailure) -> [String] {
        guard let name = UserName(group) else { throw .noSuchGroup(group) }
        do throws(NodeFailure) {
            return try await asked { client throws(DirectoryClientFailure) in try await client.members(ofGroup: name) }
                .map(\.text)
        } catch {
            throw error.named(group)
        }
    }

    package func change(group: String, _ change: GroupChange) async throws(NodeFailure) {
        guard let name = UserName(group) else {
            if case .add = change { throw .userNameUnfit } else { throw .noSuchGroup(group) }
        }
        switch change {
        case .add: try await administer(.addGroup(name), about: group)
        case .remove: try await administer(.removeGroup(name), about: group)
        case .put(let members):
            let users = try self.users(members)
            for part in users { try await administer(.addMembers(part, to: name), about: group, of: part) }
        case .take(let members):
            let users = try self.users(members)
            for part in users { try await administer(.removeMembers(part, from: name), about: group, of: part) }
        }
    }

    // MARK: What they have in common

    /// - Parameter users: Those in the change, where it is about a group.
    private func administer(
        _ change: AdministrativeChange, about name: String = "", of users: [UserName] = []
    ) async throws(NodeFailure) {
        do throws(NodeFailure) {
            try await asked { client throws(DirectoryClientFailure) in try await client.administer(change) }
        } catch .noSuchMember where !users.isEmpty {
            throw .noSuchMember(await unknown(among: users).map(\.text).joined(separator: ", "))
        } catch {
            throw error.named(name)
        }
    }

    /// Which of them the refusal is about: it names none. Nobody where that cannot be told.
    private func unknown(among users: [UserName]) async -> [UserName] {
        guard let members = try? await members() else { return users.count == 1 ? users : [] }
        let known = Set(members.filter { $0.standing != .gone }.map(\.name))
        return users.filter { !known.contains($0.text) }
    }

    private func user(_ name: String) throws(NodeFailure) -> UserName {
        guard let user = UserName(name) else { throw .noSuchMember(name) }
        return user
    }

    /// In parts that fit a request.
    private func users(_ names: [String]) throws(NodeFailure) -> [[UserName]] {
        var parts: [[UserName]] = []
        for (number, name) in names.enumerated() {
            if number.isMultiple(of: Self.usersAtOnce) { parts.append([]) }
            parts[parts.count - 1].append(try user(name))
        }
        return parts
    }

    /// Names of the longest fit a datagram so often.
    private static var usersAtOnce: Int { 40 }
}

extension NodeFailure {
    /// With the name that was asked about, which the directory's refusal does not repeat.
    fileprivate func named(_ name: String) -> NodeFailure {
        switch self {
        case .noSuchMember: .noSuchMember(name)
        case .noSuchGroup: .noSuchGroup(name)
        case .nameTaken: .nameTaken(user: name)
        case .accountOfFile: .accountOfFile(name)
        case .quotaReached(let limit): .limitReached(limit: limit)
        default: self
        }
    }
}

extension Invitation {
    init(_ entry: InviteEntry) {
        self.init(
            id: entry.id, role: MemberRole(entry.role), usesLeft: entry.usesLeft, created: entry.created,
            expires: entry.expires)
    }
}

extension MemberAccount {
    init(_ entry: MemberEntry) {
        let standing: Standing =
            switch entry.standing {
            case .invited: .invited
            case .disabled: .disabled
            case .filed: .filed
            case .gone: .gone
            }
        self.init(
            name: entry.user.text, standing: standing, role: MemberRole(entry.role), isOnline: entry.isOnline,
            lastSeen: entry.lastSeen, publicationCount: entry.publications)
    }
}
