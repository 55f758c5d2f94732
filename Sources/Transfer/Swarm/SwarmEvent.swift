package import Content
package import Wire

/// What happens to a ``Swarm``.
package enum SwarmEvent: Sendable {
    /// - Parameter isDialled: From here; the other end dialled where false.
    case opened(LinkID, member: UserName, abilities: PeerAbilities, isDialled: Bool, path: LinkPath = .direct)
    case received(LinkID, [PeerMessage])
    /// The transport is gone, or its bytes make no sense.
    case closed(LinkID, LinkEnd)
    /// Of what this link is served: a slot, a read, hashes, what was sent.
    case upload(LinkID, UploadEvent)
    /// What those are shown who demand a ``Ticket``.
    case ticket([UInt8])
    /// Of what is fetched: blocks stored, pieces recorded, sources asked for.
    case download(DownloadEvent)
    /// Time passed. `canRead` is false where links are not read because memory is used up; `heldBack` are those whose
    /// blocks have come and wait for their turn in a limited rate.
    case tick(canRead: Bool, heldBack: Set<LinkID> = [])
}

/// What a ``Swarm`` wants done.
package enum SwarmAction: Sendable {
    case send(LinkID, [PeerMessage])
    case close(LinkID, LinkEnd)

    case read(LinkID, BlockRun)
    case hash(LinkID, HashJob)
    case wantSlot(LinkID, UserName, wish: Int)
    case releaseSlot(LinkID)
    /// A link cannot be served: in words, for the log.
    case unreadable(LinkID, String)
    /// The source is not the content any more: nothing of it may be served.
    case sourceChanged

    case store(StoreJob)
    case record([PieceIndex])
    /// These pieces are here from now on.
    case verified([PieceIndex])
    case askForSources(SourceRequest)
    /// A relay links these members: a way without one would take over.
    case lookForBetterWays(Set<UserName>)
    case notice(DownloadNotice)
    /// The hash of every piece is known from now on.
    case hashesKnown(PieceHashes)
    /// All is verified. What is to be recorded of it was said before.
    case fetched(DownloadSummary)
    /// There is no hope: how the last link of each member ended.
    case failed([UserName: LinkEnd])
}
