import HTTPTypes
import Hummingbird
import NodeControl

extension Routes {
    func account(_ api: RouterGroup<Context>) {
        api.get("devices") { _, _ in try await answer { DevicesBody(devices: try await node.devices()) } }
        api.delete("devices") { _, _ in try await perform { try await node.signOutOthers() } }
        api.delete("devices/{device}") { _, context in
            let device = try part("device", context)
            return try await perform { try await node.signOut(device: device) }
        }
        api.post("password") { request, _ in
            var request = request
            let change = try await body(PasswordChangeBody.self, &request)
            return try await perform { try await node.changePassword(old: change.old, new: change.new) }
        }
    }

    func administration(_ api: RouterGroup<Context>) {
        let admin = api.group("admin")
        invitations(admin)
        users(admin)
        groups(admin)
        admin.get("sessions") { _, _ in try await answer { SessionsBody(sessions: try await node.sessions()) } }
        admin.get("publications") { request, _ in
            let member = try query("of", request)
            return try await answer { PublishedBody(published: try await node.publications(of: member)) }
        }
        admin.delete("publications") { request, _ in
            let (member, name) = (try query("of", request), try query("name", request))
            return try await perform { try await node.takeDown(name: name, of: member) }
        }
    }

    private func invitations(_ admin: RouterGroup<Context>) {
        admin.get("invites") { _, _ in try await answer { InvitesBody(invites: try await node.invitations()) } }
        admin.post("invites") { request, _ in
            var request = request
            let wanted = try await body(InvitationRequest.self, &request)
            return try await answer { try await node.invite(wanted) }
        }
        admin.delete("invites/{number}") { _, context in
            guard let number = Int64(try part("number", context)) else {
                throw HTTPError(.badRequest, message: "invitations have numbers")
            }
            return try await perform { try await node.withdrawInvite(number) }
        }
    }

    private func users(_ admin: RouterGroup<Context>) {
        admin.get("users") { _, _ in try await answer { UsersBody(users: try await node.members()) } }
        admin.delete("users/{member}") { _, context in try await change(.remove, context) }
        admin.post("users/{member}/disable") { _, context in try await change(.disable, context) }
        admin.post("users/{member}/enable") { _, context in try await change(.enable, context) }
        admin.post("users/{member}/sign-out") { _, context in try await change(.signOut, context) }
        admin.post("users/{member}/role") { request, context in
            var request = request
            return try await change(.role(try await body(RoleBody.self, &request).role), context)
        }
        admin.post("users/{member}/password") { request, context in
            var request = request
            return try await change(.password(try await body(PasswordBody.self, &request).password), context)
        }
    }

    private func change(_ change: MemberChange, _ context: Context) async throws -> Response {
        let member = try part("member", context)
        return try await perform { try await node.change(member: member, change) }
    }

    private func groups(_ admin: RouterGroup<Context>) {
        admin.get("groups") { _, _ in try await answer { GroupsBody(groups: try await node.groups()) } }
        admin.get("groups/{group}") { _, context in
            let group = try part("group", context)
            return try await answer { MembersBody(members: try await node.members(ofGroup: group)) }
        }
        admin.put("groups/{group}") { _, context in
            let group = try part("group", context)
            return try await perform { try await node.change(group: group, .add) }
        }
        admin.delete("groups/{group}") { _, context in
            let group = try part("group", context)
            return try await perform { try await node.change(group: group, .remove) }
        }
        for (path, change) in [("groups/{group}/put", GroupChange.put), ("groups/{group}/take", GroupChange.take)] {
            admin.post(RouterPath(path)) { request, context in
                var request = request
                let members = try await body(MembersBody.self, &request).members
                let group = try part("group", context)
                return try await perform { try await node.change(group: group, change(members)) }
            }
        }
    }
}
