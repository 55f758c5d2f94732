import Directory
import Logging
import NIOCore
import NIOPosix
import Wire

/// One loop's end of the UDP socket: performs what the ``Gate`` decides.
///
/// Heartbeats are answered from the session alone. Everything else is the ``DirectoryDesk``'s, which lives on the first
/// loop: that loop asks it at once, the others hand over what they have read when they have read it all.
/// Answers are written into one buffer, and sent without promises once a batch.
final class DirectoryHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private var gate: Gate
    /// Nil where the server is no tracker.
    var tracker: TrackerGate?
    let clock: DirectoryClock
    private let log: ServerLog
    /// Where sessions are opened: off the loop.
    private let openers: NIOThreadPool
    let metrics: ServerMetrics
    /// Set before anything is received.
    var way: DeskWay?
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var tidying: RepeatedTask?
    /// Openings under way in the pool.
    private var opening = 0
    private var droppedDatagrams = 0
    var outbox = AnswerBatch()
    /// For the desk on another loop, and datagrams of sessions of other loops, until all is read.
    private var questions: [Question] = []
    private var strays: [Int: [Stray]] = [:]
    /// Announces that the desk is asked about when all is read.
    var tracked: [TrackerQuestion] = []
    /// Answers that go out on streams, with the others.
    private var streamed: [StreamAnswer] = []
    /// When what is just being read began to be.
    private var readTime: Moment?

    /// How many openings are in the pool's hands: what waits longer waits in its fair turn.
    private static let openingLimit = 4

    init(
        gate: Gate, tracker: TrackerGate? = nil, clock: DirectoryClock, openers: NIOThreadPool, log: ServerLog,
        metrics: ServerMetrics
    ) {
        self.metrics = metrics
        self.gate = gate
        self.tracker = tracker
        self.clock = clock
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
        way = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let now = readTime ?? clock.now
        readTime = now
        envelope.data.withUnsafeReadableBytes { take($0, from: envelope.remoteAddress, now: now) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        readTime = nil
        finishReading()
    }

    /// All is read that there is to read now.
    func finishReading() {
        handOver()
        flush()
    }

    /// An ICMP error or the like: of one datagram, not of the socket.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        log.events.debug("Socket error", metadata: ["error": "\(error)"])
    }
}

// MARK: - What comes in

extension DirectoryHandler {
    private func take(_ datagram: UnsafeRawBufferPointer, from address: SocketAddress, now: Moment) {
        metrics.datagramReceived()
        guard let remote = Remote(address) else { return metrics.dropped(.address) }
        if takeTracked(datagram, from: remote, at: address, now: now) { return }
        take(datagram, from: remote, answers: .datagram(address), now: now)
    }

    /// Takes a datagram that came on one of the streams, which are the first loop's.
    func take(_ datagram: UnsafeRawBufferPointer, onStreamFrom remote: Remote) {
        metrics.datagramReceived()
        take(datagram, from: remote, answers: remote.wayBack, now: clock.now)
    }

    private func take(
        _ datagram: UnsafeRawBufferPointer, from remote: Remote, answers way: WayBack, now: Moment
    ) {
        switch gate.receive(datagram, from: remote, now: now, into: &outbox.buffer) {
        case .nothing: metrics.dropped(DropReason(datagram))
        case .heartbeat:
            metrics.heartbeatAnswered()
            commit(to: way)
        case .answer(let answer): write(answer, to: way)
        case .opening: beginOpenings()
        case .openingInsteadOf(let other):
            metrics.opening(.displaced)
            write(other.busy, to: other.remote.wayBack)
            beginOpenings()
        case .request(let id, let transaction, let request):
            receive(Question(session: id, transaction: transaction, request: request, remote: remote), now: now)
        case .attach(let id, let transaction):
            attach(Question(session: id, transaction: transaction, request: .attach, remote: remote), now: now)
        case .repeated(let id, let answer):
            metrics.answerRepeated()
            seal(answer, at: id)
            self.way?.settle(id)
        case .moved(let id):
            self.way?.moved(id, to: remote)
            log.events.debug("Address changed", metadata: ["session": "\(id)"])
        case .elsewhere(let loop): strays[loop, default: []].append(Stray(Array(datagram), from: remote))
        }
    }

