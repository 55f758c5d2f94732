import NIOCore

extension RemoteNode {
    /// What whoever waits for an answer is told of the node.
    package enum Sign: Hashable, Sendable {
        case silent
        /// After it was silent.
        case answers
    }

    /// In which a node that works has said something, or is asked for a sign of life.
    private static let quiet = Duration.seconds(2)

    /// Tells that the node hangs while a call waits for it, and that it answers again, until its task is cancelled.
    package func watch(after quiet: Duration = quiet, _ tell: (Sign) -> Void) async {
        while true {
            await client.calls.areLeftWithoutAWord(for: quiet)
            let reception = await reception
            guard !Task.isCancelled else { return }
            client.calls.hear()
            guard reception == .silent else { continue }
            tell(.silent)
            // Only so many may stand before its door, so that one asks, and waits.
            let later = await client.reception(within: nil)
            guard !Task.isCancelled else { return }
            client.calls.hear()
            if later == .answered { tell(.answers) }
        }
    }
}
