import Directory
import NIOCore
import Wire

/// The server's UDP socket, or one for each loop on the same port, and its TCP socket, with the directory behind them, as the
/// rest of the process sees it.
final class DirectorySocket: Sendable {
    let port: UInt16
    /// Nil where there is none.
    let tcpPort: UInt16?

    private let channels: [any Channel]
    private let loops: [LoopPort]
    private let desk: NIOLoopBound<DirectoryDesk>
    private let questions: AsyncStream<Question>
    private let sink: AsyncStream<Question>.Continuation
    private let tracked: AsyncStream<TrackerQuestions.Waiting>
    private let trackedSink: AsyncStream<TrackerQuestions.Waiting>.Continuation
    private let directory: Directory
    private let threads: ServerThreads

    /// - Throws: ``StartFailure``.
    init(
        _ configuration: ServerConfiguration, responder: HelloResponder, directory: Directory,
        tracker: TrackerSwarms?, threads: ServerThreads, metrics: ServerMetrics
    ) async throws {
        let (questions, sink) = AsyncStream.makeStream(of: Question.self)
        let (tracked, trackedSink) = AsyncStream.makeStream(of: TrackerQuestions.Waiting.self)
        loops = try await Self.handlers(configuration, responder, tracker, threads, metrics)
        desk = try await Self.desk(configuration, directory, sink, trackedSink, loops, metrics)
        let bound = try await ServerPort.bind(
            host: configuration.host, port: configuration.port, tcp: configuration.tcp, on: loops.map(\.loop),
            prepare: { [loops] channel, number in
                try channel.pipeline.syncOperations.addHandler(loops[number].handler.value)
            },
            accept: { [desk] channel in
                try channel.pipeline.syncOperations.addHandler(StreamHandler(desk: desk.value.streams))
            })
        channels = bound.datagrams + [bound.streams].compactMap(\.self)
        // A socket that is gone ends the asking, and with it the server.
        for channel in channels {
            channel.closeFuture.whenComplete { _ in
                sink.finish()
                trackedSink.finish()
            }
        }
        port = UInt16(clamping: channels.first?.localAddress?.port ?? 0)
        tcpPort = bound.streams.map { UInt16(clamping: $0.localAddress?.port ?? 0) }
        self.questions = questions
        self.sink = sink
        self.tracked = tracked
        self.trackedSink = trackedSink
        self.directory = directory
        self.threads = threads
        if let streams = bound.streams { try await StreamListener.begin(streams) }
    }

    private static func handlers(
        _ configuration: ServerConfiguration, _ responder: HelloResponder, _ swarms: TrackerSwarms?,
        _ threads: ServerThreads, _ metrics: ServerMetrics
    ) async throws -> [LoopPort] {
        // A connection id that one loop gave holds at each.
        let ids = ConnectionIDs()
        let (clock, log, limits) = (configuration.clock, configuration.log, configuration.sessionLimits)
        let (openers, count) = (threads.openers, threads.loops.count)
        var loops: [LoopPort] = []
        for (number, loop) in threads.loops.enumerated() {
            let handler = try await loop.submit {
                let gate = Gate(responder: responder, limits: limits, loop: number, of: count, now: clock.now)
                let tracker = swarms.map {
                    TrackerGate(swarms: $0, ids: ids, limits: limits.share(of: count), now: clock.now)
                }
                let handler = DirectoryHandler(
                    gate: gate, tracker: tracker, clock: clock, openers: openers, log: log, metrics: metrics)
                return NIOLoopBound(handler, eventLoop: loop)
            }.get()
            loops.append(LoopPort(loop: loop, handler: handler))
        }
        return loops
    }

    private static func desk(
        _ configuration: ServerConfiguration, _ directory: Directory, _ sink: AsyncStream<Question>.Continuation,
        _ trackedSink: AsyncStream<TrackerQuestions.Waiting>.Continuation, _ loops: [LoopPort], _ metrics: ServerMetrics
    ) async throws -> NIOLoopBound<DirectoryDesk> {
        let (clock, log, home) = (configuration.clock, configuration.log, loops[0].loop)
        let limits = configuration.sessionLimits.within(
            descriptors: Int(clamping: DescriptorLimit.current), besides: configuration.relay?.connections ?? 0)
        let desk = try await home.submit {
            let streams = StreamDesk(
                limits: limits, clock: clock, metrics: metrics, handler: loops[0].handler.value)
            let desk = DirectoryDesk(
                directory: directory, clock: clock, questions: Questions(sink: sink),
                tracked: TrackerQuestions(sink: trackedSink), log: log, metrics: metrics, loops: loops,
                streams: streams)
            loops[0].handler.value.way = .here(desk)
            return NIOLoopBound(desk, eventLoop: home)
        }.get()
        for (number, port) in loops.enumerated().dropFirst() {
            try await port.loop.submit { port.handler.value.way = .there(desk, home, from: number) }.get()
        }
        return desk
    }

    /// Returns when it is cancelled, or when the socket is closed.
    func answerQuestions() async {
        let (desk, loop) = (desk, threads.home)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [tracked, directory] in
                await TrackerQuestions.run(tracked, of: directory) { waiting, verdict in
                    loop.execute { desk.value.finish(waiting, verdict) }
                }
            }
            await Questions.run(questions, of: directory) { question, outcome in
                loop.execute { desk.value.finish(question, outcome) }
            }
            group.cancelAll()
        }
    }

    /// How much there is to do at one moment.
    struct Load: Sendable {
        var sessions: Int
        var streams: Int
        var inFlight: Int
    }

    /// As soon as every loop has turned to it; nil where a socket is closed.
    func load() async -> Load? {
        guard channels.allSatisfy(\.isActive) else { return nil }
        let desk = desk
        guard
            var load = try? await threads.home.submit({
                Load(sessions: 0, streams: desk.value.streams.count, inFlight: desk.value.inFlight)
            }).get()
        else { return nil }
        for port in loops {
            guard let count = try? await port.loop.submit({ port.handler.value.sessionCount }).get() else { return nil }
            load.sessions += count
        }
        return load
    }

    /// Tells the directory who was heard, lets its time pass, and does what it says.
    func passTime() async {
        var heard: [SignOfLife] = []
        for port in loops {
            heard += (try? await port.loop.submit { port.handler.value.takeHeard() }.get()) ?? []
        }
        perform(DirectoryOutcome(notices: await directory.heard(heard)))
        perform(await directory.tick())
    }

    /// Ends sessions and logs what the directory says has happened.
    func perform(_ outcome: DirectoryOutcome) {
        let desk = desk
        threads.home.execute { desk.value.perform(outcome) }
    }

    /// - Returns: Whether it was closed already, by nobody's wish.
    func close() async -> Bool {
        var isLost = false
        for channel in channels where (try? await channel.close()) == nil { isLost = true }
        try? await threads.home.submit { [desk] in desk.value.streams.closeAll() }.get()
        await threads.shutdown()
        return isLost
    }
}