    private func receive(_ question: Question, now: Moment) {
        guard gate.admits(question.request, at: question.session, now: now) else { return refuse(question) }
        switch way {
        case .here(let desk):
            desk.log(question)
            if let reply = desk.answerFromMemory(question) {
                answer(reply)
                desk.perform(reply.outcome)
            } else if desk.hasRoom, gate.start(question.transaction, at: question.session, now: now) {
                desk.ask(question)
            } else {
                refuse(question)
            }
        case .there:
            if gate.start(question.transaction, at: question.session, now: now) {
                questions.append(question)
            } else {
                refuse(question)
            }
        case nil: break
        }
    }

    /// Binds the stream on which it was asked to the session; answered there.
    private func attach(_ question: Question, now: Moment) {
        let answer: DirectoryAnswer
        if !gate.admits(question.request, at: question.session, now: now) {
            answer = .refusal(.busy(retryAfter: Questions.retryAfter))
        } else if let endpoint = question.remote.endpoint, gate.attach(question.remote, to: question.session) {
            answer = .attached(endpoint)
            way?.attached(question)
        } else {
            answer = .refusal(.notLoggedIn)
        }
        metrics.answered(question, with: answer)
        seal(
            DirectoryMessage.answer(question.transaction, answer).encoded, at: question.session, over: question.remote)
    }

    private func tellProofs() {
        let proofs = gate.takeProofs()
        if !proofs.isEmpty { way?.prove(proofs) }
    }

    private func refuse(_ question: Question) { answer(Reply.busy(question)) }

    private func handOver() {
        if !questions.isEmpty {
            way?.receive(questions)
            questions.removeAll(keepingCapacity: true)
        }
        if !tracked.isEmpty {
            way?.track(tracked)
            tracked.removeAll(keepingCapacity: true)
        }
        tellProofs()
        guard !strays.isEmpty else { return }
        for (loop, strays) in strays { way?.pass(strays, to: loop) }
        strays.removeAll(keepingCapacity: true)
    }

    /// Takes what another loop received of this one's sessions.
    func take(_ strays: [Stray]) {
        let now = clock.now
        for stray in strays {
            stray.bytes.withUnsafeBytes {
                take($0, from: stray.remote, answers: stray.remote.wayBack, now: now)
            }
        }
        handOver()
        flush()
    }
}

// MARK: - What goes out

extension DirectoryHandler {
    /// Takes what became of questions.
    func take(_ replies: [Reply]) {
        for reply in replies { answer(reply) }
        flush()
    }

    private func answer(_ reply: Reply) {
        let (question, outcome) = (reply.question, reply.outcome)
        let plaintexts = send(reply)
        let kept = question.request.changesSomething && !outcome.isTransient ? plaintexts.first : nil
        gate.complete(question.transaction, at: question.session, keeping: kept, now: clock.now)
        // Where every message is logged, the directory says whose each is.
        if case .heartbeat(let pulse)? = outcome.answers.first, log.messages == nil {
            gate.learn(pulse, at: question.session)
        }
        if (question.request.signsInOrOut && !reply.isUnasked) || outcome.isNotLoggedIn {
            settle(question.session, isSignedIn: reply.user != nil)
        }
    }

    private func send(_ reply: Reply) -> [[UInt8]] {
        let question = reply.question
        // What is ready is no refusal.
        metrics.answered(question, with: reply.outcome.answers.first)
        for ready in reply.outcome.ready {
            seal(ready.plaintext(to: question.transaction), at: question.session)
            note(ready.answer, reply)
        }
        return reply.outcome.answers.map { answer in
            let plaintext = DirectoryMessage.answer(question.transaction, answer).encoded
            seal(plaintext, at: question.session)
            note(answer, reply)
            return plaintext
        }
    }

    private func note(_ answer: @autoclosure () -> DirectoryAnswer?, _ reply: Reply) {
        guard log.messages != nil, let answer = answer() else { return }
        log.sent(answer, to: reply.user, port: reply.question.remote.port, at: clock.wall())
    }

