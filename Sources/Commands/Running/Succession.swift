import ControlAPI
import Glibc
import NodeControl
import PeerNode
import Synchronization
import Wire

/// Has the commands of this program go on when the node that they use, which is another program's, has ended: with that of
/// whoever is this member by then, or with one of this program's own, behind the same socket.
final class Succession: Sendable {
    private typealias Outcome = Result<Void, NodeFailure>

    private let running: RunningNode
    private let newNode: @Sendable () throws(Refusal) -> OwnNode
    private let login: UnattendedLogin
    /// Told what people should know.
    private let say: @Sendable (Word) -> Void
    private let own = Mutex<OwnNode?>(nil)
    private let wishes: AsyncStream<AsyncStream<Outcome>.Continuation>
    private let wish: AsyncStream<AsyncStream<Outcome>.Continuation>.Continuation

    enum Word: Sendable {
        /// With a node of its own.
        case goesOn
        case waits(Message)
        case failed(Message)
    }

    init(
        _ running: RunningNode, login: UnattendedLogin,
        node: @escaping @Sendable () throws(Refusal) -> OwnNode, say: @escaping @Sendable (Word) -> Void
    ) {
        self.running = running
        newNode = node
        self.login = login
        self.say = say
        (wishes, wish) = AsyncStream.makeStream()
    }

    /// Nothing goes on when this program ends.
    var isNodeOwn: Bool { own.withLock { $0 != nil } }

    /// Returns when a node answers again, which may be long where the server is away. Throws ``NodeFailure/nodeAway`` where none
    /// will, with the reason said.
    func renew() async throws(NodeFailure) {
        let (outcomes, outcome) = AsyncStream.makeStream(of: Outcome.self)
        wish.yield(outcome)
        for await outcome in outcomes { return try outcome.get() }
        throw .cancelled
    }

    /// Does what ``renew()`` waits for, and runs the node that came of it, until its task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await outcome in wishes {
                outcome.yield(await succeed(&group))
                outcome.finish()
            }
            group.cancelAll()
        }
    }

    /// Says what waits for the node that another program is, while that one hangs, until its task is cancelled.
    func watch(_ node: RemoteNode, _ say: (String) -> Void) async {
        await node.watch { sign in
            switch sign {
            case .silent:
                say(Message.waitsForHungProgram(login.user.text, process: running.local.process).text)
            case .answers: say(Message.programAnswersAgain)
            }
        }
    }

    /// Returns when none of those who came to this program's node waits for an answer, or its task is cancelled.
    func answered() async { await own.withLock { $0 }?.server.guests.gone() }

    func leave() async { await own.withLock { $0 }?.node.leave() }

    // MARK: One after the other

    private func succeed(_ group: inout DiscardingTaskGroup) async -> Outcome {
        // Somebody else of this program wished for it, too.
        if isNodeOwn, running.local.process == getpid() { return .success(()) }
        let mine: OwnNode
        do throws(Refusal) { mine = try newNode() } catch {
            say(.failed(error.message))
            return .failure(.nodeAway)
        }
        group.addTask { await mine.run() }
        let outcome = await replace(with: mine)
        if outcome != .success(.mine) { await mine.node.leave() }
        return outcome.map { _ in }
    }

    private enum Place: Hashable { case mine, another }

    private func replace(with mine: OwnNode) async -> Result<Place, NodeFailure> {
        var login = login
        for attempts in 1... {
            let (presence, turn) = await running.findInTurn()
            defer { turn?.end() }
            let obstacle: Message
            switch presence {
            case .there(let other):
                await other.leave()
                own.withLock { $0 = nil }
                return .success(.another)
            case .hung(let process): obstacle = .programHung(login.user.text, process: process)
            case .nobody:
                guard !Task.isCancelled else { return .failure(.cancelled) }
                switch await login.attempt(mine.node) {
                case .signedIn:
                    own.withLock { $0 = mine }
                    await mine.share(as: running.local)
                    say(.goesOn)
                    return .success(.mine)
                case .refused(let message):
                    say(.failed(message))
                    return .failure(.nodeAway)
                case .later(let message): obstacle = message
                }
            }
            if attempts == 1 { say(.waits(obstacle)) }
            // Others need not wait for the server, too.
            turn?.end()
            do { try await Task.sleep(for: UnattendedLogin.pause(after: attempts)) } catch { break }
        }
        return .failure(.cancelled)
    }
}
