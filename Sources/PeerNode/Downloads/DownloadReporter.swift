import Content
import NodeControl
import Synchronization
import Transfer
import Wire

/// Tells faces how a download goes.
final class DownloadReporter: Sendable {
    private let name: String
    private let progress: @Sendable (NodeProgress) -> Void
    private let notices: Notices
    private let pace = ProgressPace()
    private let lastVerified = Mutex<Int64>(0)

    init(name: String, progress: @escaping @Sendable (NodeProgress) -> Void, notices: Notices) {
        self.name = name
        self.progress = progress
        self.notices = notices
    }

    /// Bytes verified so far.
    var verified: Int64 { lastVerified.withLock { $0 } }

    func report(_ state: DownloadProgress) {
        lastVerified.withLock { $0 = state.verified }
        guard let rate = pace.rate(done: state.arrived, isLast: state.verified == state.total) else { return }
        progress(
            NodeProgress(
                activity: .downloading, name: name, done: state.verified, total: state.total,
                rate: rate.bytesPerSecond, sources: state.sources))
    }

    func tell(_ notice: DownloadNotice) {
        switch notice {
        case .sourceLied(let member, let blocks):
            notices.tell(.sourceLied(name: name, source: member.text, block: blocks.first?.block.value ?? 0))
        case .sourceLost(let member, let end):
            notices.tell(.sourceLost(name: name, source: member.text, reason: end.sentence))
        }
    }
}

extension LinkEnd {
    /// What happened, as part of a sentence about a peer.
    var sentence: String {
        switch self {
        case .closedByPeer: "closed the connection"
        case .transportFailed(let detail): "the connection failed (\(detail))"
        case .violation(let violation): "broke the protocol (\(violation))"
        case .stalled: "stopped answering"
        case .lied: "sent wrong bytes"
        case .refused: "is connected already, or lied before"
        case .ended: "ended"
        }
    }
}
