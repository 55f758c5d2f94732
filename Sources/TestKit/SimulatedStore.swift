package import Content
package import NIOCore
import Synchronization
import Transfer

/// Where a download goes in memory, with a record of what was verified.
package final class SimulatedStore: BlockStore {
    private struct State {
        var bytes: [UInt8]
        var written: Int64 = 0
        var recorded: [PieceIndex] = []
        var failure: (any Error)?
        /// Bytes that may still pass before writes wait; nil where they never do.
        var allowance: Int?
        var held: [CheckedContinuation<Void, Never>] = []
        var mostHeldSize = 0
    }

    private let state: Mutex<State>
    private let heldSize = Seen(0)

    /// - Parameters:
    ///   - size: In bytes.
    ///   - recorded: Pieces that an earlier run verified, with its bytes.
    package init(size: Int, continuing earlier: SimulatedStore? = nil) {
        let bytes = earlier?.bytes ?? [UInt8](repeating: 0, count: size)
        state = Mutex(State(bytes: bytes, recorded: earlier?.recorded ?? []))
    }

    package var bytes: [UInt8] { state.withLock { $0.bytes } }
    /// Bytes written in all, those written twice counted twice.
    package var written: Int64 { state.withLock { $0.written } }
    package var recorded: [PieceIndex] { state.withLock { $0.recorded } }

    /// Further calls throw this.
    package func fail(with error: any Error & Sendable) { state.withLock { $0.failure = error } }

    /// The most bytes of writes that ever waited.
    package var mostHeldSize: Int { state.withLock { $0.mostHeldSize } }

    /// Writes wait from now on, once so many bytes more have been written, until ``letGo()``.
    package func hold(after size: Int = 0) { state.withLock { $0.allowance = size } }

    /// Returns when writes of so many bytes wait.
    package func waitUntilHeld(_ size: Int) async { await heldSize.wait { $0 >= size } }

    package func letGo() {
        let held = state.withLock { state in
            defer {
                state.allowance = nil
                state.held = []
                heldSize.set(0)
            }
            return state.held
        }
        for one in held { one.resume() }
    }

    private func waitWhileHeld(_ size: Int) async {
        await withCheckedContinuation { continuation in
            let waits = state.withLock { state in
                guard let allowance = state.allowance else { return false }
                state.allowance = max(0, allowance - size)
                guard allowance == 0 else { return false }
                state.held.append(continuation)
                let held = heldSize.change { held in
                    held += size
                    return held
                }
                state.mostHeldSize = max(state.mostHeldSize, held)
                return true
            }
            if !waits { continuation.resume() }
        }
    }

    package func write(_ data: [ByteBuffer], at offset: Int64) async throws {
        await waitWhileHeld(data.reduce(0) { $0 + $1.readableBytes })
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            var position = Int(offset)
            for buffer in data {
                buffer.withUnsafeReadableBytes { source in
                    state.bytes.withUnsafeMutableBytes { target in
                        UnsafeMutableRawBufferPointer(rebasing: target[position..<position + source.count])
                            .copyMemory(from: source)
                    }
                }
                position += buffer.readableBytes
                state.written += Int64(buffer.readableBytes)
            }
        }
    }

    package func recordVerified(_ pieces: [PieceIndex]) async throws {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            state.recorded += pieces
        }
    }
}
