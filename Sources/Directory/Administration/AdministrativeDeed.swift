import Wire

/// What an administrator did, for the log: without secrets and passwords.
package struct AdministrativeDeed: Hashable, Sendable {
    package var what: String
    package var facts: [String: String]

    package init(_ what: String, _ facts: [String: String] = [:]) {
        self.what = what
        self.facts = facts
    }

    /// Nil where nothing was changed.
    ///
    /// - Parameter answers: What came of it.
    init?(_ change: AdministrativeChange, _ answers: [DirectoryAnswer]) {
        switch change {
        case .invite(_, let uses, let role, _): self.init("Invited", ["role": role.name, "uses": "\(uses)"])
        case .withdrawInvite(let id): self.init("Invitation taken back", ["number": "\(id)"])
        case .disable(let user): self.init("Member disabled", ["user": user.text])
        case .enable(let user): self.init("Member enabled", ["user": user.text])
        case .remove(let user): self.init("Member removed", ["user": user.text])
        case .setRole(let user, let role): self.init("Role set", ["role": role.name, "user": user.text])
        case .setPassword(let user, _): self.init("Password set", ["user": user.text])
        case .signOut(let user): self.init("Member signed out", ["user": user.text])
        case .takeDown(let names, let user):
            guard case .unpublishResults(let results)? = answers.first else { return nil }
            let gone = zip(names, results).filter { $1 }.map(\.0.text)
            guard !gone.isEmpty else { return nil }
            self.init("Publications taken down", ["names": "\(gone)", "user": user.text])
        case .addGroup(let group): self.init("Group added", ["group": group.text])
        case .removeGroup(let group): self.init("Group removed", ["group": group.text])
        case .addMembers(let users, let group):
            self.init("Members added to a group", ["group": group.text, "users": "\(users.map(\.text))"])
        case .removeMembers(let users, let group):
            self.init("Members removed from a group", ["group": group.text, "users": "\(users.map(\.text))"])
        }
    }
}