    /// Brings together what the gate and the directory know of a session.
    func settle(_ session: SessionID, isSignedIn: Bool) {
        if isSignedIn, !gate.sessions.contains(session) {
            // It ended or yielded while its login was worked on: nobody would ever be heard there.
            way?.ended([session])
        } else {
            gate.setSignedIn(isSignedIn, at: session)
            tellProofs()
        }
    }

    private func seal(_ plaintext: [UInt8], at id: SessionID, over remote: Remote? = nil) {
        do {
            guard let remote = try gate.seal(plaintext, at: id, over: remote, into: &outbox.buffer) else { return }
            commit(to: remote.wayBack)
        } catch { report(error) }
    }

    private func report(_ error: SealedSessionError) {
        log.events.error("A message could not be sealed", metadata: ["error": "\(error)"])
    }

    private func write(_ datagram: [UInt8], to way: WayBack) {
        outbox.buffer.writeBytes(datagram)
        commit(to: way)
    }

    func commit(to way: WayBack) {
        switch way {
        case .datagram(let address):
            outbox.commit(to: address)
            if outbox.isFull { flush() }
        case .stream(let stream):
            if let answer = outbox.take(for: stream) { streamed.append(answer) }
        }
    }

    func flush() {
        if !streamed.isEmpty {
            metrics.datagramsSent(streamed.count)
            way?.send(streamed)
            streamed.removeAll(keepingCapacity: true)
        }
        guard let context, !outbox.isEmpty else { return outbox.clear() }
        if context.channel.isWritable {
            metrics.datagramsSent(outbox.count)
            for index in 0..<outbox.count { context.write(wrapOutboundOut(outbox[index]), promise: nil) }
            context.flush()
        } else {
            droppedDatagrams += outbox.count
            metrics.unsent(outbox.count)
        }
        outbox.clear()
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
                loop.execute { handler.value.opened(waiting, id, result) }
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

    private func opened(
        _ waiting: Gate.Waiting, _ id: SessionID, _ result: (session: ServedSession, answer: [UInt8])?
    ) {
        opening -= 1
        metrics.opening(result == nil ? .invalid : .opened)
        if let answer = gate.finish(waiting, id, result, now: clock.now) {
            write(answer, to: waiting.remote.wayBack)
            flush()
        }
        beginOpenings()
    }
}

// MARK: - What the desk says, and time

extension DirectoryHandler {
    /// Tells members what they have not asked for.
    func push(_ pushes: [DirectoryPush]) {
        for push in pushes {
            do {
                guard let (datagram, ways) = try gate.push(push.message.encoded, at: push.session) else { continue }
                for remote in ways { write(datagram, to: remote.wayBack) }
            } catch { report(error) }
        }
        flush()
    }

    /// A stream that was attached to a session is closed.
    func detach(_ session: SessionID, from stream: StreamNumber) { gate.detach(session, from: stream) }

    func end(_ sessions: [SessionID]) { for session in sessions { gate.end(session) } }

    func unlearn(_ sessions: [SessionID]) { for session in sessions { gate.unlearn(session) } }

    func setBeat(_ beat: HeartbeatAnswer) { gate.beat = beat }

    func adopt(_ responder: HelloResponder) { gate.adopt(responder) }

    var sessionCount: Int { gate.sessions.count }

    func takeHeard() -> [SignOfLife] { gate.takeHeard() }

    private func tidy() {
        if droppedDatagrams > 0 {
            log.events.warning("Answers dropped: the network takes no more", metadata: ["count": "\(droppedDatagrams)"])
            droppedDatagrams = 0
        }
        let ended = gate.tidy(now: clock.now)
        if !ended.isEmpty { way?.ended(ended) }
        // The first loop's keys are all loops'.
        guard case .here(let desk) = way else { return }
        desk.nextSecond()
        do {
            if let responder = try gate.rotateKeys(now: clock.now) { desk.spread(responder) }
        } catch {
            log.events.error("The session key could not be replaced", metadata: ["error": "\(error)"])
        }
    }
}
