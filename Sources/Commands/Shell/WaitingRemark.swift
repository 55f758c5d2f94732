import NodeControl
import Synchronization
import Terminal

/// Says for whom a download waits where no progress is shown, and nobody would know: once for the same members.
final class WaitingRemark: Sendable {
    private let voice: Voice
    private let said = Mutex<Set<[String]>>([])
    /// Of members who come and go; whoever reads the log knows by then.
    private static let limit = 20

    init(_ voice: Voice) { self.voice = voice }

    func note(_ progress: NodeProgress) {
        guard !voice.console.showsProgress, let members = progress.waitsFor else { return }
        let isNew = said.withLock { said in said.count < Self.limit && said.insert(members).inserted }
        if isNew { voice.remark(Message.waiting(progress.name, for: members)) }
    }
}
