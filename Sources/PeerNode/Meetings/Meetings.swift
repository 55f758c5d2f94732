import Connectivity
import DirectoryClient
import Wire

/// Answers the calls of members who want to reach this one, several at a time.
final class Meetings: Sendable {
    /// Calls that wait: who called calls again.
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

/// Has members called by the directory.
struct DirectorySignalling: Signalling {
    let client: DirectoryClient
    /// Of the server, as it was given.
    let host: String

    /// Of a network with several servers the session may be at another one.
    var directoryHost: String { get async { await client.currentServer?.host ?? host } }

    func reach(_ reach: Reach) async throws(ReachFailure) -> Whereabouts {
        do { return try await client.reach(reach) } catch {
            if case .refused(.memberAbsent) = error { throw .absent }
            throw .unanswered
        }
    }
}
