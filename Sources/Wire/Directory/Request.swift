package import Content

/// Everything that a client may ask of the directory. Each request is idempotent, so that a client may
/// repeat it blindly; that is the whole loss handling.
package enum DirectoryRequest: Hashable, Sendable {
    /// The network's certificate and settings; needs no login.
    case network
    case login(Login)
    /// Makes an account for whoever has an invitation; needs no login. The same attempt again is done too.
    case join(Join)
    case heartbeat
    case goodbye
    /// Binds the stream on which it comes to the session, which goes on living where it does. On anything but a stream it is
    /// malformed.
    case attach
    /// A new certificate, for the device key or another one of the member's, good for so many days: from 1 to
    /// ``MemberCertificateTerms/longestDays``.
    case renew(devicePublicKey: [UInt8], days: Int = 1)
    /// The names revoked since a serial that heartbeat answers carry.
    case revocations(since: Int64, window: PageWindow)
    /// Active peers, without oneself.
    case peers(PageWindow)
    /// One's own publications.
    case published(PageWindow)
    case publish([PublicationDraft])
    case unpublish([FileName])
    /// Which of one's own publications can be served from here, by id: only these are active.
    case serve(add: [PublicationID], remove: [PublicationID])
    case hold(add: [HolderEntry], remove: [ContentID])
    /// Names of active peers' publications but one's own that a search finds: each once, as far as its list is sorted.
    case search(Search, PageWindow)
    /// Every publication of that exact name but one's own, of active and of absent owners.
    case lookup(name: FileName, PageWindow)
    /// Active peers from which a content can be had, whatever they call it.
    case holders(ContentID, PageWindow)
    /// Active publications, with where they stand.
    case listings(ListingQuery, PageWindow)
    /// What stands at a path below a parent, whose ever it is; of names, at least one.
    case descend(PublicationID, [FileName])
    /// The content of an active publication. Where it is not hashed, its owner learns with his next heartbeat that
    /// somebody waits for it, unless this is not asked again for a while.
    case want(PublicationID)
    /// A ``Ticket`` for a content of which one may have some publication.
    case ticket(ContentID)
    /// What the torrent of a content tells the tracker, see ``TrackerPath``.
    case tracker(ContentID)
    /// Asks the owner of a locked publication for it.
    case ask(PublicationID)
    /// Who asks for what of one's own, and was not answered.
    case asks(PageWindow)
    /// What oneself has asked for lately, and what came of it.
    case asked(PageWindow)
    case answerAsk(Int64, Verdict)
    /// Whether each of these is a member or a group, for which something can be published; at most ``Readers/limit``.
    case readers([UserName])
    /// Gives one's own publications other names, or moves them to other parents: with all that stands below.
    case arrange([Arrangement])
    /// Removes one's own publications, with what stands below, by id.
    case withdraw([PublicationID])
    /// Brings the caller together with another member who is there: the same attempt again calls him again.
    case reach(Reach)
    /// Where the device is besides where the server sees it, in place of what its login said: at most
    /// ``Login/localAddressLimit``. Where it is elsewhere than before, some members are told of that, at most
    /// ``DirectoryMessage/toldOfMoveLimit``.
    case locate([Endpoint], telling: [UserName] = [])
    /// Has the directory look at this device from outside.
    case probe(Probe)
    /// What came of a trial of which a call told, for whoever wanted it.
    case report(TrialReport)
    /// About one's own account.
    case account(AccountRequest)
    /// For administrators alone.
    case administer(Administration)
}

/// The place that a publication is to have, below a parent that has the same top.
package struct Arrangement: Hashable, Sendable {
    package var id: PublicationID
    package var parent: PublicationID
    package var name: FileName

    package init(id: PublicationID, parent: PublicationID, name: FileName) {
        self.id = id
        self.parent = parent
        self.name = name
    }
}

/// Which publications are listed.
package enum ListingQuery: Hashable, Sendable {
    /// Those of others that a search finds.
    case matching(Search)
    /// Those that a member has at the top, or below one of his publications.
    case of(UserName, below: PublicationID?)
}

package struct Login: Hashable, Sendable {
    package enum Proof: Hashable, Sendable {
        case password([UInt8])
        /// The resumption token of this device's earlier login.
        case token([UInt8])
    }

    package var user: UserName
    package var proof: Proof
    /// Random, 16 bytes, kept with the state of the device.
    package var device: DeviceID
    /// How people call the device (its host name), at most 64 bytes.
    package var deviceLabel: String
    /// This program holds the lock of its device's state: what is left there of a dead one is replaced.
    package var takesOver: Bool
    /// P-256, DER of the SubjectPublicKeyInfo.
    package var devicePublicKey: [UInt8]
    /// TCP port that peers dial.
    package var listeningPort: UInt16
    /// Further addresses of the device, besides the one that the server sees: at most 4.
    package var localAddresses: [Endpoint]

    package init(
        user: UserName, proof: Proof, device: DeviceID, deviceLabel: String, takesOver: Bool,
        devicePublicKey: [UInt8], listeningPort: UInt16, localAddresses: [Endpoint]
    ) {
        self.user = user
        self.proof = proof
        self.device = device
        self.deviceLabel = deviceLabel
        self.takesOver = takesOver
        self.devicePublicKey = devicePublicKey
        self.listeningPort = listeningPort
        self.localAddresses = localAddresses
    }
}

/// Who wants to be a member, and by which invitation.
package struct Join: Hashable, Sendable {
    package var invite: InviteSecret
    package var user: UserName
    /// Of ``Login/leastPasswordByteCount`` to ``Login/passwordByteLimit`` bytes. Nil asks only whether he could join so.
    package var password: [UInt8]?
    /// Random, ``attemptByteCount`` bytes, the same where this is asked for once more: by it who did not hear of his success is
    /// known again.
    package var attempt: [UInt8]

    package static let attemptByteCount = 16

    package init(invite: InviteSecret, user: UserName, password: [UInt8]?, attempt: [UInt8]) {
        self.invite = invite
        self.user = user
        self.password = password
        self.attempt = attempt
    }
}

/// 16 random bytes that name one device of a member.
///
/// Kept as two words rather than an array: a server has one for each peer that is there.
package struct DeviceID: Hashable, Sendable {
    package static let byteCount = 16
    private let front, back: UInt64

    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        (front, back) = bytes.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }

    package var bytes: [UInt8] { withUnsafeBytes(of: (front, back)) { Array($0) } }
}

/// Which pages of a long answer are wanted.
///
/// A list is in the order of its keys. The server cuts what comes behind `after` into pages of what
/// fits a datagram, numbers them from 0, and sends those in `wanted`; each page says behind which key
/// it starts and with which it ends, so that the client sees whether two of them join. Nothing is kept
/// on the server between two requests.
package struct PageWindow: Hashable, Sendable {
    package static let limit = 32

    /// The key behind which page 0 starts; empty for the start of the list. At most 300 bytes.
    package var after: [UInt8]
    /// Bit n asks for page n.
    package var wanted: UInt32

    package init(after: [UInt8] = [], wanted: UInt32 = .max) {
        self.after = after
        self.wanted = wanted
    }
}
