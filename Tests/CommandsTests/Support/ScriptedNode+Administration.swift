import NodeControl

/// What a scripted node answers about accounts.
struct ScriptedAdministration: Sendable {
    var role = MemberRole.member
    /// Of every change.
    var failure: NodeFailure?
    var devices: [MemberDevice] = []
    var invitations: [Invitation] = []
    var invited: Result<NewInvitation, NodeFailure> = .failure(.notAllowed)
    var members: [MemberAccount] = []
    var sessions: [OnlineSession] = []
    var publications: [PublishedFile] = []
    var groups: [MemberGroup] = []
    var groupMembers: [String] = []
}

extension ScriptedNode {
    private func done(_ question: String) throws(NodeFailure) {
        note(question)
        if let failure = answers.administration.failure { throw failure }
    }

    func role() throws(NodeFailure) -> MemberRole { answers.administration.role }

    func changePassword(old: String, new: String) throws(NodeFailure) { try done("changePassword \(old) \(new)") }

    func devices() throws(NodeFailure) -> [MemberDevice] { answers.administration.devices }

    func signOut(device: String) throws(NodeFailure) { try done("signOut \(device)") }

    func signOutOthers() throws(NodeFailure) { try done("signOutOthers") }

    func invitations() throws(NodeFailure) -> [Invitation] { answers.administration.invitations }

    func invite(_ request: InvitationRequest) throws(NodeFailure) -> NewInvitation {
        note("invite \(request.uses) \(request.expiresInSeconds) \(request.role ?? .member) \(request.address ?? "-")")
        return try answers.administration.invited.get()
    }

    func withdrawInvite(_ id: Int64) throws(NodeFailure) { try done("withdrawInvite \(id)") }

    func members() throws(NodeFailure) -> [MemberAccount] { answers.administration.members }

    func change(member: String, _ change: MemberChange) throws(NodeFailure) { try done("change \(member) \(change)") }

    func sessions() throws(NodeFailure) -> [OnlineSession] { answers.administration.sessions }

    func publications(of member: String) throws(NodeFailure) -> [PublishedFile] {
        note("publications \(member)")
        return answers.administration.publications
    }

    func takeDown(name: String, of member: String) throws(NodeFailure) { try done("takeDown \(name) \(member)") }

    func groups() throws(NodeFailure) -> [MemberGroup] { answers.administration.groups }

    func members(ofGroup group: String) throws(NodeFailure) -> [String] {
        note("members \(group)")
        return answers.administration.groupMembers
    }

    func change(group: String, _ change: GroupChange) throws(NodeFailure) { try done("change \(group) \(change)") }
}
