package import Wire

/// One's own account, and what admins may ask.
extension DirectoryClient {
    /// Takes another password, and signs in anew with it in the same session: certificate and token are new.
    package func changePassword(
        from old: [UInt8], to new: [UInt8]
    ) async throws(DirectoryClientFailure) -> Welcome {
        guard var login = keeper.account?.login else { throw .notSignedIn }
        guard case .done = try await one(.account(.changePassword(old: old, new: new)), patience: .login) else {
            throw .strange("account")
        }
        login.proof = .password(new)
        return try await signIn(login)
    }

    package func devices() async throws(DirectoryClientFailure) -> [DeviceEntry] {
        try items(await ask(.list { .account(.devices($0)) })) {
            if case .devices(let page) = $0 { page.items } else { nil }
        }
    }

    package func signOut(_ device: DeviceID) async throws(DirectoryClientFailure) {
        guard case .done = try await one(.account(.signOut(device))) else { throw .strange("account") }
    }

    package func signOutOthers() async throws(DirectoryClientFailure) {
        guard case .done = try await one(.account(.signOutOthers)) else { throw .strange("account") }
    }

    // MARK: For admins

    /// Changes that are answered by nothing but that they are done.
    package func administer(_ change: AdministrativeChange) async throws(DirectoryClientFailure) {
        // One that sets a password may have to queue for that.
        let patience: Patience = if case .remove = change { .removal } else { .login }
        guard case .done = try await one(.administer(.change(change)), patience: patience) else {
            throw .strange("administer")
        }
    }

    package func invite(_ change: AdministrativeChange) async throws(DirectoryClientFailure) -> InviteEntry {
        guard case .invited(let entry) = try await one(.administer(.change(change))) else { throw .strange("invite") }
        return entry
    }

    /// For each name whether it was published.
    package func takeDown(_ names: [FileName], of user: UserName) async throws(DirectoryClientFailure) -> [Bool] {
        guard case .unpublishResults(let results) = try await one(.administer(.change(.takeDown(names, of: user))))
        else { throw .strange("take-down") }
        return results
    }

    package func invites() async throws(DirectoryClientFailure) -> [InviteEntry] {
        try await list(.invites) { if case .invites(let page) = $0 { page.items } else { nil } }
    }

    package func members() async throws(DirectoryClientFailure) -> [MemberEntry] {
        try await list(.members) { if case .members(let page) = $0 { page.items } else { nil } }
    }

    package func sessions() async throws(DirectoryClientFailure) -> [SessionEntry] {
        try await list(.sessions) { if case .sessions(let page) = $0 { page.items } else { nil } }
    }

    package func publications(of user: UserName) async throws(DirectoryClientFailure) -> [Publication] {
        try await list(.publications(of: user)) { if case .published(let page) = $0 { page.items } else { nil } }
    }

    package func groups() async throws(DirectoryClientFailure) -> [GroupEntry] {
        try await list(.groups) { if case .groups(let page) = $0 { page.items } else { nil } }
    }

    package func members(ofGroup group: UserName) async throws(DirectoryClientFailure) -> [UserName] {
        try await list(.groupMembers(group)) { if case .groupMembers(let page) = $0 { page.items } else { nil } }
    }

    private func list<Item>(
        _ list: AdministrativeList, _ unwrap: (DirectoryAnswer) -> [Item]?
    ) async throws(DirectoryClientFailure) -> [Item] {
        try items(await ask(.list { .administer(.list(list, $0)) }), unwrap)
    }
}
