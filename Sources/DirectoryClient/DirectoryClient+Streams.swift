import NIOCore
package import Wire

/// When TCP is tried, and UDP again. Milliseconds.
package struct TransportPacing: Hashable, Sendable {
    /// Without any answer over UDP, while a session is being opened, until it is tried over TCP too.
    package var fallback: Int64 = 1_500
    /// Between two looks whether UDP passes by now, while the session lives on a stream.
    package var probe: Int64 = 180_000

    package init() {}
}

/// A look whether UDP passes.
struct DatagramProbe {
    static let limit: Int64 = 3_000

    let path: PathID
    let since: Int64
    var retransmission: Retransmission
}

/// Sessions over TCP where UDP does not pass, and the way back.
extension DirectoryClient {
    /// Over which the session goes; nil where there is none.
    package var transport: Transport? { current.flatMap { paths[$0.path]?.transport } }

    /// As whom the server sees the stream that this device keeps to it from the port on which it listens. Nil where it has
    /// none: nothing translates its address, or the server is not to be reached by TCP.
    package var reflexiveEndpoint: Endpoint? { attachment.endpoint }

    /// Whether something translates this device's address on the way to the server; nil while that is not known.
    package var isTranslated: Bool? { attachment.isTranslated }

    // MARK: Fallback

    /// Tries by TCP too where nobody answered by UDP in time.
    func stepFallback(now: Int64) {
        guard let fallbackAt, now >= fallbackAt, !attempts.isEmpty else { return }
        self.fallbackAt = nil
        for server in attempts.compactMap({ paths[$0.path]?.server }) {
            for address in StreamPath.addresses(of: server) {
                attempts.append(attempt(on: streamPath(to: address, of: server)))
            }
        }
        stepAttempts(now: now)
    }

    // MARK: Moving

    /// This device is elsewhere than before: what is open leads nowhere, or from an address that is gone. The session goes on from
    /// where the device is now.
    package func moved() {
        guard !isClosed else { return }
        let now = Self.now
        isUDPSilent = false
        nameLooks.moved()
        perform(attachment.moved(now: now))
        perform(keeper.moved(now: now))
        if transport == .tcp { nextProbeAt = now }
        exchanges.resume(now: now)
        run()
    }

    // MARK: Return

    func stepProbe(now: Int64) {
        if let probe, now - probe.since >= DatagramProbe.limit { endProbe(now: now) }
        if probe == nil, now >= nextProbeAt, let current, let path = paths[current.path], path.transport == .tcp {
            guard let server = path.server else {
                nextProbeAt = .max
                return
            }
            probe = DatagramProbe(
                path: openPath(Path(to: server)), since: now,
                retransmission: Retransmission(now: now, first: firstTimeout, jitter: jitter))
        }
        guard let due = probe, due.retransmission.isDue(now) else { return }
        probe?.retransmission.sent(now: now)
        // The server answers it with a challenge, as it comes from a new address.
        let message = DirectoryMessage.request(SessionKeeper.probeTransaction, .heartbeat)
        guard let datagram = try? current?.session.seal(message.encoded) else { return }
        send(datagram, through: due.path)
    }

    func endProbe(now: Int64) {
        if let probe { closePath(probe.path) }
        probe = nil
        nextProbeAt = transport == .tcp ? now + pacing.probe : .max
    }

    /// UDP passes both ways: the session goes there.
    func moveToProbe() {
        guard let probe, let former = current?.path else { return }
        self.probe = nil
        nextProbeAt = .max
        current?.path = probe.path
        closePath(former)
    }

    // MARK: The stream from the listening port

    func perform(_ actions: [StreamAttachment.Action]) {
        for action in actions {
            switch action {
            case .dial(let port, let attempt): dial(from: port, attempt)
            case .ask(let transaction):
                guard let attachedPath,
                    let datagram = try? current?.session.seal(
                        DirectoryMessage.request(TransactionID(rawValue: transaction), .attach).encoded)
                else { continue }
                send(datagram, through: attachedPath)
            case .close:
                if let attachedPath { closePath(attachedPath) }
                attachedPath = nil
            }
        }
    }

    func stepAttachment(now: Int64) { perform(attachment.step(now: now, jitter: jitter)) }

    private func dial(from port: UInt16, _ attempt: Int) {
        guard let current, let path = paths[current.path] else { return attachment.lost(now: Self.now, jitter: jitter) }
        // Through a proxy nobody comes back.
        guard let server = path.server, !isProxied(server) else { return perform(attachment.stop()) }
        let all = streamAddresses(of: path, server)
        attachedPath = openPath(streamPath(to: all[attempt % all.count], of: server, from: port))
    }

    /// Over IPv4 first, whatever the session goes over: nothing translates IPv6.
    private func streamAddresses(of path: Path, _ server: SocketAddress) -> [SocketAddress] {
        // Of several servers nobody knows whose another address is.
        let others = server.protocol == .inet6 && servers.isEmpty ? addresses.filter { $0.protocol == .inet } : []
        guard !others.isEmpty else {
            return path.transport == .tcp ? [path.address ?? server] : StreamPath.addresses(of: server)
        }
        let ways = (others + [server]).map(StreamPath.addresses)
        return ways.compactMap(\.first) + ways.flatMap { $0.dropFirst() }
    }

    func receivedAttached(_ answer: DirectoryAnswer) {
        let local = attachedPath.flatMap { paths[$0]?.channel?.localAddress }
        perform(
            attachment.receive(
                answer, own: local.flatMap { Endpoint($0) }, silenceLimit: keeper.silenceLimit, now: Self.now,
                jitter: jitter))
    }

    /// It has no socket of its own any more: another one is dialled later.
    func attachedPathFailed() {
        if let attachedPath { closePath(attachedPath) }
        attachedPath = nil
        attachment.lost(now: Self.now, jitter: jitter)
    }
}
