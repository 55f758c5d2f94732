import ControlAPI
import NodeControl
import PeerNode
import Terminal

/// The node that another program of this user is at the moment: a daemon, or a command that came first.
struct RunningNode: Sendable {
    enum Presence: Sendable {
        case there(RemoteNode)
        /// Nobody is this member here, or none who would let others in.
        case nobody
        /// One that does not answer; its process, where that is known.
        case hung(process: Int32?)
    }

    /// It signs in before it answers.
    private static let patience = Duration.seconds(20)
    private static let pause = Duration.milliseconds(100)

    let local: LocalNode
    let workingFolder: String

    /// - Parameters:
    ///   - patience: For one that is just starting.
    ///   - renew: as ``RemoteNode`` has it.
    @concurrent
    func find(
        startingWithin patience: Duration = Self.patience,
        renew: (@Sendable () async throws(NodeFailure) -> Void)? = nil
    ) async -> Presence {
        let begin = ContinuousClock.now
        repeat {
            guard local.isRunning else { return .nobody }
            let remote = RemoteNode(socket: local.socket, workingFolder: workingFolder, renew: renew)
            let reception = await remote.reception
            if reception == .answered { return .there(remote) }
            await remote.leave()
            if reception == .silent, !Task.isCancelled { return .hung(process: local.process) }
            do { try await Task.sleep(for: Self.pause) } catch { return .nobody }
        } while begin.duration(to: .now) < patience
        return .nobody
    }
}
