import Content
import Directory
import NIOCore
import Wire

/// What is done about a standard client's datagrams (BEP 15): the part of the ``Gate`` that is open and not sealed.
///
/// Invariants as there: before an address has proved that it receives, by a connection id, it is sent nothing longer than what came
/// from there, and nothing is remembered. Announces are answered from ``TrackerSwarms``; the directory is asked where it has not
/// looked at a passkey or a swarm lately.
struct TrackerGate {
    enum Action {
        case nothing
        /// The answer was written.
        case answered(RequestKind, RequestOutcome)
        case ask(TrackerQuestion)
    }

    /// Whose announces came over a connection, as long as its id is good.
    private struct Connection {
        /// Of exports at different times, each of which has its own passkey: a client has several torrents.
        static let passkeyLimit = 8

        let remote: Remote
        /// The one that was taken last.
        private(set) var latest: TrackerSwarms.Admission
        private var others: [TrackerSwarms.Admission] = []

        init(remote: Remote, admission: TrackerSwarms.Admission) {
            self.remote = remote
            latest = admission
        }

        func admission(of passkey: Passkey) -> TrackerSwarms.Admission? {
            if latest.passkey.isEqualInConstantTime(to: passkey) { return latest }
            return others.first { $0.passkey.isEqualInConstantTime(to: passkey) }
        }

        mutating func insert(_ admission: TrackerSwarms.Admission) {
            others.removeAll { $0.passkey.isEqualInConstantTime(to: admission.passkey) }
            if !latest.passkey.isEqualInConstantTime(to: admission.passkey) { others.insert(latest, at: 0) }
            if others.count >= Self.passkeyLimit { others.removeLast() }
            latest = admission
        }
    }

    private let swarms: TrackerSwarms
    private let ids: ConnectionIDs
    private var connections: RecentAnswers<UInt64, Connection>
    /// Of connects that are answered; and of errors: so that whoever earns many of these costs others nothing.
    private var greetings: TokenBucket
    private var errors: TokenBucket
    /// Of questions to the directory.
    private var asked: TrackerAllowance

    /// - Parameter limits: Those of one loop.
    init(swarms: TrackerSwarms, ids: ConnectionIDs, limits: SessionLimits, now: Moment) {
        self.swarms = swarms
        self.ids = ids
        connections = RecentAnswers(capacity: limits.trackerConnections, lifetime: ConnectionIDs.lifetime)
        greetings = TokenBucket(rate: limits.helloRate, burst: limits.helloBurst, now: now.monotonic)
        errors = TokenBucket(rate: limits.helloRate, burst: limits.helloBurst, now: now.monotonic)
        asked = TrackerAllowance(rate: limits.trackerQuestionRate, now: now.monotonic)
    }

    mutating func receive(
        _ datagram: UnsafeRawBufferPointer, from remote: Remote, now: Moment, into buffer: inout ByteBuffer
    ) -> Action {
        switch TrackerRequest(datagram) {
        case .connect(let transaction): connect(transaction, from: remote, now: now, into: &buffer)
        case .announce(let announce): receive(announce, from: remote, now: now, into: &buffer)
        case .scrape(let scrape): receive(scrape, from: remote, now: now, into: &buffer)
        case nil: .nothing
        }
    }

    private mutating func connect(
        _ transaction: UInt32, from remote: Remote, now: Moment, into buffer: inout ByteBuffer
    ) -> Action {
        guard greetings.take(now: now.monotonic) else { return .nothing }
        let id = ids.id(for: remote.addressWords, port: remote.port, now: now.monotonic)
        TrackerAnswer.writeConnection(id, to: transaction, into: &buffer)
        return .answered(.connect, .ok)
    }

    private mutating func receive(
        _ announce: TrackerAnnounce, from remote: Remote, now: Moment, into buffer: inout ByteBuffer
    ) -> Action {
        guard isProven(announce.connection, remote, now) else {
            return refuse(.announce, Self.noConnection, announce.transaction, now, &buffer)
        }
        guard let path = announce.path else {
            return refuse(.announce, Self.noPasskey, announce.transaction, now, &buffer)
        }
        if let known = connections.value(for: announce.connection, now: now.monotonic), known.remote == remote,
            let admission = known.admission(of: path.passkey),
            answer(announce, path, admission, remote, now, &buffer)
        {
            return .answered(.announce, .ok)
        }
        guard asked.take(for: remote.origin.prefix, now: now.monotonic) else { return .nothing }
        return .ask(
            TrackerQuestion(
                remote: remote, request: .announce(announce), passkey: path.passkey,
                // Whoever stops is told nothing of it.
                keys: announce.event == .stopped
                    ? [] : [SwarmKey(content: path.content, infoHash: announce.infoHash)]))
    }

