import Content
import NIOCore
import TestKit
import Transfer
import Wire

/// A source of a ``SwarmSimulation``: an honest ``Upload``, and what becomes of its messages before they reach
/// the wire.
struct SimulatedSource {
    enum Behaviour {
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

    struct Conversation {
        var upload: Upload
    }

    enum Output {
        case message(PeerMessage, at: Duration)
        case hangUp
    }

    let name: UserName
    var behaviour: Behaviour
    var latency: Duration = .milliseconds(10)
    /// In bytes a second.
    var rate: Double = 10_000_000
    var joins: Duration = .zero
    var abilities = PeerAbilities()
    /// When the last byte given to the wire is on it.
    private(set) var busyUntil: Duration = .zero
    private(set) var sentBlocks = 0
    private(set) var sentBytes = 0
    /// Blocks it was asked for, in order.
    private(set) var asked: [BlockRequest] = []

    init(
        _ name: String, _ behaviour: Behaviour = .honest, latency: Duration = .milliseconds(10),
        rate: Double = 10_000_000, joins: Duration = .zero, abilities: PeerAbilities = PeerAbilities()
    ) throws {
        guard let name = UserName(name) else { throw SimulatedContentError.noSuchGeometry }
        self.name = name
        self.behaviour = behaviour
        self.latency = latency
        self.rate = rate
        self.joins = joins
        self.abilities = abilities
    }

    func answer(for content: SimulatedContent) -> Conversation? {
        Upload(hashes: content.hashes, abilities: abilities).map { Conversation(upload: $0) }
    }

    mutating func heard(_ messages: [PeerMessage]) {
        for case .request(let request) in messages { asked.append(request) }
    }

    mutating func tell(_ message: PeerMessage, at now: Duration) -> [Output] {
        transform(message).map { message in
            guard let message else { return .hangUp }
            if case .piece(_, _, let data) = message {
                sentBlocks += 1
                sentBytes += data.readableBytes
                busyUntil = max(busyUntil, now) + .seconds(Double(data.readableBytes) / rate)
            }
            return .message(message, at: max(busyUntil, now) + latency)
        }
    }

    /// Nil stands for hanging up.
    private func transform(_ message: PeerMessage) -> [PeerMessage?] {
        switch (behaviour, message) {
        case (.mute, _): return []
        case (.stalls(let count), _) where sentBlocks >= count: return []
        case (.vanishes(let count), .piece) where sentBlocks >= count: return [nil]
        case (.lies(let blocks), .piece(let piece, let begin, var data)):
            let block = geometry?.block(piece: Int(piece), begin: Int(begin), length: data.readableBytes)
            guard let block, blocks.contains(block.value), let byte: UInt8 = data.getInteger(at: data.readerIndex)
            else {
                return [message]
            }
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
        case (.badBitfield, .haveAll): return [.bitfield([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])]
        case (.floods, .unchoke): return Array(repeating: .have(piece: 0), count: 5_000)
        default: return [message]
        }
    }

    /// Of the content that is served, for behaviours that count blocks.
    var geometry: Geometry?
}
