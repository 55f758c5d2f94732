import NIOCore
import Synchronization
import Wire

/// Whom we had called and who may come in by himself, by his ``LinkPreface``.
final class ExpectedLinks: Sendable {
    private struct Expectation {
        let member: UserName
        let arrivals: AsyncStream<LinkCore>.Continuation
    }

    /// Connections by one attempt that are not looked at yet: each of the other's ways is one.
    private static let bound = 16

    private let expectations = Mutex<[LinkPreface: Expectation]>([:])

    /// Until ``forget(_:)``; of as many as there are dials.
    func expect(_ member: UserName, by attempt: AttemptID) -> AsyncStream<LinkCore> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: LinkCore.self, bufferingPolicy: .bufferingOldest(Self.bound))
        expectations.withLock {
            $0[LinkPreface(attempt: attempt)] = Expectation(member: member, arrivals: continuation)
        }
        return stream
    }

    func forget(_ attempt: AttemptID) {
        expectations.withLock { $0.removeValue(forKey: LinkPreface(attempt: attempt)) }?.arrivals.finish()
    }

    func member(by preface: LinkPreface) -> UserName? { expectations.withLock { $0[preface]?.member } }

    /// False where nobody waits for it any more, or too many came.
    func deliver(_ core: LinkCore, by preface: LinkPreface) -> Bool {
        guard let expectation = expectations.withLock({ $0[preface] }) else { return false }
        if case .enqueued = expectation.arrivals.yield(core) { return true }
        return false
    }
}