    private func answer(
        _ announce: TrackerAnnounce, _ path: TrackerPath, _ admission: TrackerSwarms.Admission, _ remote: Remote,
        _ now: Moment, _ buffer: inout ByteBuffer
    ) -> Bool {
        let key = SwarmKey(content: path.content, infoHash: announce.infoHash)
        let place = TrackerPlace(address: remote.addressWords, isShort: remote.isShort, port: announce.port)
        let outcome = swarms.announce(
            announce, key, by: admission, at: place, now: now.monotonic, into: &buffer)
        return outcome == .answered
    }

    private mutating func receive(
        _ scrape: TrackerScrape, from remote: Remote, now: Moment, into buffer: inout ByteBuffer
    ) -> Action {
        guard isProven(scrape.connection, remote, now) else {
            return refuse(.scrape, Self.noConnection, scrape.transaction, now, &buffer)
        }
        guard let known = connections.value(for: scrape.connection, now: now.monotonic), known.remote == remote,
            swarms.isValid(known.latest)
        else { return refuse(.scrape, Self.notAnnounced, scrape.transaction, now, &buffer) }
        let stale = swarms.scrape(scrape, now: now.monotonic, into: &buffer)
        guard !stale.isEmpty else { return .answered(.scrape, .ok) }
        guard asked.take(stale.count, for: remote.origin.prefix, now: now.monotonic) else { return .nothing }
        return .ask(TrackerQuestion(remote: remote, request: .scrape(scrape), passkey: nil, keys: stale))
    }

    /// Answers what the directory was asked about.
    mutating func finish(
        _ question: TrackerQuestion, _ verdict: TrackerVerdict, now: Moment, into buffer: inout ByteBuffer
    ) -> Action {
        switch (question.request, verdict) {
        case (.announce(let announce), .known(let admission?)):
            remember(admission, of: announce.connection, question.remote, now)
            // What changed in this very moment is asked again when the client does.
            guard let path = announce.path, answer(announce, path, admission, question.remote, now, &buffer) else {
                return .nothing
            }
            return .answered(.announce, .ok)
        case (.announce(let announce), .passkeyVoid):
            TrackerAnswer.writeError(Self.noPasskey, to: announce.transaction, into: &buffer)
            return .answered(.announce, .refused)
        case (.announce(let announce), .unknown):
            TrackerAnswer.writeError(Self.unknownTorrent, to: announce.transaction, into: &buffer)
            return .answered(.announce, .refused)
        case (.scrape(let scrape), .known), (.scrape(let scrape), .unknown):
            _ = swarms.scrape(scrape, isFinal: true, now: now.monotonic, into: &buffer)
            return .answered(.scrape, .ok)
        // Whoever is not answered asks again in 15 seconds.
        default: return .nothing
        }
    }

    private mutating func remember(
        _ admission: TrackerSwarms.Admission, of id: UInt64, _ remote: Remote, _ now: Moment
    ) {
        var connection = Connection(remote: remote, admission: admission)
        if let known = connections.value(for: id, now: now.monotonic), known.remote == remote {
            connection = known
            connection.insert(admission)
        }
        connections.insert(connection, for: id, now: now.monotonic)
    }

    // MARK: Errors

    private static let noConnection: StaticString = "connection id too old"
    private static let noPasskey: StaticString = "passkey not valid: export the torrent again"
    private static let notAnnounced: StaticString = "announce first"
    private static let unknownTorrent: StaticString = "unknown torrent"

    private func isProven(_ id: UInt64, _ remote: Remote, _ now: Moment) -> Bool {
        ids.isValid(id, for: remote.addressWords, port: remote.port, now: now.monotonic)
    }

    /// Shorter than any request.
    private mutating func refuse(
        _ kind: RequestKind, _ text: StaticString, _ transaction: UInt32, _ now: Moment, _ buffer: inout ByteBuffer
    ) -> Action {
        guard errors.take(now: now.monotonic) else { return .nothing }
        TrackerAnswer.writeError(text, to: transaction, into: &buffer)
        return .answered(kind, .refused)
    }
}

/// An announce or a scrape that the directory is asked about.
struct TrackerQuestion: Sendable {
    let remote: Remote
    let request: TrackerRequest
    /// Of who announces.
    let passkey: Passkey?
    let keys: [SwarmKey]
}
