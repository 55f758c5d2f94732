import Directory
import NIOCore

/// The way of announces from the event loop to the directory and back: a bounded number that wait, of which few are worked on,
/// as each may read the database.
///
/// Everything but ``run(_:of:_:)`` belongs to the event loop.
final class TrackerQuestions {
    typealias Waiting = (question: TrackerQuestion, loop: Int)

    private static let limit = 1_024
    private static let atOnce = 4

    private var count = 0
    private let sink: AsyncStream<Waiting>.Continuation

    init(sink: AsyncStream<Waiting>.Continuation) { self.sink = sink }

    /// False where there is no room.
    func ask(_ question: TrackerQuestion, from loop: Int) -> Bool {
        guard count < Self.limit else { return false }
        count += 1
        sink.yield((question, loop))
        return true
    }

    func finished() { count -= 1 }

    /// Asks them until the stream ends or the task is cancelled.
    static func run(
        _ waiting: AsyncStream<Waiting>, of directory: Directory,
        _ finish: @escaping @Sendable (Waiting, TrackerVerdict) -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await one in waiting {
                if running == atOnce {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask {
                    finish(one, await directory.track(one.question.passkey, one.question.keys))
                }
            }
        }
    }
}
