import Directory
import Logging
import NIOCore
import Wire

/// Asks the directory for all loops: it lives on the first one, as the directory does.
///
/// What the directory can answer from memory is answered at once; everything else goes to ``Questions``, of which a bounded
/// number is under way.
final class DirectoryDesk {
    private let directory: Directory
    private let clock: DirectoryClock
    private let questions: Questions
    private let tracked: TrackerQuestions
    private let log: ServerLog
    private let metrics: ServerMetrics
    private let loops: [LoopPort]
    let streams: StreamDesk
    private var pacing: NoticePacing
    private var beat: HeartbeatAnswer?

    init(
        directory: Directory, clock: DirectoryClock, questions: Questions, tracked: TrackerQuestions, log: ServerLog,
        metrics: ServerMetrics, loops: [LoopPort], streams: StreamDesk
    ) {
        self.streams = streams
        self.tracked = tracked
        self.metrics = metrics
        self.directory = directory
        self.clock = clock
        self.questions = questions
        self.log = log
        pacing = NoticePacing(now: clock.monotonic())
        self.loops = loops
        streams.detached = { [directory, loops] session, stream in
            directory.assumeIsolated { $0.detached(session) }
            loops[SessionNumber(session).loop].run { $0.detach(session, from: stream) }
        }
    }

    var hasRoom: Bool { questions.hasRoom }
    var inFlight: Int { questions.count }

    func log(_ question: Question) {
        guard log.messages != nil else { return }
        log.received(
            question.request, from: member(of: question.session), port: question.remote.port, at: clock.wall())
    }

    func answerFromMemory(_ question: Question) -> Reply? {
        let outcome = directory.assumeIsolated { $0.answerFromMemory(question.request, from: question.caller) }
        return outcome.map { reply(question, $0) }
    }

    func ask(_ question: Question) { questions.ask(question) }

    /// What another loop read, all at once.
    func receive(_ questions: [Question], from loop: Int) {
        var replies: [Reply] = []
        for question in questions {
            log(question)
            if let reply = answerFromMemory(question) {
                replies.append(reply)
            } else if hasRoom {
                ask(question)
            } else {
                replies.append(.busy(question))
            }
        }
        give(replies, to: loop)
    }

    /// Takes what became of a question.
    func finish(_ question: Question, _ outcome: DirectoryOutcome) {
        questions.finished(question)
        give([reply(question, outcome)], to: SessionNumber(question.session).loop)
    }

    /// Announces that another loop read, or this one.
    func track(_ questions: [TrackerQuestion], from loop: Int) {
        for question in questions where !tracked.ask(question, from: loop) { metrics.dropped(.tracker) }
    }

    func finish(_ waiting: TrackerQuestions.Waiting, _ verdict: TrackerVerdict) {
        tracked.finished()
        loops[waiting.loop].run { $0.take(waiting.question, verdict) }
    }

    private func reply(_ question: Question, _ outcome: DirectoryOutcome) -> Reply {
        let isAsked = log.messages != nil || question.request.signsInOrOut || outcome.isNotLoggedIn
        return Reply(question, outcome, user: isAsked ? member(of: question.session) : nil)
    }

    private func give(_ replies: [Reply], to loop: Int) {
        guard !replies.isEmpty else { return }
        loops[loop].run { $0.take(replies) }
        for reply in replies { perform(reply.outcome) }
    }

    /// What came of a request, of time passing, or of a new credentials file.
    func perform(_ outcome: DirectoryOutcome) {
        guard outcome.ready.isEmpty || outcome.hasMore else { return }
        streams.ended(outcome.endedSessions)
        spread(outcome.endedSessions) { $0.end($1) }
        spread(outcome.news) { $0.unlearn($1) }
        push(outcome.pushes)
        metrics.note(outcome.notices)
        note(outcome.notices)
        let beat = directory.assumeIsolated { $0.beat }
        guard beat != self.beat else { return }
        self.beat = beat
        for loop in loops { loop.run { $0.setBeat(beat) } }
    }

    private func note(_ notices: [DirectoryNotice]) {
        guard !notices.isEmpty else { return }
        let now = clock.monotonic()
        for notice in notices where log.tells(notice) {
            for line in notice.lines where pacing.admits(line, now: now) { log.note(line) }
        }
    }

    private func spread(
        _ sessions: [SessionID], _ body: @escaping @Sendable (DirectoryHandler, [SessionID]) -> Void
    ) {
        guard !sessions.isEmpty else { return }
        let parts = Dictionary(grouping: sessions) { SessionNumber($0).loop }
        for (loop, sessions) in parts where loop < loops.count { loops[loop].run { body($0, sessions) } }
    }

