import FoundationEssentials
package import NIOCore
import NIOPosix
package import Proxies
package import Wire

/// Asks one directory, over lossy UDP or, where that does not pass, over TCP, and stays present there.
///
/// What to do is decided by ``SessionKeeper`` (sessions, login, heartbeats) and ``Exchanges`` (requests);
/// this actor gives them datagrams and the time, and does what they say. It lives on one event loop, so
/// datagrams and timers reach it without a queue in between.
///
/// ``connect(to:pin:)`` comes first, once (again only where it failed); ``goodbye()`` comes last.
package actor DirectoryClient {
    nonisolated let eventLoop: any EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { eventLoop.executor.asUnownedSerialExecutor() }

    /// How it stands with the directory, for one reader; none gets lost where he lags (``PendingEvents``). Ends with
    /// ``goodbye()``.
    package nonisolated let events: AsyncStream<DirectoryEvent>
    private let told = EventQueue()
    /// That the server no longer takes the login, and why, for one reader: it waits for none of the ``events`` before it, of which
    /// some lead to long work. Ends with ``goodbye()``.
    package nonisolated let expulsions: AsyncStream<DirectoryRefusal>
    private let expel: AsyncStream<DirectoryRefusal>.Continuation
    /// What other members have the directory say, for one reader, who is to take it at once: where he lags, the oldest are
    /// dropped. Ends with ``goodbye()``.
    package nonisolated let words: AsyncStream<MemberWord>
    let hear: AsyncStream<MemberWord>.Continuation

    struct Link {
        var path: PathID
        var session: SealedSession
    }

    /// A session that is being opened, at one of the server's addresses.
    struct Attempt {
        let path: PathID
        var handshake: ClientHandshake
        var retransmission: Retransmission
    }

    struct Connecting {
        let continuation: CheckedContinuation<Result<NetworkPin, DirectoryClientFailure>, Never>
        let since: Int64
        var progressed: Int64
        /// What to say at the end of the time.
        var failure: DirectoryClientFailure
    }

    var server = ServerAddress(host: "?", port: 0)
    var addresses: [SocketAddress] = []
    /// Where the network's servers are, as the one at which this client is signed in says: it goes on at any of them.
    var servers: [SocketAddress] = []
    var pin: NetworkPin?
    var keeper: SessionKeeper
    var exchanges = Exchanges(address: "?")
    var current: Link?
    var beside: Link?
    var attempts: [Attempt] = []
    var paths: [PathID: Path] = [:]
    let pacing: TransportPacing
    nonisolated let proxies: ProxyRules
    nonisolated let lookUp: ServerAddress.LookUp
    var nameLooks = NameLooks()
    /// When attempts are made over TCP too; nil where they are, or none is made.
    var fallbackAt: Int64?
    /// Nobody answered the last attempts over UDP.
    var isUDPSilent = false
    var probe: DatagramProbe?
    var nextProbeAt = Int64.max
    var attachment = StreamAttachment()
    /// The stream from the listening port, see ``StreamAttachment``.
    var attachedPath: PathID?
    var connecting: Connecting?
    private var waiting: [ExchangeID: CheckedContinuation<Result<[DirectoryAnswer], DirectoryClientFailure>, Never>] =
        [:]
    private var lastPath: PathID = 0
    private var lastExchange: ExchangeID = 0
    private var timer: Scheduled<Void>?
    private(set) var isClosed = false

    package init(
        eventLoop: any EventLoop = MultiThreadedEventLoopGroup.singleton.any(), pacing: TransportPacing = .init(),
        proxies: ProxyRules = ProxyRules(), lookUp: @escaping ServerAddress.LookUp = { $0.lookUp(on: $1) }
    ) {
        self.eventLoop = eventLoop
        self.pacing = pacing
        self.proxies = proxies
        self.lookUp = lookUp
        keeper = SessionKeeper(now: Self.now)
        events = told.stream
        (expulsions, expel) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (words, hear) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(256))
    }

    deinit {
        timer?.cancel()
        for path in paths.values { path.close() }
        told.finish()
        expel.finish()
        hear.finish()
    }

    // MARK: Time

    /// Milliseconds of a clock that only goes forward.
    static var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }
    /// Milliseconds since 1970.
    static var wallClock: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
    var jitter: Double { .random(in: 0...1) }
    var firstTimeout: Int64 { exchanges.roundTrip.timeout }
    /// For so long the server takes whoever says nothing for present, as it said last.
    package var silenceLimit: Duration { .milliseconds(keeper.silenceLimit) }

    /// Does all that is due and sets the timer for what comes next.
    func run() {
        guard !isClosed else { return }
        let now = Self.now
        perform(
            keeper.step(now: now, waitingSince: exchanges.waitingSince, firstTimeout: firstTimeout, jitter: jitter))
        if current != nil {
            perform(exchanges.step(now: now, lastHeard: keeper.lastHeard, jitter: jitter))
        }
        stepAttempts(now: now)
        stepFallback(now: now)
        stepProbe(now: now)
        stepAttachment(now: now)
        stepConnecting(now: now)
        setTimer()
    }

    /// For what happens while something is sent.
    func runSoon() {
        eventLoop.execute { [weak self] in self?.assumeIsolated { $0.run() } }
    }

    private func setTimer() {
        timer?.cancel()
        guard !isClosed else { return }
        var wakeAt = keeper.wakeAt(waitingSince: exchanges.waitingSince)
        if current != nil, let time = exchanges.wakeAt(lastHeard: keeper.lastHeard) { wakeAt = min(wakeAt, time) }
        for attempt in attempts { wakeAt = min(wakeAt, attempt.retransmission.nextAt) }
        if let fallbackAt, !attempts.isEmpty { wakeAt = min(wakeAt, fallbackAt) }
        wakeAt = min(
            wakeAt, attachment.wakeAt,
            probe.map { min($0.retransmission.nextAt, $0.since + DatagramProbe.limit) } ?? nextProbeAt)
        if let connecting { wakeAt = min(wakeAt, giveUpAt(connecting)) }
        guard wakeAt != .max else { return }
        // An hour at most, so that no sum overflows.
        let wait = min(max(1, wakeAt - Self.now), 3_600_000)
        timer = eventLoop.scheduleTask(in: .milliseconds(wait)) { [weak self] in
            self?.assumeIsolated { $0.run() }
        }
    }

    // MARK: What the state machines say

    func perform(_ actions: [SessionKeeper.Action]) {
        for action in actions {
            switch action {
            case .open: openAttempts()
            case .abandon: closeBeside()
            case .adopt: adopt()
            case .rebind: rebind()
            case .send(let place, let transaction, let request):
                send(.request(TransactionID(rawValue: transaction), request), on: place)
            case .resume: exchanges.resume(now: Self.now)
            case .giveUp:
                perform(exchanges.endParked())
                perform(attachment.stop())
            case .refuse(let network): perform(exchanges.endAll(replaced(by: network)))
            case .tell(let event):
                switch event {
                case .signedInAgain(let welcome): learnServers(welcome.pulse)
                case .pulse(let pulse): learnServers(pulse)
                case .away, .replaced, .back: break
                }
                told.tell(event)
            case .expelled(let reason): expel.yield(reason)
            }
        }
    }

    private func replaced(by network: OtherNetwork) -> DirectoryClientFailure {
        .replaced(address: server.description, by: network)
    }

    func perform(_ actions: [Exchanges.Action]) {
        for action in actions {
            switch action {
            case .send(let transaction, let request):
                send(.request(TransactionID(rawValue: transaction), request), on: .current)
            case .finish(let id, let result): waiting.removeValue(forKey: id)?.resume(returning: result)
            case .signInFirst:
                perform(keeper.lostLogin(now: Self.now, firstTimeout: firstTimeout, jitter: jitter))
            }
        }
    }

    // MARK: Requests

    /// Asks, and waits no longer than its patience or its task's cancellation.
    func ask(
        _ question: Question, patience: Patience = .command
    ) async throws(DirectoryClientFailure) -> [DirectoryAnswer] {
        lastExchange += 1
        let id = lastExchange
        let result: Result<[DirectoryAnswer], DirectoryClientFailure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !isClosed, current != nil else {
                    return continuation.resume(returning: .failure(.away(address: server.description)))
                }
                guard !Task.isCancelled else { return continuation.resume(returning: .failure(.cancelled)) }
                if let network = keeper.replacement(now: Self.now) {
                    return continuation.resume(returning: .failure(replaced(by: network)))
                }
                waiting[id] = continuation
                perform(exchanges.ask(question, patience: patience, id: id, now: Self.now, jitter: jitter))
                run()
            }
        } onCancel: {
            eventLoop.execute { [weak self] in
                self?.assumeIsolated { client in
                    client.perform(client.exchanges.cancel(id))
                    client.run()
                }
            }
        }
        return try result.get()
    }

    // MARK: Paths

    func openPath(_ path: Path) -> PathID {
        lastPath += 1
        let id = lastPath
        paths[id] = path
        openSocket(of: id, path)
        return id
    }

    private func openSocket(of id: PathID, _ path: Path) {
        path.open(id, for: self).whenComplete { [weak self, eventLoop] result in
            // Later, even where the socket is open already: the caller has yet to note the path.
            eventLoop.execute {
                switch (result, self) {
                case (.success(let channel), let client?): client.assumeIsolated { $0.opened(id, channel) }
                case (.success(let channel), nil): channel.close(promise: nil)
                case (.failure(let error), let client): client?.assumeIsolated { $0.failed(id, error) }
                }
            }
        }
    }

    /// A UDP socket closes when it sends to a port that was unreachable a moment ago, as that of a server that is about to
    /// start: another one takes its place.
    func lost(_ id: PathID, _ channel: any Channel) {
        guard paths[id]?.channel === channel else { return }
        paths[id]?.channel = nil
        // The device may be elsewhere now.
        if current?.path == id, transport == .tcp { nextProbeAt = min(nextProbeAt, Self.now) }
        openSocketLater(of: id)
    }

    private func failed(_ id: PathID, _ error: any Error) {
        if let failure = error as? ProxyFailure { noteForContact(failure) }
        // From here nothing leads there, as where a whole family has gone.
        if attempts.contains(where: { $0.path == id }) { lookUpAgain() }
        openSocketLater(of: id)
    }

    private func openSocketLater(of id: PathID) {
        if id == attachedPath {
            attachedPathFailed()
            return runSoon()
        }
        guard let pause = paths[id]?.pause else { return }
        eventLoop.scheduleTask(in: pause) { [weak self] in
            self?.assumeIsolated { client in
                guard let path = client.paths[id], path.channel == nil else { return }
                client.openSocket(of: id, path)
            }
        }
    }

    private func opened(_ id: PathID, _ channel: any Channel) {
        guard paths[id] != nil else { return channel.close(promise: nil) }
        guard channel.isActive else { return openSocketLater(of: id) }
        paths[id]?.channel = channel
        if id == attachedPath {
            attachment.opened(now: Self.now)
            return run()
        }
        // What was due meanwhile went nowhere. Nothing else is repeated: a server that is away is not asked more often
        // for each socket that its machine's refusals break.
        guard paths[id]?.hasLost == true else { return }
        paths[id]?.hasLost = false
        if current?.path == id { exchanges.resume(now: Self.now) }
        for index in attempts.indices where attempts[index].path == id {
            attempts[index].retransmission.postpone(to: Self.now)
        }
        if probe?.path == id { probe?.retransmission.postpone(to: Self.now) }
        run()
    }

    func closePath(_ id: PathID) { paths.removeValue(forKey: id)?.close() }

    /// Ends everything that waits, and the sockets.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        timer?.cancel()
        perform(exchanges.endAll(.cancelled))
        connecting?.continuation.resume(returning: .failure(.cancelled))
        connecting = nil
        attempts = []
        current = nil
        beside = nil
        probe = nil
        attachedPath = nil
        for id in paths.keys { closePath(id) }
        told.finish()
        expel.finish()
        hear.finish()
    }
}
