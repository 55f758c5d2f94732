package import Content

package enum DirectoryAnswer: Hashable, Sendable {
    case network(NetworkDescription)
    case welcome(Welcome)
    case heartbeat(HeartbeatAnswer)
    /// What was asked is done.
    case done
    /// As whom the server sees the other end of the stream.
    case attached(Endpoint)
    case certificate([UInt8])
    case revocations(Page<Revocation>)
    case peers(Page<UserName>)
    case published(Page<Publication>)
    /// One result for each draft, in their order.
    case publishResults([PublishResult])
    /// One result for each name, id or arrangement, in their order: false where it was not published, or the place is
    /// taken.
    case unpublishResults([Bool])
    /// The content of what was wanted; nil while it is not hashed.
    case wanted(ContentID?)
    case names(Page<FoundName>)
    case found(Page<Finding>)
    case holders(Page<Holder>)
    case listings(Page<ListedPublication>)
    /// A sealed ``Ticket``.
    case ticket([UInt8])
    /// The path and query of the tracker's address; nil where the server is none.
    case tracker(String?)
    case asks(Page<AskEntry>)
    /// One's own.
    case devices(Page<DeviceEntry>)
    case invited(InviteEntry)
    case invites(Page<InviteEntry>)
    case members(Page<MemberEntry>)
    case sessions(Page<SessionEntry>)
    case groups(Page<GroupEntry>)
    case groupMembers(Page<UserName>)
    /// Where whom one wants to reach may be found, who is called at the same time.
    case whereabouts(Whereabouts)
    /// What came of dialling the device: at most ``DialledBack/limit``.
    case dialledBack([DialledBack])
    case crossing(Crossing)
    case refusal(DirectoryRefusal)
}

/// A page of a list, see ``PageWindow``.
package struct Page<Item: Hashable & Sendable>: Hashable, Sendable {
    /// Counted from the window's start.
    package var number: Int
    /// The key behind which this page starts, and that of its last item (equal where it is empty).
    package var after: [UInt8]
    package var last: [UInt8]
    /// Nothing comes behind this page.
    package var isFinal: Bool
    /// So much was found that the list is sorted in parts.
    package var isSortedInParts: Bool
    package var items: [Item]

    package init(
        number: Int, after: [UInt8], last: [UInt8], isFinal: Bool, isSortedInParts: Bool = false, items: [Item]
    ) {
        self.number = number
        self.after = after
        self.last = last
        self.isFinal = isFinal
        self.isSortedInParts = isSortedInParts
        self.items = items
    }
}

package struct NetworkDescription: Hashable, Sendable {
    /// The network's certificate, PEM, byte for byte as it stands in every info dictionary.
    package var certificatePEM: String
    /// Milliseconds since 1970, by the server's clock.
    package var serverTime: Int64

    package init(certificatePEM: String, serverTime: Int64) {
        self.certificatePEM = certificatePEM
        self.serverTime = serverTime
    }
}

package struct Welcome: Hashable, Sendable {
    /// The leaf for the device key, DER.
    package var certificate: [UInt8]
    /// 32 bytes, for the next login of this device without the password.
    package var token: [UInt8]
    package var pulse: HeartbeatAnswer

    package init(certificate: [UInt8], token: [UInt8], pulse: HeartbeatAnswer) {
        self.certificate = certificate
        self.token = token
        self.pulse = pulse
    }
}

package struct HeartbeatAnswer: Hashable, Sendable {
    /// Milliseconds between two heartbeats, and of silence after which a peer is no longer active.
    package var interval: Int64
    package var silenceLimit: Int64
    /// Milliseconds since 1970, by the server's clock: peers judge certificates by it.
    package var serverTime: Int64
    /// Grows when a name is revoked; 0 where none ever was.
    package var revocationSerial: Int64
    /// The member's own publications that others wait for and that are not hashed: at most ``wantedLimit``.
    package var wanted: [PublicationID]
    /// Of whoever asked.
    package var role: Role
    /// Grows when somebody asks the member for what is locked, or answers what he asked; 0 where nobody ever did since the
    /// server began.
    package var askSerial: Int64

    /// Where the network's servers are reached over UDP: at another one a client goes on with its token when this one is
    /// away. Empty where there is one alone; at most ``serverLimit``.
    package var servers: [Endpoint]

    package static let wantedLimit = 32
    package static let serverLimit = 8

    package init(
        interval: Int64, silenceLimit: Int64, serverTime: Int64, revocationSerial: Int64,
        wanted: [PublicationID] = [], role: Role = .member, askSerial: Int64 = 0, servers: [Endpoint] = []
    ) {
        self.interval = interval
        self.silenceLimit = silenceLimit
        self.serverTime = serverTime
        self.revocationSerial = revocationSerial
        self.wanted = wanted
        self.role = role
        self.askSerial = askSerial
        self.servers = servers
    }
}

/// A member whose certificates issued before `issuedBefore` are void.
package struct Revocation: Hashable, Sendable {
    package var serial: Int64
    package var user: UserName
    /// Milliseconds since 1970.
    package var issuedBefore: Int64

    package init(serial: Int64, user: UserName, issuedBefore: Int64) {
        self.serial = serial
        self.user = user
        self.issuedBefore = issuedBefore
    }
}

