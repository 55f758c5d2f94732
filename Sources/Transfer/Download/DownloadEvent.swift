package import Content
package import NIOCore
package import Wire

/// What happens to a ``Download``.
package enum DownloadEvent: Sendable {
    /// - Parameter isDialled: From here; the other end dialled where false.
    case opened(
        LinkID, member: UserName, abilities: PeerAbilities, isDialled: Bool = true, path: LinkPath = .direct)
    case received(LinkID, [PeerMessage])
    /// The transport is gone, or its bytes make no sense.
    case closed(LinkID, LinkEnd)
    /// A ``StoreJob`` is done: what its blocks hash to, in their order.
    case stored(first: BlockIndex, hashes: [Hash256])
    /// ``DownloadAction/record(_:)`` is done.
    case recorded
    /// ``DownloadAction/askForSources(_:)`` is done: links that came of it were opened before.
    case asked
    /// The peer wants something from here, or nothing any more.
    case leeches(LinkID, Bool)
    /// Somebody reads what comes: the numbers of the pieces from his place on, which are wanted first, for each who does.
    /// Holds until the next of these.
    case prefer([Range<Int>])
    /// Nobody will come who is not there yet: where nothing can be hoped for of those who are, it ends.
    case giveUp
    /// Time passed. `canRead` is false where links are not read because memory is used up; `heldBack` are those whose
    /// blocks have come and wait for their turn in a limited rate.
    case tick(canRead: Bool, heldBack: Set<LinkID> = [])

    var isStored: Bool { if case .stored = self { true } else { false } }
}

/// What a ``Download`` wants done.
package enum DownloadAction: Sendable {
    case send(LinkID, [PeerMessage])
    case store(StoreJob)
    case record([PieceIndex])
    /// These pieces are whole from now on: they can be served.
    case verified([PieceIndex])
    case close(LinkID, LinkEnd)
    case askForSources(SourceRequest)
    /// A relay links these members: a way without one would take over.
    case lookForBetterWays(Set<UserName>)
    case notice(DownloadNotice)
    /// All is verified; what ``Download/unrecorded`` says is still to be recorded.
    case finished
    /// There is no hope: how the last link of each member ended.
    case failed([UserName: LinkEnd])
}

/// Neighbouring blocks that have arrived, to be hashed and written.
package struct StoreJob: Sendable {
    package let first: BlockIndex
    /// One a block.
    package private(set) var blocks: [ByteBuffer]
    /// In bytes.
    package private(set) var size: Int

    /// Jobs do not grow beyond so many bytes, so that several can be worked on at the same time.
    private static let sizeLimit = 1 << 20

    init(_ block: BlockIndex, _ data: ByteBuffer) {
        first = block
        blocks = [data]
        size = data.readableBytes
    }

    /// False where the block does not follow, or the job is large enough.
    mutating func append(_ block: BlockIndex, _ data: ByteBuffer) -> Bool {
        guard block.value == first.value + blocks.count, size < Self.sizeLimit else { return false }
        blocks.append(data)
        size += data.readableBytes
        return true
    }
}
