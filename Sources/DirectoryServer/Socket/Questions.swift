import Directory
import NIOCore

/// The way from the event loop to what takes time, and back: a bounded number of requests under way.
///
/// Everything but ``run(_:_:)`` belongs to the event loop.
final class Questions {
    /// Milliseconds that whoever comes beyond is told to wait.
    static let retryAfter: Int64 = 500

    private var turns = QuestionTurns()
    private let sink: AsyncStream<Question>.Continuation

    init(sink: AsyncStream<Question>.Continuation) { self.sink = sink }

    var hasRoom: Bool { turns.hasRoom }
    var count: Int { turns.count }

    func ask(_ question: Question) { for begun in turns.add(question) { sink.yield(begun) } }

    func finished(_ question: Question) { for begun in turns.finish(question) { sink.yield(begun) } }

    /// Asks them all, each in a task of its own, until the stream ends or the task is cancelled.
    ///
    /// The stream needs no bound of its own: nothing enters it where there is no room.
    static func run(
        _ questions: AsyncStream<Question>, of directory: Directory,
        _ finish: @escaping @Sendable (Question, DirectoryOutcome) -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            for await question in questions {
                group.addTask {
                    finish(question, await directory.answer(question.request, from: question.caller))
                }
            }
        }
    }
}
