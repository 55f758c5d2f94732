import Directory
import Logging
import NIOCore
import NIOPosix
import Wire

/// The directory's end of the UDP socket: performs what the ``Gate`` decides.
///
/// What the directory can answer from memory is answered at once, on the event loop that owns both;
/// everything else goes to ``Questions``, of which a bounded number is under way. Answers are written
/// without promises, and flushed once a batch.
final class DirectoryHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private var gate: Gate
    private let directory: Directory
    private let clock: DirectoryClock
    private let questions: Questions
    /// Where sessions are opened: off the loop.
    private let openers: NIOThreadPool
    private let log: ServerLog
    private let metrics: ServerMetrics
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var tidying: RepeatedTask?
    /// Openings under way in the pool.
    private var opening = 0
    private var droppedDatagrams = 0
    private var refusals = RefusalPacing()

    /// How many openings are in the pool's hands: what waits longer waits in its fair turn.
    private static let openingLimit = 4

    init(
        gate: Gate, directory: Directory, clock: DirectoryClock, questions: Questions, openers: NIOThreadPool,
        log: ServerLog, metrics: ServerMetrics
    ) {
        self.metrics = metrics
        self.gate = gate
        self.directory = directory
        self.clock = clock
        self.questions = questions
        self.openers = openers
        self.log = log
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        tidying = context.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            handler.value.tidy()
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        tidying?.cancel()
        timer?.cancel()
        self.context = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        metrics.datagramReceived()
        guard let remote = Remote(envelope.remoteAddress) else { return metrics.dropped(.address) }
        let datagram = Array(envelope.data.readableBytesView)
        switch gate.receive(datagram, from: remote, now: clock.now) {
        case .nothing: metrics.dropped(DropReason(datagram))
        case .answer(let answer): write(answer, to: remote)
        case .opening: beginOpenings()
        case .openingInsteadOf(let other):
            metrics.opening(.displaced)
            write(other.busy, to: other.remote)
            beginOpenings()
        case .request(let id, let transaction, let request):
            receive(Question(session: id, transaction: transaction, request: request, remote: remote))
        case .repeated(let id, let answer):
            metrics.answerRepeated()
            heard(id)
            seal(answer, at: id)
            settle(id)
        case .moved(let id): moved(id, to: remote)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.flush() }

    /// An ICMP error or the like: of one datagram, not of the socket.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        log.events.debug("Socket error", metadata: ["error": "\(error)"])
    }
}

// MARK: - Requests

extension DirectoryHandler {
    private func receive(_ question: Question) {
        let caller = question.caller
        log.received(question.request, from: member(of: question.session), port: caller.port, at: clock.wall())
        guard gate.admits(question.request, at: question.session, now: clock.now) else {
            return refuse(question)
        }
        if let outcome = directory.assumeIsolated({ $0.answerFromMemory(question.request, from: caller) }) {
            answer(question, outcome)
        } else if questions.hasRoom, gate.start(question.transaction, at: question.session) {
            questions.ask(question)
        } else {
            refuse(question)
        }
    }

    private func refuse(_ question: Question) {
        send([.refusal(.busy(retryAfter: Questions.retryAfter))], to: question)
    }

    /// Takes what became of a question.
    func finish(_ question: Question, _ outcome: DirectoryOutcome) {
        questions.finished(question)
        answer(question, outcome)
        context?.flush()
    }

    private func answer(_ question: Question, _ outcome: DirectoryOutcome) {
        let plaintexts = send(outcome.answers, to: question)
        let kept = question.request.changesSomething && !outcome.isTransient ? plaintexts.first : nil
        gate.complete(question.transaction, at: question.session, keeping: kept, now: clock.now)
        perform(outcome)
        if question.request.signsInOrOut || outcome.isNotLoggedIn { settle(question.session) }
    }

    /// Brings together what the gate and the directory know of a session.
    private func settle(_ session: SessionID) {
        let isSignedIn = member(of: session) != nil
        if isSignedIn, gate.sessions[session] == nil {
            // It ended or yielded while its login was worked on: nobody would ever be heard there.
            perform(directory.assumeIsolated { $0.ended(session) })
        } else {
            gate.setSignedIn(isSignedIn, at: session)
        }
    }

