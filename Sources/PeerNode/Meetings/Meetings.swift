import Connectivity
import Wire

/// Answers the calls of members who want to reach this one. How many at a time, and of each, ``LinkAnswerer`` says: it passes over
/// at once what is too many.
final class Meetings: Sendable {
    /// Calls that it has not seen yet: who called calls again.
    private static let bound = 32

    private let answerer: LinkAnswerer
    private let report: @Sendable (TrialReport) async -> Void
    private let calls: AsyncStream<Call>
    private let sink: AsyncStream<Call>.Continuation

    /// - Parameter report: Tells who wanted a trial what was seen of it from here.
    init(_ answerer: LinkAnswerer, report: @escaping @Sendable (TrialReport) async -> Void) {
        self.answerer = answerer
        self.report = report
        (calls, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.bound))
    }

    func take(_ call: Call) { sink.yield(call) }

    /// No call is answered any more, and those that are being answered come to their end.
    func end() { sink.finish() }

    /// Until ``end()``, or cancellation.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await call in calls { group.addTask { await self.answer(call) } }
        }
    }

    private func answer(_ call: Call) async {
        guard call.isTrial else {
            await answerer.answer(call)
            return
        }
        guard let ways = await answerer.trial(call) else { return }
        await report(
            TrialReport(attempt: call.attempt, user: call.user, ways: ways.veiled(from: call.whereabouts)))
    }
}