package enum PublishResult: Hashable, Sendable {
    case published(PublicationID)
    case refused(DirectoryRefusal)
}

/// A name that a search found.
package struct FoundName: Hashable, Sendable {
    package var name: FileName
    /// Somebody publishes a folder under it.
    package var isFolder: Bool

    package init(_ name: FileName, isFolder: Bool = false) {
        self.name = name
        self.isFolder = isFolder
    }
}

/// A publication that a lookup found.
package struct Finding: Hashable, Sendable {
    package var publication: PublicationID
    package var owner: UserName
    package var content: ContentID?
    /// Nil while the owner serves it; otherwise when he was last heard of, milliseconds since 1970 (0:
    /// not known).
    package var absentSince: Int64?
    /// Others stand below it.
    package var isParent: Bool
    package var access: Access

    package init(
        publication: PublicationID, owner: UserName, content: ContentID?, absentSince: Int64?, isParent: Bool = false,
        access: Access = .everybody
    ) {
        self.publication = publication
        self.owner = owner
        self.content = content
        self.absentSince = absentSince
        self.isParent = isParent
        self.access = access
    }
}

/// A publication in a list, with where it stands.
package struct ListedPublication: Hashable, Sendable {
    package var id: PublicationID
    package var owner: UserName
    /// The names of the folders above it, from the top, with slashes between them: the inner ones alone, where all are
    /// more than ``pathByteLimit``. Empty at the top.
    package var path: String
    package var name: FileName
    /// Where it is locked, unhashed without a size, or a parent.
    package var kind: Kind
    package var access: Access
    /// When, in milliseconds since 1970; nil where it is locked, or not known.
    package var published: Int64?
    /// How many active members have the content, where a list is sorted by that.
    package var holders: Int64?

    package enum Kind: Hashable, Sendable {
        case content(ContentID)
        /// Not hashed; its bytes, where its owner has said how many.
        case unhashed(Int64?)
        /// Others stand below it.
        case parent
    }

    package static let pathByteLimit = 512

    package init(
        id: PublicationID, owner: UserName, path: String, name: FileName, kind: Kind,
        access: Access = .everybody, published: Int64? = nil, holders: Int64? = nil
    ) {
        self.id = id
        self.owner = owner
        self.path = path
        self.name = name
        self.kind = kind
        self.access = access
        self.published = published
        self.holders = holders
    }
}

/// An active peer from which a content can be had.
package struct Holder: Hashable, Sendable {
    package var user: UserName
    /// Where to dial, best first: as the server sees the peer, then as the peer says.
    package var endpoints: [Endpoint]
    package var isWhole: Bool
    /// He gives only to those who show a ``Ticket``.
    package var demandsTicket: Bool
    /// Of a standard client: by which it knows the content. Nil is the canonical one.
    package var infoHash: TruncatedInfoHash?

    package init(
        user: UserName, endpoints: [Endpoint], isWhole: Bool, demandsTicket: Bool = false,
        infoHash: TruncatedInfoHash? = nil
    ) {
        self.user = user
        self.endpoints = endpoints
        self.isWhole = isWhole
        self.demandsTicket = demandsTicket
        self.infoHash = infoHash
    }
}

/// An address and a TCP port.
package struct Endpoint: Hashable, Sendable {
    package let port: UInt16
    private let packed: PackedAddress
    /// A router leads from there to whom it is told of.
    package let isMapped: Bool

    /// - Parameter address: 4 or 16 bytes, network order; nil for others, and for port 0.
    package init?(address: [UInt8], port: UInt16, isMapped: Bool = false) {
        guard port > 0, let packed = PackedAddress(address) else { return nil }
        self.init(packed, port, isMapped: isMapped)
    }

    private init(_ packed: PackedAddress, _ port: UInt16, isMapped: Bool) {
        self.packed = packed
        self.port = port
        self.isMapped = isMapped
    }

    package func isSamePlace(as other: Endpoint) -> Bool { packed == other.packed && port == other.port }

    package func mapped(_ isMapped: Bool = true) -> Endpoint { Endpoint(packed, port, isMapped: isMapped) }

    package var address: [UInt8] { packed.bytes }

    /// Without making an array of it.
    func withAddress<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result { packed.withBytes(body) }
}

/// An internet address of 4 or 16 bytes, in the place: without an allocation of its own, and wherever a byte may stand.
package struct PackedAddress: Hashable, Sendable {
    private let parts: [16 of UInt8]
    private let isShort: Bool

    /// Nil for a number of bytes that no address has.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        isShort = bytes.count == 4
        parts = InlineArray { $0 < bytes.count ? bytes[$0] : 0 }
    }

    /// Network order.
    package var bytes: [UInt8] { withBytes { Array($0) } }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: parts) { body(UnsafeRawBufferPointer(rebasing: $0.prefix(isShort ? 4 : 16))) }
    }

    private var words: (UInt64, UInt64) {
        withUnsafeBytes(of: parts) {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }

    package static func == (left: PackedAddress, right: PackedAddress) -> Bool {
        left.isShort == right.isShort && left.words == right.words
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(isShort)
    }
}
