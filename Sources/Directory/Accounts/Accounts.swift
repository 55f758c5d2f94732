import Content
package import Wire

/// Who has an account.
///
/// Accounts have an origin. Those of the credentials file live by that file alone: they are here and never
/// in the store, as marks (see ``AccountsKey``), and each reading of the file replaces them all. The store only tells,
/// by seals, whether one is the same as when its member was last let in. Those who were invited are in the store, and here
/// as long as the program runs. A name that both have is the file's.
package struct Accounts: Sendable {
    package let key: AccountsKey
    private(set) var fileMarks: [UserName: Hash256]
    private var invited: [UserName: InvitedAccount] = [:]
    /// What an unknown user's password is compared with, so that he is refused by the same steps.
    private let decoy: Hash256

    package init(key: AccountsKey, file: CredentialsFile) {
        self.key = key
        fileMarks = file.marks
        decoy = key.mark(line: [])
    }

    package var count: Int { fileMarks.count + invited.keys.count { fileMarks[$0] == nil } }

    package func contains(_ user: UserName) -> Bool { fileMarks[user] != nil || invited[user] != nil }

    /// Whether somebody of that name would be let in.
    func admits(_ user: UserName) -> Bool { mark(of: user) != nil }

    func isFiled(_ user: UserName) -> Bool { fileMarks[user] != nil }

    func isInvited(_ user: UserName) -> Bool { invited[user] != nil }

    func invited(_ user: UserName) -> InvitedAccount? { invited[user] }

    /// Whether an admin keeps him out, as whoever has the password may know.
    func isDisabled(_ user: UserName) -> Bool { fileMarks[user] == nil && invited[user]?.isDisabled == true }

    /// Enters an account, or what it is now.
    mutating func insert(_ account: InvitedAccount) { invited[account.user] = account }

    /// - Returns: Who is not let in any more by what he was let in by.
    mutating func replaceInvited(by all: [InvitedAccount]) -> [UserName] {
        let former = invited
        invited = Dictionary(all.map { ($0.user, $0) }) { first, _ in first }
        return former.values.filter { isVoid($0) }.map(\.user)
    }

    /// Enters what another server made of an account; nil where there is none any more.
    ///
    /// - Returns: Whether the member is not let in any more by what he was let in by.
    mutating func learn(_ user: UserName, _ account: InvitedAccount?) -> Bool {
        let former = invited[user]
        invited[user] = account
        return former.map { isVoid($0) } ?? false
    }

    private func isVoid(_ former: InvitedAccount) -> Bool {
        guard fileMarks[former.user] == nil, !former.isDisabled else { return false }
        guard let account = invited[former.user], !account.isDisabled else { return true }
        return account.password != former.password
    }

    mutating func remove(_ user: UserName) { invited[user] = nil }

    /// Of a member who would be let in. The file gives nobody more than a member's.
    func role(of user: UserName) -> Role {
        guard fileMarks[user] == nil, let account = invited[user], !account.isDisabled else { return .member }
        return account.role
    }

    /// Who may administer the network.
    var admins: Set<UserName> { Set(invited.keys.filter { role(of: $0) == .admin }) }

    /// The first names behind one, at most so many.
    func names(after name: UserName?, limit: Int) -> Set<UserName> {
        var names: [UserName] = []
        // The last of those that are in anyway: most need not be sorted.
        var bound: UserName?
        for candidate in [Array(fileMarks.keys), Array(invited.keys)].joined() {
            if let name, candidate <= name { continue }
            if let bound, candidate > bound { continue }
            names.append(candidate)
            guard names.count >= 4 * limit else { continue }
            names = Array(Set(names).sorted().prefix(limit))
            bound = names.last
        }
        return Set(Set(names).sorted().prefix(limit))
    }

    /// What an account's tokens are bound to: it changes with the password. Nil for who is not let in.
    func mark(of user: UserName) -> Hash256? { fileMarks[user] ?? invited[user].flatMap(mark) }

    private func mark(of account: InvitedAccount) -> Hash256? {
        account.isDisabled ? nil : key.mark(user: account.user, password: account.password.stored)
    }

    /// Whether a member who was last let in under this seal would not be today: he has no account any more, or another
    /// password. Nil is a seal that nobody noted.
    func hasChanged(_ user: UserName, since seal: Hash256?) -> Bool {
        guard let mark = mark(of: user) else { return true }
        return seal.map { $0 != key.seal(mark) } ?? false
    }

    /// What a look at this user's password has to be paid with; nil where any salt will do.
    func salt(of user: UserName) -> [UInt8]? { fileMarks[user] == nil ? invited[user]?.password.salt : nil }

    /// The mark of a user whose password this is, also where he is disabled; nil for a wrong one and for an unknown user,
    /// who take the same steps.
    ///
    /// - Parameter hash: What was paid for this look, see ``salt(of:)``.
    func verify(_ password: [UInt8], of user: UserName, hash: Hash256) -> Hash256? {
        let account = fileMarks[user] == nil ? invited[user] : nil
        let known = fileMarks[user]
        let isFiled = key.mark(user: user, password: password).isEqualInConstantTime(to: known ?? decoy)
        let isInvited = hash.isEqualInConstantTime(to: account?.password.hash ?? decoy)
        if let account { return isInvited ? key.mark(user: user, password: account.password.stored) : nil }
        return isFiled ? known : nil
    }

    /// Whether this is the password of an invited account, paid for with its salt.
    func isRight(_ hash: Hash256, of account: InvitedAccount) -> Bool {
        hash.isEqualInConstantTime(to: account.password.hash)
    }

    mutating func replace(by file: CredentialsFile) { fileMarks = file.marks }

    /// What a new reading of the file would change.
    @concurrent
    static func changes(from old: [UserName: Hash256], to new: [UserName: Hash256]) async -> AccountChanges {
        var changes = AccountChanges()
        for (user, mark) in new {
            guard let former = old[user] else {
                changes.added.append(user)
                continue
            }
            if former != mark { changes.changed.append(user) }
        }
        changes.vanished = old.keys.filter { new[$0] == nil }
        changes.added.sort()
        changes.changed.sort()
        changes.vanished.sort()
        return changes
    }
}

package struct AccountChanges: Hashable, Sendable {
    package var added: [UserName] = []
    /// Have another password.
    package var changed: [UserName] = []
    package var vanished: [UserName] = []

    package init() {}

    package var isEmpty: Bool { added.isEmpty && changed.isEmpty && vanished.isEmpty }
}

/// What came of reading the credentials file again.
package enum CredentialsReload: Hashable, Sendable {
    package enum Fault: Hashable, Sendable {
        case missing
        /// No line of it makes an account.
        case withoutAccounts
    }

    /// The accounts are as they were.
    case ignored(Fault)
    /// Those who changed or vanished were expelled.
    case applied(AccountChanges, endedSessions: [SessionID])

    /// Why a reading must not govern: a file that is gone or says nothing is an accident of an editor or of a
    /// copy, and expels nobody.
    package static func fault(of file: CredentialsFile?) -> Fault? {
        guard let file else { return .missing }
        return file.marks.isEmpty ? .withoutAccounts : nil
    }
}