    /// How much there is to do.
    var load: DirectorySocket.Load {
        DirectorySocket.Load(sessions: gate.sessions.count, inFlight: questions.count)
    }

    /// What came of a request, of time passing, or of a new credentials file.
    func perform(_ outcome: DirectoryOutcome) {
        for session in outcome.endedSessions { gate.end(session) }
        metrics.note(outcome.notices)
        for notice in outcome.notices where refusals.admits(notice) { log.note(notice) }
    }

    @discardableResult
    private func send(_ answers: [DirectoryAnswer], to question: Question) -> [[UInt8]] {
        metrics.answered(question, with: answers)
        let user = member(of: question.session)
        return answers.map { answer in
            let plaintext = DirectoryMessage.answer(question.transaction, answer).encoded
            seal(plaintext, at: question.session)
            log.sent(answer, to: user, port: question.remote.port, at: clock.wall())
            return plaintext
        }
    }

    private func member(of session: SessionID) -> UserName? { directory.assumeIsolated { $0.member(of: session) } }

    private func heard(_ session: SessionID) {
        for notice in directory.assumeIsolated({ $0.heard(session) }) { log.note(notice) }
    }

    private func moved(_ session: SessionID, to remote: Remote) {
        directory.assumeIsolated { $0.moved(session, to: remote.address) }
        heard(session)
        log.events.debug("Address changed", metadata: ["session": "\(session)"])
    }
}

// MARK: - Openings

extension DirectoryHandler {
    /// Hands what has its turn to the pool.
    private func beginOpenings() {
        while opening < Self.openingLimit, let (waiting, id) = gate.begin(now: clock.now) {
            opening += 1
            guard let loop = context?.eventLoop else { return }
            let handler = NIOLoopBound(self, eventLoop: loop)
            openers.submit { state in
                let result = state == .active ? try? waiting.opening.accept(sessionID: id) : nil
                loop.execute { handler.value.opened(waiting, result) }
            }
        }
        guard opening < Self.openingLimit, timer == nil, let delay = gate.delay(now: clock.now), let context else {
            return
        }
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: .milliseconds(max(1, delay))) {
            handler.value.timer = nil
            handler.value.beginOpenings()
        }
    }

    private func opened(_ waiting: Gate.Waiting, _ result: (session: SealedSession, answer: [UInt8])?) {
        opening -= 1
        metrics.opening(result == nil ? .invalid : .opened)
        if let answer = gate.finish(waiting, result, now: clock.now) {
            write(answer, to: waiting.remote)
            context?.flush()
        }
        beginOpenings()
    }
}

// MARK: - The socket

extension DirectoryHandler {
    private func seal(_ plaintext: [UInt8], at id: SessionID) {
        do {
            guard let (datagram, remote) = try gate.seal(plaintext, at: id) else { return }
            write(datagram, to: remote)
        } catch {
            log.events.error("An answer could not be sealed", metadata: ["error": "\(error)"])
        }
    }

    private func write(_ datagram: [UInt8], to remote: Remote) {
        guard let context else { return }
        guard context.channel.isWritable else {
            droppedDatagrams += 1
            return metrics.dropped(.unsent)
        }
        metrics.datagramSent()
        let buffer = context.channel.allocator.buffer(bytes: datagram)
        context.write(
            wrapOutboundOut(AddressedEnvelope(remoteAddress: remote.socketAddress, data: buffer)), promise: nil)
    }

    private func tidy() {
        if droppedDatagrams > 0 {
            log.events.warning("Answers dropped: the network takes no more", metadata: ["count": "\(droppedDatagrams)"])
            droppedDatagrams = 0
        }
        let untold = refusals.nextSecond()
        if untold > 0 { log.events.notice("More logins refused", metadata: ["count": "\(untold)"]) }
        do {
            for session in try gate.tidy(now: clock.now) {
                perform(directory.assumeIsolated { $0.ended(session) })
            }
        } catch {
            log.events.error("The session key could not be replaced", metadata: ["error": "\(error)"])
        }
    }
}
