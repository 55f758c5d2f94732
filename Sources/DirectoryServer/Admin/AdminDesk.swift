import Directory
import Logging
import Wire

/// Does what the administrator asks of a running server.
struct AdminDesk: Sendable {
    let directory: Directory
    let place: ServerPlace
    let now: @Sendable () -> Int64
    let log: Logger

    func answer(_ request: AdminRequest) async -> AdminAnswer {
        do throws(AdminFailure) {
            switch request {
            case .invite(let uses, let role, let lifetime): return try await invite(uses, role, lifetime)
            case .openInvites: return .openInvites(try await open().map(OpenInvite.init))
            case .withdrawInvite(let id):
                let isGone = try await asked { try await directory.withdrawInvite(id) }
                guard isGone else { throw .unknownInvite }
                log.notice("Invitation taken back", metadata: ["number": "\(id)"])
                return .done
            }
        } catch {
            return .failed(error)
        }
    }

    private func invite(_ uses: Int64, _ role: String, _ lifetime: Int64) async throws(AdminFailure) -> AdminAnswer {
        guard let role = Role(name: role), AdminLimits.uses.contains(uses), AdminLimits.lifetime.contains(lifetime)
        else { throw .outOfRange }
        guard try await open().count < AdminLimits.openInvites else { throw .tooManyInvites }
        let (invite, secret) = try await asked { try await directory.invite(uses, as: role, until: now() + lifetime) }
        log.notice("Invited", metadata: ["number": "\(invite.id)", "role": "\(role.name)", "uses": "\(uses)"])
        return .invited(OpenInvite(invite), secret: secret.description, server: place)
    }

    private func open() async throws(AdminFailure) -> [Invite] {
        try await asked { try await directory.openInvites() }
    }

    private func asked<Value>(_ body: () async throws -> Value) async throws(AdminFailure) -> Value {
        do { return try await body() } catch {
            log.error("What an administrator asked for failed", metadata: ["reason": "\(error)"])
            throw .failed
        }
    }
}

extension OpenInvite {
    init(_ invite: Invite) {
        self.init(id: invite.id, role: invite.role.name, usesLeft: invite.usesLeft, expires: invite.expires)
    }
}

extension Role {
    /// As it is typed and shown.
    package var name: String {
        switch self {
        case .member: "member"
        case .admin: "admin"
        }
    }

    package init?(name: String) {
        guard let role = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }
}