    private func push(_ pushes: [DirectoryPush]) {
        guard !pushes.isEmpty else { return }
        let parts = Dictionary(grouping: pushes) { SessionNumber($0.session).loop }
        for (loop, pushes) in parts where loop < loops.count { loops[loop].run { $0.push(pushes) } }
    }

    func spread(_ responder: HelloResponder) { for loop in loops { loop.run { $0.adopt(responder) } } }

    /// The loop has no such sessions any more.
    func ended(_ sessions: [SessionID]) {
        streams.ended(sessions)
        for session in sessions { perform(directory.assumeIsolated { $0.ended(session) }) }
    }

    func moved(_ session: SessionID, to remote: Remote) {
        let notices = directory.assumeIsolated { directory in
            directory.moved(session, to: remote.address)
            return directory.heard(session)
        }
        perform(DirectoryOutcome(notices: notices))
    }

    /// A gate bound a stream to a session.
    func attached(_ question: Question) {
        log(question)
        let (session, remote) = (question.session, question.remote)
        guard let stream = remote.stream, let endpoint = remote.endpoint else { return }
        guard streams.attach(stream, to: session) else {
            // It was closed before the gate's word of it came.
            return loops[SessionNumber(session).loop].run { $0.detach(session, from: stream) }
        }
        directory.assumeIsolated { $0.attached(session, at: endpoint) }
        guard log.messages != nil else { return }
        log.sent(.attached(endpoint), to: member(of: session), port: remote.port, at: clock.wall())
    }

    func settle(_ session: SessionID) {
        let isSignedIn = member(of: session) != nil
        loops[SessionNumber(session).loop].run { $0.settle(session, isSignedIn: isSignedIn) }
    }

    func pass(_ strays: [Stray], to loop: Int) { loops[loop].run { $0.take(strays) } }

    func nextSecond() {
        streams.tidy(idle: 3 * directory.assumeIsolated { $0.patience })
        log.note(pacing.nextSecond())
    }

    private func member(of session: SessionID) -> UserName? { directory.assumeIsolated { $0.member(of: session) } }
}

/// A loop as the others see it.
struct LoopPort: Sendable {
    let loop: any EventLoop
    let handler: NIOLoopBound<DirectoryHandler>

    /// At once where the caller is on that loop.
    func run(_ body: @escaping @Sendable (DirectoryHandler) -> Void) {
        if loop.inEventLoop { body(handler.value) } else { loop.execute { body(handler.value) } }
    }
}

/// The way from a loop to the desk.
enum DeskWay {
    case here(DirectoryDesk)
    /// On another loop, from the one of a number.
    case there(NIOLoopBound<DirectoryDesk>, any EventLoop, from: Int)

    func receive(_ questions: [Question]) { run { $0.receive(questions, from: $1) } }

    func track(_ questions: [TrackerQuestion]) { run { $0.track(questions, from: $1) } }

    func settle(_ session: SessionID) { run { desk, _ in desk.settle(session) } }

    func ended(_ sessions: [SessionID]) { run { desk, _ in desk.ended(sessions) } }

    func moved(_ session: SessionID, to remote: Remote) { run { desk, _ in desk.moved(session, to: remote) } }

    func attached(_ question: Question) { run { desk, _ in desk.attached(question) } }

    func prove(_ proofs: [StreamProof]) { run { desk, _ in desk.streams.prove(proofs) } }

    func send(_ answers: [StreamAnswer]) { run { desk, _ in desk.streams.send(answers) } }

    func pass(_ strays: [Stray], to loop: Int) { run { desk, _ in desk.pass(strays, to: loop) } }

    private func run(_ body: @escaping @Sendable (DirectoryDesk, _ from: Int) -> Void) {
        switch self {
        case .here(let desk): body(desk, 0)
        case .there(let desk, let loop, let number): loop.execute { body(desk.value, number) }
        }
    }
}

/// A datagram that another loop received than the one whose session it is of.
struct Stray: Sendable {
    let bytes: [UInt8]
    let remote: Remote

    init(_ bytes: [UInt8], from remote: Remote) {
        self.bytes = bytes
        self.remote = remote
    }
}

/// What became of a question.
struct Reply: Sendable {
    let question: Question
    let outcome: DirectoryOutcome
    /// Who is signed in there now, where that is of interest.
    let user: UserName?
    /// The directory was not asked.
    let isUnasked: Bool

    init(_ question: Question, _ outcome: DirectoryOutcome, user: UserName?, isUnasked: Bool = false) {
        self.question = question
        self.outcome = outcome
        self.user = user
        self.isUnasked = isUnasked
    }

    static func busy(_ question: Question) -> Reply {
        Reply(
            question, DirectoryOutcome(answers: [.refusal(.busy(retryAfter: Questions.retryAfter))]), user: nil,
            isUnasked: true)
    }
}
