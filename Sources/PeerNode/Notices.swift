import NodeControl
import Synchronization

/// What a node says without being asked: to each who listens, bounded; when he lags, the oldest are dropped. What nobody
/// has heard yet is kept for the first.
final class Notices: Sendable {
    private struct State {
        var listeners: [UInt64: AsyncStream<NodeNotice>.Continuation] = [:]
        var next: UInt64 = 0
        var unheard: [NodeNotice] = []
        var hasEnded = false
    }

    private static let limit = 256
    private let state = Mutex(State())

    /// A new one each time.
    var stream: AsyncStream<NodeNotice> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: NodeNotice.self, bufferingPolicy: .bufferingNewest(Self.limit))
        let id = state.withLock { state -> UInt64? in
            for notice in state.unheard { continuation.yield(notice) }
            state.unheard = []
            guard !state.hasEnded else { return nil }
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }

    func tell(_ notice: NodeNotice) {
        let listeners = state.withLock { state in
            if state.listeners.isEmpty, !state.hasEnded {
                if state.unheard.count == Self.limit { state.unheard.removeFirst() }
                state.unheard.append(notice)
            }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield(notice) }
    }

    func end() {
        let listeners = state.withLock { state in
            state.hasEnded = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }

    private func remove(_ id: UInt64) { state.withLock { _ = $0.listeners.removeValue(forKey: id) } }
}
