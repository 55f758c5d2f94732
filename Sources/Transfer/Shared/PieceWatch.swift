package import Content
import Synchronization

/// Which pieces of a content are here, for those who wait for some of them.
package final class PieceWatch: Sendable {
    private typealias Outcome = Result<Void, PieceFailure>

    private struct Waiter {
        let piece: PieceIndex
        let continuation: CheckedContinuation<Outcome, Never>
    }

    private struct State {
        var here: PieceSet
        var isOver = false
        var nextWaiter = 0
        var waiters: [Int: Waiter] = [:]
    }

    private let pieceCount: Int
    private let state: Mutex<State>

    init(_ here: PieceSet, of geometry: Geometry) {
        pieceCount = geometry.pieceCount
        state = Mutex(State(here: here))
    }

    /// Nothing more comes.
    package var isOver: Bool { state.withLock { $0.isOver } }

    package func contains(_ piece: PieceIndex) -> Bool { state.withLock { $0.here.contains(piece) } }

    /// Returns when the piece is here, verified, which may take as long as it takes.
    package func wait(for piece: PieceIndex) async throws(PieceFailure) {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Outcome, Never>) in
                let known = state.withLock { state -> Outcome? in
                    if state.here.contains(piece) { return .success(()) }
                    if state.isOver { return .failure(.ended) }
                    if Task.isCancelled { return .failure(.cancelled) }
                    state.waiters[number] = Waiter(piece: piece, continuation: continuation)
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation
                .resume(returning: .failure(.cancelled))
        }
        try outcome.get()
    }

    /// These came.
    func add(_ pieces: [PieceIndex]) {
        let served = state.withLock { state in
            for piece in pieces { state.here.insert(piece, pieceCount: pieceCount) }
            let served = state.waiters.filter { state.here.contains($0.value.piece) }
            for number in served.keys { state.waiters[number] = nil }
            return served.values.map(\.continuation)
        }
        for waiter in served { waiter.resume(returning: .success(())) }
    }

    /// No more come.
    func end() {
        let left = state.withLock { state in
            state.isOver = true
            defer { state.waiters = [:] }
            return state.waiters.values.map(\.continuation)
        }
        for waiter in left { waiter.resume(returning: .failure(.ended)) }
    }
}

/// Why a piece was not waited for any longer.
package enum PieceFailure: Error, Hashable {
    /// The run is over without it.
    case ended
    case cancelled
}
