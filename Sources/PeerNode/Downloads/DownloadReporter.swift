import Content
import NodeControl
import Synchronization
package import Transfer
import Wire

/// Tells faces how a download goes.
final class DownloadReporter: Sendable {
    private let name: String
    private let progress: @Sendable (NodeProgress) -> Void
    private let notices: Notices
    private let pace = ProgressPace()
    private let lastVerified = Mutex<Int64>(0)
    private let known = Mutex<PieceHashes?>(nil)

    init(name: String, progress: @escaping @Sendable (NodeProgress) -> Void, notices: Notices) {
        self.name = name
        self.progress = progress
        self.notices = notices
    }

    /// Bytes verified so far.
    var verified: Int64 { lastVerified.withLock { $0 } }

    /// Once all of them are known.
    var hashes: PieceHashes? { known.withLock { $0 } }

    func report(_ state: DownloadProgress) {
        lastVerified.withLock { $0 = state.verified }
        let speed = pace.speed(done: state.arrived)
        // A run reports as often as it looks at the time, and a state only once: none may be held back. What was the rate
        // when the last source went would stand there until another one comes.
        progress(
            NodeProgress(
                activity: .downloading, name: name, done: state.verified, total: state.total,
                rate: state.sources > 0 ? speed : nil, sources: state.sources,
                paths: Set(state.paths).sorted().map { LinkKind($0) }))
    }

    func tell(_ notice: DownloadNotice) {
        switch notice {
        case .sourceLied(let member, let blocks):
            notices.tell(.sourceLied(name: name, source: member.text, block: blocks.first?.block.value ?? 0))
        case .sourceLost(let member, let end):
            notices.tell(.sourceLost(name: name, source: member.text, reason: end.sentence))
        case .hashesKnown(let hashes): known.withLock { $0 = hashes }
        }
    }
}

extension LinkEnd {
    /// What happened, as part of a sentence about a peer. Why a transport failed is for the log.
    package var sentence: String {
        switch self {
        case .closedByPeer: "closed the connection"
        case .transportFailed: "the connection failed"
        case .violation(let violation): violation.sentence
        case .stalled: "stopped answering"
        case .superseded: "is linked by a better way"
        case .lied: "sent wrong bytes"
        case .refused: "is connected already, or lied before"
        case .ended: "ended"
        }
    }
}

extension LinkEnd.Violation {
    fileprivate var sentence: String {
        switch self {
        case .malformedMessage: "sent a message that cannot be read"
        case .badBitfield: "gave a list of its pieces that cannot be"
        case .pieceOutOfRange: "named a piece that the file does not have"
        case .badBlock: "sent a block that the file does not have"
        case .unrequestedBlocks: "sent blocks that nobody asked for"
        case .badRequest: "asked for a block that the file does not have"
        case .requestFlood: "asked for more at once than was agreed"
        case .messageFlood: "sent too many messages that say nothing"
        case .unrequestedHashes: "sent hashes that nobody asked for"
        case .badHashes: "sent hashes that are not the file's"
        case .unexpectedMessage: "sent a message that is out of place"
        }
    }
}
