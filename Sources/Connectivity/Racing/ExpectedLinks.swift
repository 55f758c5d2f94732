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

    /// Those who come by the attempt while the body runs, of as many as there are dials. Who comes too late for it is nobody's:
    /// his connection ends.
    func expecting<Result>(
        _ member: UserName, by attempt: AttemptID, _ body: (AsyncStream<LinkCore>) async -> Result
    ) async -> Result {
        let preface = LinkPreface(attempt: attempt)
        let (stream, continuation) = AsyncStream.makeStream(
            of: LinkCore.self, bufferingPolicy: .bufferingOldest(Self.bound))
        expectations.withLock { $0[preface] = Expectation(member: member, arrivals: continuation) }
        let result = await body(stream)
        expectations.withLock { $0[preface] = nil }
        continuation.finish()
        for await core in stream { LinkCore.cut(core.channel, .closed) }
        return result
    }

    func member(by preface: LinkPreface) -> UserName? { expectations.withLock { $0[preface]?.member } }

    /// False where nobody waits for it any more, or too many came.
    func deliver(_ core: LinkCore, by preface: LinkPreface) -> Bool {
        guard let expectation = expectations.withLock({ $0[preface] }) else { return false }
        if case .enqueued = expectation.arrivals.yield(core) { return true }
        return false
    }
}
