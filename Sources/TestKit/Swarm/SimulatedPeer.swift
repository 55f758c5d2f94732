package import Content
import NIOCore
package import Transfer
package import Wire

/// Who takes part in a ``SwarmSimulator``, and how well he means it.
package struct SimulatedPeer: Sendable {
    /// What becomes of messages before they reach the wire.
    package enum Behaviour: Sendable {
        case honest
        /// Flips a bit of these blocks.
        case lies(Set<Int>)
        /// Says nothing any more after so many blocks.
        case stalls(afterBlocks: Int)
        /// Hangs up after so many blocks.
        case vanishes(afterBlocks: Int)
        /// Flips a bit of hashes that it is asked for.
        case falseHashes
        case rejectsHashes
        case ignoresHashes
        /// Rejects all requests.
        case rejectsBlocks
        /// Sends each block twice.
        case repeatsBlocks
        /// Sends blocks of a wrong length.
        case shortBlocks
        /// Says nothing at all.
        case mute
        /// Announces pieces that there are not.
        case badBitfield
        case floods
    }

    package enum Holding: Sendable {
        case all
        /// What an earlier run verified.
        case pieces([PieceIndex])
        package static let nothing = Holding.pieces([])
    }

    package let name: UserName
    package var behaviour: Behaviour
    package var holding: Holding
    /// All pieces where nil.
    package var wanted: [PieceIndex]?
    /// To the middle of the network: between two peers their sum.
    package var latency: Duration
    /// In bytes a second.
    package var uplink: Double
    /// In bytes a second.
    package var downlink: Double
    /// How likely it is that what it sends is lost on the way, and comes once it is sent again.
    package var loss = 0.0
    package var joins: Duration
    package var leaves: Duration?
    /// After it left.
    package var returns: Duration?
    package var abilities: PeerAbilities
    package var diskDelay: Duration = .milliseconds(2)
    /// Blocks that its disk takes before it is full.
    package var diskBlocks: Int?
    /// Links it would like to have.
    package var links = 30

    package init(
        _ name: String, _ behaviour: Behaviour = .honest, holding: Holding = .all,
        latency: Duration = .milliseconds(5), uplink: Double = 10_000_000, downlink: Double = 100_000_000,
        joins: Duration = .zero, abilities: PeerAbilities = PeerAbilities()
    ) throws {
        guard let name = UserName(name) else { throw SimulatedContentError.noSuchName }
        self.name = name
        self.behaviour = behaviour
        self.holding = holding
        self.latency = latency
        self.uplink = uplink
        self.downlink = downlink
        self.joins = joins
        self.abilities = abilities
    }

    /// What is sent in the place of a message; nil stands for hanging up.
    ///
    /// - Parameters:
    ///   - sentBlocks: How many were sent before.
    ///   - geometry: Of the content, for behaviours that number blocks.
    func transform(_ message: PeerMessage, sentBlocks: Int, of geometry: Geometry) -> [PeerMessage?] {
        switch (behaviour, message) {
        case (.mute, _): return []
        case (.stalls(let count), _) where sentBlocks >= count: return []
        case (.vanishes(let count), .piece) where sentBlocks >= count: return [nil]
        case (.lies(let blocks), .piece(let piece, let begin, var data)):
            let block = geometry.block(piece: Int(piece), begin: Int(begin), length: data.readableBytes)
            guard let block, blocks.contains(block.value), let byte: UInt8 = data.getInteger(at: data.readerIndex)
            else { return [message] }
            data.setInteger(byte ^ 1, at: data.readerIndex)
            return [.piece(piece: piece, begin: begin, data: data)]
        case (.falseHashes, .hashes(let request, var hashes)):
            hashes[0] = Hash256(hashing: [1, 2, 3])
            return [.hashes(request, hashes)]
        case (.rejectsHashes, .hashes(let request, _)): return [.hashReject(request)]
        case (.ignoresHashes, .hashes): return []
        case (.rejectsBlocks, .piece(let piece, let begin, let data)):
            return [.reject(BlockRequest(piece: piece, begin: begin, length: UInt32(data.readableBytes)))]
        case (.repeatsBlocks, .piece): return [message, message]
        case (.shortBlocks, .piece(let piece, let begin, let data)):
            return [.piece(piece: piece, begin: begin, data: data.getSlice(at: data.readerIndex, length: 1) ?? data)]
        case (.badBitfield, .haveNone): return [.bitfield([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])]
        case (.floods, .unchoke): return [message] + Array(repeating: .have(piece: 0), count: 5_000)
        default: return [message]
        }
    }
}
