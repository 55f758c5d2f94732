import NIOCore
import Synchronization

/// A connection that is being made, by one channel or, where a name has several addresses, by the first of some. Whoever waits for
/// it hears of its end once: the channel that was connected, why there is none, or that he gave it up.
final class ConnectionAttempt: Sendable {
    private struct State {
        /// Those that may still be connected.
        var channels: [ObjectIdentifier: (channel: any Channel, core: LinkCore)] = [:]
        var isOver = false
    }

    private let state = Mutex(State())
    private let promise: EventLoopPromise<LinkCore>

    init(on eventLoop: any EventLoop) { promise = eventLoop.makePromise() }

    var core: EventLoopFuture<LinkCore> { promise.futureResult }

    /// Takes a new channel, before it is connected.
    ///
    /// - Throws: What `prepare` does; ``LinkFailure/closed`` where nobody waits any more.
    func begin(_ channel: any Channel, _ prepare: (any Channel) throws -> LinkCore) throws {
        guard !state.withLock(\.isOver) else { throw LinkFailure.closed }
        let core = try prepare(channel)
        let isOver = state.withLock { state in
            state.channels[ObjectIdentifier(channel)] = (channel, core)
            return state.isOver
        }
        guard !isOver else { throw LinkFailure.closed }
    }

    /// Once.
    func ended(_ result: Result<any Channel, any Error>) {
        let (wasOver, channels) = end()
        switch result {
        case .success(let channel) where wasOver: channel.close(promise: nil)
        case .success(let channel):
            guard let core = channels[ObjectIdentifier(channel)]?.core else { return promise.fail(LinkFailure.closed) }
            promise.succeed(core)
        case .failure(let error): if !wasOver { promise.fail(error) }
        }
    }

    func cancel() {
        let (wasOver, channels) = end()
        guard !wasOver else { return }
        for (channel, _) in channels.values { channel.close(promise: nil) }
        promise.fail(LinkFailure.closed)
    }

    private func end() -> (wasOver: Bool, channels: [ObjectIdentifier: (channel: any Channel, core: LinkCore)]) {
        state.withLock { state in
            defer { state = State(channels: [:], isOver: true) }
            return (state.isOver, state.channels)
        }
    }
}
