import ControlAPI
import NodeControl
import PeerNode
import Terminal

/// The node that another program of this user is at the moment: a daemon, or a command that came first.
struct RunningNode: Sendable {
    /// It signs in before it answers.
    private static let patience = Duration.seconds(20)
    private static let pause = Duration.milliseconds(100)

    let local: LocalNode
    let workingFolder: String

    /// Nil where nobody is this member here.
    ///
    /// - Parameter renew: as ``RemoteNode`` has it.
    @concurrent
    func find(renew: (@Sendable () async throws(NodeFailure) -> Void)? = nil) async -> RemoteNode? {
        let begin = ContinuousClock.now
        while begin.duration(to: .now) < Self.patience {
            guard local.isRunning else { return nil }
            let remote = RemoteNode(socket: local.socket, workingFolder: workingFolder, renew: renew)
            if await remote.isThere { return remote }
            await remote.leave()
            do { try await Task.sleep(for: Self.pause) } catch { return nil }
        }
        return nil
    }
}
