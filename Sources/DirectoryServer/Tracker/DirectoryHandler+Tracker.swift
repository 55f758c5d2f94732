import Directory
import NIOCore
import Wire

/// Standard clients' datagrams, where the server is a tracker as well.
extension DirectoryHandler {
    /// False where it is none of theirs.
    func takeTracked(
        _ datagram: UnsafeRawBufferPointer, from remote: Remote, at address: SocketAddress, now: Moment
    ) -> Bool {
        guard tracker != nil, datagram.first == TrackerRequest.firstByte else { return false }
        let action = tracker?.receive(datagram, from: remote, now: now, into: &outbox.buffer) ?? .nothing
        perform(action, to: address)
        return true
    }

    /// Takes what the directory said of a question.
    func take(_ question: TrackerQuestion, _ verdict: TrackerVerdict) {
        let now = clock.now
        perform(
            tracker?.finish(question, verdict, now: now, into: &outbox.buffer) ?? .nothing,
            to: question.remote.socketAddress)
        flush()
    }

    private func perform(_ action: TrackerGate.Action, to address: SocketAddress) {
        switch action {
        case .nothing: metrics.dropped(.tracker)
        case .answered(let kind, let outcome):
            metrics.answered(kind, outcome)
            commit(to: .datagram(address))
        case .ask(let question): tracked.append(question)
        }
    }
}
