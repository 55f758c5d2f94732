import NIOCore
import Synchronization
import Wire

/// Memory as something one asks for: what has arrived and is not dealt with counts against a limit, and while
/// it is reached nobody reads on. Each reader may overdraw it by what he has in hand.
final class ByteBudget: Sendable {
    private struct State {
        var used = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        /// Readers whose task was cancelled before they could wait.
        var cancelled: Set<UInt64> = []
        var nextWaiter: UInt64 = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    var isOpen: Bool { state.withLock { $0.used < limit } }
    /// In bytes.
    var used: Int { state.withLock { $0.used } }

    func add(_ size: Int) { state.withLock { $0.used += size } }

    func release(_ size: Int) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.used -= size
            guard state.used < limit, !state.waiters.isEmpty else { return [] }
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until there is room; returns at once when the task is cancelled.
    func waitForRoom() async {
        if isOpen { return }
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.used < limit || state.cancelled.remove(id) != nil { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.resume()
        }
    }
}

extension PeerMessage {
    /// Roughly the memory that it holds, in bytes.
    var footprint: Int {
        let own = 128
        return switch self {
        case .piece(_, _, let data): own + data.readableBytes
        case .bitfield(let bits): own + bits.count
        case .extended(_, let payload): own + payload.readableBytes
        case .hashes(_, let hashes): own + hashes.count * 32
        default: own
        }
    }

    /// Bytes of the content that it carries.
    var payloadSize: Int { if case .piece(_, _, let data) = self { data.readableBytes } else { 0 } }
}
