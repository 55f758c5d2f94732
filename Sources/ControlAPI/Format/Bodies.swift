import NodeControl

/// What requests and answers hold, besides the values of NodeControl. Server and client have them in common.
package enum ControlAPI {
    /// Of everything but the page and the files.
    package static let prefix = "/api/v1"
    /// In bytes.
    static let bodyLimit = 65_536
    /// Of one answer, or of one line of a long one.
    static let answerLimit = 64 * 1_048_576
}

struct PeersBody: Codable { var peers: [String] }
struct LinksBody: Codable { var links: [OpenLink] }
struct PublishedBody: Codable { var published: [PublishedFile] }
struct NamesBody: Codable { var names: [String] }
struct TransfersBody: Codable, Hashable { var transfers: [TransferStatus] }
/// What is to be published or shared.
struct OfferBody: Codable {
    var path: String
    /// Nil leaves it as it was.
    var audience: Audience?
}
/// What is to be considered of a path before and after it is published or shared.
struct CautionsBody: Codable {
    /// Where it leads.
    var place: String
    /// Nil where nothing speaks against it.
    var caution: PathCaution?
    var unlocked: [UnlockedFiles]
}
struct NameBody: Codable { var name: String }
struct VerdictBody: Codable { var answer: AskVerdict }
struct QueueBody: Codable {
    var name: String
    var output: String?
    /// Nil for the node's own download folder.
    var directory: String?
}
struct TorrentBody: Codable {
    var name: String
    var path: String
}
struct ImportBody: Codable {
    var path: String
    var content: String?
}
struct IdentityBody: Codable {
    var folder: String
    var days: Int
}
struct SharesBody: Codable { var shares: [ShareStatus] }
struct DevicesBody: Codable { var devices: [MemberDevice] }
struct PasswordChangeBody: Codable {
    var old: String
    var new: String
}
struct PasswordBody: Codable { var password: String }
struct RoleBody: Codable { var role: MemberRole }
struct InvitesBody: Codable { var invites: [Invitation] }
struct UsersBody: Codable { var users: [MemberAccount] }
struct SessionsBody: Codable { var sessions: [OnlineSession] }
struct GroupsBody: Codable { var groups: [MemberGroup] }
struct MembersBody: Codable { var members: [String] }
struct SearchesBody: Codable { var searches: [SavedSearch] }
struct SearchBody: Codable {
    var text: String
    var command: String?
}
struct MatchesBody: Codable { var matches: [SearchMatch] }
struct SettingsBody: Codable { var settings: [Setting] }
struct ValueBody: Codable { var value: String }
struct WebAddress: Codable { var url: String }
struct RowsBody: Codable { var rows: [String] }

/// What the node that answers is, besides who.
struct StatusBody: Codable {
    var member: String
    var server: String
    /// Where that is; absent where it says so itself.
    var at: String?
    var fingerprint: String
    var isServerThere: Bool
    var port: Int
    /// Absent where there is none.
    var proxy: String?
    /// Of the program that is the node.
    var version: String
    /// What the directory lets the member do.
    var role: MemberRole
    /// Milliseconds since it began to answer.
    var upMilliseconds: Int64
    /// Where files without another folder go.
    var downloads: String

    var status: NodeStatus {
        NodeStatus(
            member: member, server: server, at: at, fingerprint: fingerprint, isServerThere: isServerThere, port: port,
            proxy: proxy)
    }
}

/// Why there is no answer: the node's reason, or one of the interface's own.
struct FailureBody: Codable {
    var failure: NodeFailure?
    /// A few English words, for whoever writes a program against the interface.
    var refusal: String?
}

/// A line of a long answer: how far the work is, and at last what came of it.
struct LineBody<Result: Codable & Sendable>: Codable, Sendable {
    var progress: NodeProgress?
    var result: Result?
    var failure: NodeFailure?
}
