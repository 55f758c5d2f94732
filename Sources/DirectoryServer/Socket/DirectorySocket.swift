import Directory
import NIOCore

/// The server's UDP socket, with the directory behind it, as the rest of the process sees it.
final class DirectorySocket: Sendable {
    let port: UInt16

    private let channel: any Channel
    private let handler: NIOLoopBound<DirectoryHandler>
    private let questions: AsyncStream<Question>
    private let sink: AsyncStream<Question>.Continuation
    private let directory: Directory
    private let threads: ServerThreads

    /// - Throws: ``StartFailure``.
    init(
        _ configuration: ServerConfiguration, gate: Gate, directory: Directory, threads: ServerThreads,
        metrics: ServerMetrics
    ) async throws {
        let (questions, sink) = AsyncStream.makeStream(of: Question.self)
        let loop = threads.loop
        let (clock, log) = (configuration.clock, configuration.log)
        let handler = try await loop.submit {
            NIOLoopBound(
                DirectoryHandler(
                    gate: gate, directory: directory, clock: clock, questions: Questions(sink: sink),
                    openers: threads.openers, log: log, metrics: metrics),
                eventLoop: loop)
        }.get()
        channel = try await UDPSocket.bind(host: configuration.host, port: configuration.port, on: loop) { channel in
            try channel.pipeline.syncOperations.addHandler(handler.value)
        }
        // A socket that is gone ends the asking, and with it the server.
        channel.closeFuture.whenComplete { _ in sink.finish() }
        port = UInt16(clamping: channel.localAddress?.port ?? 0)
        self.handler = handler
        self.questions = questions
        self.sink = sink
        self.directory = directory
        self.threads = threads
    }

    /// Returns when it is cancelled, or when the socket is closed.
    func answerQuestions() async {
        let (handler, loop) = (handler, threads.loop)
        await Questions.run(questions, of: directory) { question, outcome in
            loop.execute { handler.value.finish(question, outcome) }
        }
    }

    /// How much there is to do at one moment.
    struct Load: Sendable {
        var sessions: Int
        var inFlight: Int
    }

    /// As soon as the loop turns to it; nil where the socket is closed.
    func load() async -> Load? {
        let handler = handler
        guard channel.isActive else { return nil }
        return try? await threads.loop.submit { handler.value.load }.get()
    }

    /// Ends sessions and logs what the directory says has happened.
    func perform(_ outcome: DirectoryOutcome) {
        guard !outcome.endedSessions.isEmpty || !outcome.notices.isEmpty else { return }
        let handler = handler
        threads.loop.execute { handler.value.perform(outcome) }
    }

    /// - Returns: Whether it was closed already, by nobody's wish.
    func close() async -> Bool {
        let wasOpen: Void? = try? await channel.close()
        await threads.shutdown()
        return wasOpen == nil
    }
}
