package import Content
import NIOCore
package import Transfer
package import Wire

/// A peer of a ``SwarmSimulator`` while it is there, and what it remembers while it is not.
package struct SimulatedNode {
    package enum Outcome: Equatable, Sendable {
        case finished
        case failed([UserName: LinkEnd])
        case diskFull
        /// It went, and does not come back.
        case left
    }

    enum Incoming {
        case arrived(link: Int, [PeerMessage])
        case closed(link: Int, LinkEnd)
        case event(SwarmEvent)
        case stored(StoreJob)
    }

    package let peer: SimulatedPeer
    package let isHonest: Bool
    package internal(set) var isOnline = false
    /// Nil while it is away.
    var swarm: Swarm?
    var wire: SimulatedUplink
    /// When the last byte that is on its way to it will be there.
    var downlinkBusy: Duration = .zero
    var openLinks: Set<Int> = []
    /// What it will hear of, by the moment in nanoseconds: all of a moment is taken at once.
    var inbox: [Int: [Incoming]] = [:]

    /// Pieces verified, recorded or not.
    package internal(set) var verified: PieceSet
    /// By block: it was stored last with the content's own bytes.
    package internal(set) var rightBlocks: [Bool]
    package internal(set) var storedBlocks = 0

    package internal(set) var outcome: Outcome?
    /// When it had all.
    package internal(set) var finishedAt: Duration?
    package internal(set) var summary: DownloadSummary?
    package internal(set) var recorded: [PieceIndex] = []
    /// When it recorded.
    package internal(set) var records: [Duration] = []
    package internal(set) var notices: [DownloadNotice] = []
    /// How its links ended, from its side, in the order of their ends.
    package internal(set) var ends: [LinkEnd] = []
    /// Blocks it was asked for, in order.
    package internal(set) var asked: [BlockRequest] = []
    package internal(set) var sentBlocks = 0
    /// Bytes of blocks that it sent.
    package internal(set) var sentBytes = 0
    /// Bytes that were sent again while others had not been sent once.
    package private(set) var sentTooEarly = 0
    /// By piece, how many bytes of it were sent.
    private var sentOfPiece: [Int]
    private var unsentPieces: Int

    init(_ peer: SimulatedPeer, geometry: Geometry) {
        self.peer = peer
        isHonest = if case .honest = peer.behaviour { true } else { false }
        wire = SimulatedUplink(rate: peer.uplink)
        switch peer.holding {
        case .all: verified = .all
        case .pieces(let pieces): verified = PieceSet(pieces, pieceCount: geometry.pieceCount)
        }
        rightBlocks = Array(repeating: false, count: geometry.blockCount)
        for piece in geometry.pieces where verified.contains(piece) {
            for block in geometry.blocks(of: piece) { rightBlocks[block.value] = true }
        }
        sentOfPiece = Array(repeating: 0, count: geometry.pieceCount)
        unsentPieces = geometry.pieceCount
    }

    mutating func note(_ size: Int, of number: Int, in geometry: Geometry) {
        guard let piece = geometry.piece(number) else { return }
        let length = geometry.length(of: piece)
        if sentOfPiece[number] >= length, unsentPieces > 0 { sentTooEarly += size }
        if sentOfPiece[number] < length, sentOfPiece[number] + size >= length { unsentPieces -= 1 }
        sentOfPiece[number] += size
    }

    /// Every byte is here, and right.
    package var isWhole: Bool { verified.isWhole && rightBlocks.allSatisfy(\.self) }

    /// Members that it convicted, with the blocks that convicted them.
    package var liars: [UserName: Set<Int>] {
        var liars: [UserName: Set<Int>] = [:]
        for case .sourceLied(let name, let lies) in notices {
            liars[name, default: []].formUnion(lies.map(\.block.value))
        }
        return liars
    }
}
