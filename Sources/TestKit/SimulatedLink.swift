import NIOCore
import Synchronization
package import Transfer
package import Wire

/// One end of a link that exists in memory only: what one end sends, the other reads.
package final class SimulatedLink: PeerLink {
    package let member: UserName
    package let abilities: PeerAbilities
    package let path: LinkPath
    private let incoming: SimulatedPipe
    private let outgoing: SimulatedPipe

    private init(
        member: UserName, abilities: PeerAbilities, path: LinkPath, incoming: SimulatedPipe, outgoing: SimulatedPipe
    ) {
        self.member = member
        self.abilities = abilities
        self.path = path
        self.incoming = incoming
        self.outgoing = outgoing
    }

    /// Both ends of a link.
    ///
    /// - Parameters:
    ///   - left: Who stands at the left end: the member that the right end sees.
    ///   - capacity: Bytes that may be under way in a direction before senders wait.
    package static func pair(
        left: UserName, right: UserName, abilities: PeerAbilities = PeerAbilities(), path: LinkPath = .direct,
        capacity: Int = 1 << 20
    ) -> (left: SimulatedLink, right: SimulatedLink) {
        let toRight = SimulatedPipe(capacity: capacity)
        let toLeft = SimulatedPipe(capacity: capacity)
        return (
            SimulatedLink(member: right, abilities: abilities, path: path, incoming: toLeft, outgoing: toRight),
            SimulatedLink(member: left, abilities: abilities, path: path, incoming: toRight, outgoing: toLeft)
        )
    }

    package var inbound: InboundMessages { incoming }
    package var isClosed: Bool { incoming.isClosed }

    /// Returns when the other end may not send any more before this one reads, or the link is closed.
    package func waitUntilFull() async { await incoming.waitUntilFull() }

    package func send(_ messages: [PeerMessage]) async throws { try await outgoing.send(messages) }

    package func close() async {
        incoming.close()
        outgoing.close()
    }
}

package enum SimulatedLinkError: Error {
    case closed
}

/// One direction of a ``SimulatedLink``: gives all that has come at once, and lets senders wait when it is full.
package final class SimulatedPipe: AsyncSequence, Sendable {
    package typealias Element = [PeerMessage]

    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let pipe: SimulatedPipe

        package mutating func next() async throws -> [PeerMessage]? { await pipe.take() }
    }

    private struct State {
        var messages: [PeerMessage] = []
        var size = 0
        var isClosed = false
        var reader: CheckedContinuation<Bool, Never>?
        var senders: [CheckedContinuation<Bool, Never>] = []

        mutating func wakeAll() -> [CheckedContinuation<Bool, Never>] {
            let all = senders + (reader.map { [$0] } ?? [])
            senders = []
            reader = nil
            return all
        }
    }

    private let capacity: Int
    private let state = Mutex(State())
    /// Whether senders wait, or would find it closed.
    private let isFull = Seen(false)

    init(capacity: Int) { self.capacity = capacity }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pipe: self) }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    func waitUntilFull() async { await isFull.wait { $0 } }

    func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            isFull.set(true)
            return state.wakeAll()
        }
        for one in woken { one.resume(returning: true) }
    }

    func send(_ messages: [PeerMessage]) async throws {
        let reader = try state.withLock { state in
            guard !state.isClosed else { throw SimulatedLinkError.closed }
            state.messages += messages
            state.size += messages.reduce(0) { $0 + Self.size($1) }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: true)
        let mustWait = await wait { state, continuation in
            guard state.size > self.capacity, !state.isClosed else { return false }
            state.senders.append(continuation)
            self.isFull.set(true)
            return true
        }
        // What the pipe took before it was closed is sent, whoever reads it.
        if mustWait, isClosed { throw SimulatedLinkError.closed }
    }

    fileprivate func take() async -> [PeerMessage]? {
        _ = await wait { state, continuation in
            guard state.messages.isEmpty, !state.isClosed else { return false }
            state.reader = continuation
            return true
        }
        let (messages, senders) = state.withLock { state in
            defer {
                state.messages = []
                state.size = 0
                state.senders = []
                if !state.isClosed { isFull.set(false) }
            }
            return (state.messages, state.senders)
        }
        for sender in senders { sender.resume(returning: true) }
        return messages.isEmpty ? nil : messages
    }

    /// Waits where `mustWait` has kept the continuation, and says whether; cancellation closes the pipe.
    private func wait(
        _ mustWait: @Sendable (inout State, CheckedContinuation<Bool, Never>) -> Bool
    ) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    !Task.isCancelled && mustWait(&state, continuation)
                }
                if !waits { continuation.resume(returning: false) }
            }
        } onCancel: {
            close()
        }
    }

    private static func size(_ message: PeerMessage) -> Int {
        if case .piece(_, _, let data) = message { data.readableBytes } else { 32 }
    }
}
