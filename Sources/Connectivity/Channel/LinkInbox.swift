import Synchronization
import Wire

/// What arrived on a link and was not taken yet: filled by the channel's handler, emptied by one reader.
///
/// It holds at most its capacity and one read more: when it is full the handler holds its reads back,
/// and taking lets them go.
final class LinkInbox: Sendable {
    private struct State {
        var messages: [PeerMessage] = []
        var bytes = 0
        /// The socket wants to be read, and must wait for the reader.
        var readIsHeld = false
        /// `.success` is the peer's orderly end.
        var ending: Result<Void, LinkFailure>?
        var waiter: CheckedContinuation<Void, Never>?
        var isCancelled = false

        var hasNews: Bool { !messages.isEmpty || ending != nil || isCancelled }

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
            defer { waiter = nil }
            return waiter
        }
    }

    private let state = Mutex(State())
    private let capacity: @Sendable () -> Int
    private let resumeReading: @Sendable () -> Void

    /// - Parameters:
    ///   - capacity: in bytes, as of now.
    ///   - resumeReading: called when a read that ``admitsRead()`` held back may go on.
    init(capacity: @escaping @Sendable () -> Int, resumeReading: @escaping @Sendable () -> Void) {
        self.capacity = capacity
        self.resumeReading = resumeReading
    }

    // MARK: The handler's side

    func deliver(_ messages: [PeerMessage], bytes: Int) {
        let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard state.ending == nil else { return nil }
            state.messages += messages
            state.bytes += bytes
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    /// True while the socket may be read; otherwise the read is owed.
    func admitsRead() -> Bool {
        let capacity = capacity()
        return state.withLock { state in
            guard state.bytes >= capacity, state.ending == nil else { return true }
            state.readIsHeld = true
            return false
        }
    }

    var holdsRead: Bool { state.withLock { $0.readIsHeld } }

    /// The first ending counts. What came before an orderly end can still be taken; a failure drops it.
    func end(_ ending: Result<Void, LinkFailure>) {
        let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard state.ending == nil else { return nil }
            state.ending = ending
            if case .failure = ending {
                state.messages = []
                state.bytes = 0
            }
            return state.takeWaiter()
        }
        waiter?.resume()
    }

    var ending: Result<Void, LinkFailure>? { state.withLock { $0.ending } }

    // MARK: The reader's side

    /// All that arrived since the last call, at least one message; nil after the peer's orderly end, or our own.
    /// Throws ``LinkFailure``, or `CancellationError`.
    func take() async throws -> [PeerMessage]? {
        state.withLock { $0.isCancelled = false }
        return try await withTaskCancellationHandler {
            while true {
                if let taken = try takeNow() { return taken.messages }
                await news()
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.isCancelled = true
                return state.takeWaiter()
            }
            waiter?.resume()
        }
    }

    /// Nil while there is nothing to say.
    private func takeNow() throws -> (messages: [PeerMessage]?, Void)? {
        let (answer, readIsOwed) = state.withLock { state -> (Result<[PeerMessage]?, any Error>?, Bool) in
            if state.isCancelled { return (.failure(CancellationError()), false) }
            if !state.messages.isEmpty {
                defer {
                    state.messages = []
                    state.bytes = 0
                    state.readIsHeld = false
                }
                return (.success(state.messages), state.readIsHeld)
            }
            switch state.ending {
            case .success, .failure(.closed): return (.success(nil), false)
            case .failure(let failure): return (.failure(failure), false)
            case nil: return (nil, false)
            }
        }
        if readIsOwed { resumeReading() }
        return try answer.map { (try $0.get(), ()) }
    }

    private func news() async {
        await withCheckedContinuation { continuation in
            let isNews = state.withLock { state in
                if !state.hasNews { state.waiter = continuation }
                return state.hasNews
            }
            if isNews { continuation.resume() }
        }
    }
}
