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

    package let peer: SimulatedPeer
    /// Nil while it is away.
    var swarm: Swarm?
    var wire: SimulatedUplink
    /// When the last byte that is on its way to it will be there.
    var downlinkBusy: Duration = .zero
    var openLinks: Set<Int> = []

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

    package var isHonest: Bool { if case .honest = peer.behaviour { true } else { false } }
    /// Every byte is here, and right.
    package var isWhole: Bool { verified.isWhole && rightBlocks.allSatisfy(\.self) }
    package var isOnline: Bool { swarm != nil }

    /// Members that it convicted, with the blocks that convicted them.
    package var liars: [UserName: Set<Int>] {
        var liars: [UserName: Set<Int>] = [:]
        for case .sourceLied(let name, let lies) in notices {
            liars[name, default: []].formUnion(lies.map(\.block.value))
        }
        return liars
    }
}

/// What waits to leave a peer: links have their turns, a block each, as TCP streams share a line.
struct SimulatedUplink {
    struct Batch {
        let link: Int
        let messages: [PeerMessage]
        /// In bytes.
        let size: Int
    }

    let rate: Double
    var isBusy = false
    private var queues: [Int: [PeerMessage]] = [:]
    private var heads: [Int: Int] = [:]
    /// Links that have something to send, in the order of their turns.
    private var turns: [Int] = []
    private var nextTurn = 0

    init(rate: Double) { self.rate = rate }

    mutating func append(_ messages: [PeerMessage], on link: Int) {
        if queues[link] == nil {
            turns.append(link)
            heads[link] = 0
        }
        queues[link, default: []] += messages
    }

    mutating func forget(_ link: Int) {
        queues[link] = nil
        heads[link] = nil
    }

    /// Up to one block, and what stands before it.
    mutating func next() -> Batch? {
        while nextTurn < turns.count {
            let link = turns[nextTurn]
            nextTurn += 1
            if nextTurn > 1_024, nextTurn * 2 > turns.count {
                turns.removeFirst(nextTurn)
                nextTurn = 0
            }
            guard let head = heads[link], let count = queues[link]?.count else { continue }
            var messages: [PeerMessage] = []
            var size = 0
            var position = head
            while position < count, let message = queues[link]?[position] {
                messages.append(message)
                size += Self.size(message)
                position += 1
                if case .piece = message { break }
            }
            if position == count {
                forget(link)
            } else {
                heads[link] = position
                turns.append(link)
            }
            return Batch(link: link, messages: messages, size: size)
        }
        return nil
    }

    private static func size(_ message: PeerMessage) -> Int {
        switch message {
        case .piece(_, _, let data): data.readableBytes + 13
        case .bitfield(let bits): bits.count + 5
        case .hashes(_, let hashes): hashes.count * 32 + 53
        case .have: 9
        case .request, .cancel, .reject: 17
        default: 5
        }
    }
}
