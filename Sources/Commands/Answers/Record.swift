import FoundationEssentials
import NodeControl
import PeerNode
import Terminal
import Wire

/// What a command answers a program: one JSON object on a line of its own, such as `{"peer":{"member":"hans"},"v":1}`.
///
/// Docs/json.md is what others rely on: a kind or a key may come anew, but none changes its meaning or goes without a new
/// ``version``.
package struct Record: Sendable {
    /// What it is: the one key beside `v`.
    package enum Kind: String, CaseIterable, Sendable {
        case peer, published, publishing, unpublished, found, listing, incomplete
        case download, alreadyThere, transfer, limits
        case torrent, identity, share, ask, asked
        case search, match, blocked, setting
        case device, invitation, member, session, group, done
        case status, finding, command, network, nearby
        case progress, failure
    }

    package static let version = 1

    package let kind: Kind
    private let value: any Encodable & Sendable

    private init(_ kind: Kind, _ value: any Encodable & Sendable) {
        self.kind = kind
        self.value = value
    }

    /// - Parameter paths: Nil where nobody asked for them.
    static func peer(_ member: String, _ paths: [LinkKind]? = nil) -> Record {
        Record(.peer, Peer(member: member, paths: paths))
    }
    static func published(_ file: PublishedFile) -> Record { Record(.published, file) }
    static func publishing(_ publishing: Publishing) -> Record { Record(.publishing, publishing) }
    static func unpublished(_ name: String) -> Record { Record(.unpublished, Named(name: name)) }
    /// - Parameter shown: with a slash behind the name of a folder.
    static func found(_ shown: String) -> Record {
        let isFolder = shown.hasSuffix("/")
        return Record(.found, Found(name: isFolder ? String(shown.dropLast()) : shown, isFolder: isFolder))
    }
    static func listing(_ listing: Listing) -> Record { Record(.listing, listing) }
    /// Behind as many lines as are told.
    static func incomplete(limit: Int) -> Record { Record(.incomplete, Incomplete(limit: limit)) }
    static func download(_ outcome: DownloadOutcome) -> Record { Record(.download, outcome) }
    static func alreadyThere(_ name: String) -> Record { Record(.alreadyThere, Named(name: name)) }
    static func transfer(_ transfer: TransferStatus) -> Record { Record(.transfer, transfer) }
    static func limits(_ limits: NodeLimits) -> Record { Record(.limits, limits) }
    static func torrent(_ torrent: ExportedTorrent) -> Record { Record(.torrent, torrent) }
    static func identity(_ identity: ExportedIdentity) -> Record { Record(.identity, identity) }
    static func share(_ share: ShareStatus) -> Record { Record(.share, share) }
    static func ask(_ ask: AskStatus) -> Record { Record(.ask, ask) }
    static func asked(_ ask: AskStatus) -> Record { Record(.asked, ask) }
    static func search(_ search: SavedSearch) -> Record { Record(.search, search) }
    static func match(_ match: SearchMatch) -> Record { Record(.match, match) }
    static func blocked(_ member: String) -> Record { Record(.blocked, Peer(member: member)) }
    static func setting(_ setting: Setting) -> Record { Record(.setting, setting) }
    static func device(_ device: MemberDevice) -> Record { Record(.device, device) }
    static func invitation(_ invitation: Invitation, link: String?) -> Record {
        Record(.invitation, Invited(invitation: invitation, link: link))
    }
    static func member(_ member: MemberAccount) -> Record { Record(.member, member) }
    static func session(_ session: OnlineSession) -> Record { Record(.session, session) }
    static func group(_ group: MemberGroup) -> Record { Record(.group, group) }
    static func done(_ command: String, of item: String?) -> Record { Record(.done, Done(command: command, of: item)) }
    static func status(_ status: StatusReport) -> Record { Record(.status, status) }
    static func finding(_ finding: HealthFinding) -> Record { Record(.finding, finding) }
    static func command(_ form: CommandForm) -> Record { Record(.command, form) }
    static func network(_ network: Network) -> Record { Record(.network, network) }
    static func nearby(_ network: NearbyNetwork) -> Record {
        var user: String?
        if case .joined(let member) = network.standing { user = member.text }
        return Record(
            .nearby,
            Nearby(
                server: "\(network.server)", name: network.name, user: user,
                isKnown: network.standing != .unknown, fingerprint: "\(network.pin)"))
    }
    static func progress(_ progress: NodeProgress) -> Record { Record(.progress, progress) }
    static func failure(
        _ failure: NodeFailure, of item: String?, _ status: ExitStatus, finding: HealthFinding? = nil
    ) -> Record {
        Record(.failure, Failed(reason: failure, of: item, exitCode: status.rawValue, finding: finding))
    }

    struct Peer: Codable, Sendable {
        var member: String
        var paths: [LinkKind]?
    }

    struct Named: Codable, Sendable {
        var name: String
    }

    struct Found: Codable, Sendable {
        var name: String
        var isFolder: Bool
    }

    struct Invited: Codable, Sendable {
        var invitation: Invitation
        /// Of a new one alone.
        var link: String?
    }

    struct Done: Codable, Sendable {
        var command: String
        var of: String?
    }

    struct Incomplete: Codable, Sendable {
        var limit: Int
    }

    struct Network: Codable, Sendable {
        /// `host:port`
        var server: String
        var user: String
        /// The one that is meant where none is named.
        var isPreferred: Bool
        var fingerprint: String
    }

    struct Nearby: Codable, Sendable {
        /// `host:port`, where it says that it is.
        var server: String
        /// As it calls itself.
        var name: String
        /// Who joined it from here.
        var user: String?
        var isKnown: Bool
        var fingerprint: String
    }

    struct Failed: Codable, Sendable {
        var reason: NodeFailure
        /// Which of several.
        var of: String?
        var exitCode: Int32
        /// What doctor calls it.
        var finding: HealthFinding?
    }
}

extension Record: Encodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(Self.version, forKey: Key("v"))
        try container.encode(value, forKey: Key(kind.rawValue))
    }

    /// The line. What a terminal would take for more than text in it is escaped: no value changes by that.
    package var line: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Values of ours are numbers, texts and lists; a rate that is no number is none.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
        guard let data = try? encoder.encode(self) else { return "{\"v\":\(Self.version)}" }
        return Self.escaped(String(decoding: data, as: UTF8.self))
    }

    private static func escaped(_ json: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in json.unicodeScalars {
            guard scalar.value > 0x7E, SafeText(String(scalar)).text != String(scalar) else {
                line.append(scalar)
                continue
            }
            for unit in UTF16.encode(scalar) ?? .init() {
                let digits = String(unit, radix: 16)
                line.append(
                    contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
            }
        }
        return String(line)
    }
}
