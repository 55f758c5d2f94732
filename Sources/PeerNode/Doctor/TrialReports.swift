import Synchronization
import Wire

/// What other members say of trials that this one wanted, for whoever waits for it.
final class TrialReports: Sendable {
    private struct Expectation {
        let member: UserName
        let reports: AsyncStream<[WayReport]>.Continuation
    }

    private let expectations = Mutex<[AttemptID: Expectation]>([:])

    /// Until ``forget(_:)``. One report, the first, of this very member.
    func expect(_ attempt: AttemptID, of member: UserName) -> AsyncStream<[WayReport]> {
        let (stream, continuation) = AsyncStream.makeStream(of: [WayReport].self, bufferingPolicy: .bufferingOldest(1))
        expectations.withLock { $0[attempt] = Expectation(member: member, reports: continuation) }
        return stream
    }

    func forget(_ attempt: AttemptID) {
        expectations.withLock { $0.removeValue(forKey: attempt) }?.reports.finish()
    }

    /// What nobody waits for is passed over.
    func take(_ report: TrialReport) {
        let expectation = expectations.withLock { $0[report.attempt] }
        guard let expectation, expectation.member == report.user else { return }
        expectation.reports.yield(report.ways)
    }
}
