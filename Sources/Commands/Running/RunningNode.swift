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
            if let presence = await look(renew: renew) { return presence }
            do { try await Task.sleep(for: Self.pause) } catch { return .nobody }
        } while begin.duration(to: .now) < patience
        return .nobody
    }

    /// The same in one's turn to become the member, which others wait for: that one hangs is found out before it, by all who
    /// come at the same time.
    @concurrent
    func findInTurn(
        renew: (@Sendable () async throws(NodeFailure) -> Void)? = nil
    ) async -> (presence: Presence, turn: StartingTurn?) {
        switch await look() {
        case .hung(let process): return (.hung(process: process), nil)
        case .there(let remote): await remote.leave()
        case .nobody, nil: break
        }
        let turn = await StartingTurn.take(of: local)
        return (await find(renew: renew), turn)
    }

    /// Nil where it is just starting, or ending.
    @concurrent
    private func look(renew: (@Sendable () async throws(NodeFailure) -> Void)? = nil) async -> Presence? {
        guard local.isRunning else { return .nobody }
        let remote = RemoteNode(socket: local.socket, workingFolder: workingFolder, renew: renew)
        let reception = await remote.reception
        if reception == .answered { return .there(remote) }
        await remote.leave()
        return reception == .silent && !Task.isCancelled ? .hung(process: local.process) : nil
    }
}
