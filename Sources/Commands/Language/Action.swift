package import NodeControl

/// What a command has done.
package enum Action: Hashable, Sendable {
    /// - isAsking: what is locked is asked for.
    case get(names: [String], output: String?, isAsking: Bool = false)
    /// The same, without waiting for it.
    case enqueue(names: [String], output: String?, isAsking: Bool = false)
    case listPeers
    case listPublished
    /// With sizes, and for whom.
    case listPublishedLong
    /// Nil for whom it was before.
    case publish(paths: [String], to: Audience? = nil)
    case search(SearchTerms)
    /// With sizes, ages and owners.
    case listMatching(SearchTerms)
    case saveSearch(SearchDraft)
    case listSearches
    /// What one found anew.
    case lookAtSearch(String)
    case forgetSearch(String)
    case browse(member: String, folder: String?)
    case unpublish(names: [String])
    case export(name: String, path: String)
    case identity(folder: String, days: Int)
    case importTorrent(path: String, content: String?)
    case listTransfers
    /// Each by its number or name.
    case change(transfers: [String], TransferChange)
    case showLimits
    case limit(LimitChange)
    case share(paths: [String], to: Audience? = nil)
    /// Each by its path or name.
    case unshare(paths: [String])
    case listShares
    case listAsks
    /// Each by its number.
    case answer(asks: [String], AskVerdict)
    case showStatus
    /// Nil without a member.
    case examine(member: String?)
    /// Nil where they are asked for.
    case changePassword(SecretSource?)
    case listBlocked
    case block(members: [String])
    case unblock(members: [String])
    case listSettings
    case showSetting(SettingKey)
    /// Nil has it be again what it is by itself.
    case set(SettingKey, String?)
    case listDevices
    /// By the beginning of its number.
    case signOut(device: String)
    case signOutOthers
    case admin(AdminTask)
    case leave
    /// Nil for all.
    case help(HelpTopic?)
}

extension Action {
    /// It is about what this computer has recorded, and needs no server.
    package var isOfRecord: Bool {
        switch self {
        case .listTransfers, .change, .showLimits, .limit: true
        default: false
        }
    }
}
