package import NodeControl

/// What a scripted node answers about accounts.
package struct ScriptedAdministration: Sendable {
    package var role = MemberRole.member
    /// Of every change.
    package var failure: NodeFailure?
    package var devices: [MemberDevice] = []
    package var invitations: [Invitation] = []
    package var invited: Result<NewInvitation, NodeFailure> = .failure(.notAllowed)
    package var members: [MemberAccount] = []
    package var sessions: [OnlineSession] = []
    package var publications: [PublishedFile] = []
    package var groups: [MemberGroup] = []
    package var groupMembers: [String] = []

    package init() {}
}

extension ScriptedNode {
    private func done(_ question: String) throws(NodeFailure) {
        note(question)
        if let failure = answers.administration.failure { throw failure }
    }

    package func role() throws(NodeFailure) -> MemberRole { answers.administration.role }

    package func changePassword(old: String, new: String) throws(NodeFailure) {
        try done("changePassword \(old) \(new)")
    }

    package func devices() throws(NodeFailure) -> [MemberDevice] { answers.administration.devices }

    package func signOut(device: String) throws(NodeFailure) { try done("signOut \(device)") }

    package func signOutOthers() throws(NodeFailure) { try done("signOutOthers") }

    package func signOutHere() throws(NodeFailure) { try done("signOutHere") }

    package func invitations() throws(NodeFailure) -> [Invitation] { answers.administration.invitations }

    package func invite(_ request: InvitationRequest) throws(NodeFailure) -> NewInvitation {
        note("invite \(request.uses) \(request.expiresInSeconds) \(request.role ?? .member) \(request.address ?? "-")")
        return try answers.administration.invited.get()
    }

    package func withdrawInvite(_ id: Int64) throws(NodeFailure) { try done("withdrawInvite \(id)") }

    package func members() throws(NodeFailure) -> [MemberAccount] { answers.administration.members }

    package func change(member: String, _ change: MemberChange) throws(NodeFailure) {
        try done("change \(member) \(change)")
    }

    package func sessions() throws(NodeFailure) -> [OnlineSession] { answers.administration.sessions }

    package func publications(of member: String) throws(NodeFailure) -> [PublishedFile] {
        note("publications \(member)")
        return answers.administration.publications
    }

    package func takeDown(name: String, of member: String) throws(NodeFailure) {
        try done("takeDown \(name) \(member)")
    }

    package func groups() throws(NodeFailure) -> [MemberGroup] { answers.administration.groups }

    package func members(ofGroup group: String) throws(NodeFailure) -> [String] {
        note("members \(group)")
        return answers.administration.groupMembers
    }

    package func change(group: String, _ change: GroupChange) throws(NodeFailure) {
        try done("change \(group) \(change)")
    }
}
