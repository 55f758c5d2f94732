import NIOCore
package import Wire

/// How sessions are opened: at every address of the server at the same time, each from a socket of its own;
/// the first that opens is taken. Where there was a session already, the network's other servers are tried as well.
extension DirectoryClient {
    /// Opens the first session.
    ///
    /// - Parameter pin: nil on first contact: then the result says whose network it is, and the caller
    ///   decides whether to trust it before he signs in.
    package func connect(
        to server: ServerAddress, pin: NetworkPin?
    ) async throws(DirectoryClientFailure) -> NetworkPin {
        guard !isClosed, connecting == nil, current == nil else {
            throw .misbehaved(detail: "connected already, or closed")
        }
        self.server = server
        self.pin = pin
        exchanges = Exchanges(address: server.description)
        let found = try await places(of: server)
        guard !isClosed, connecting == nil, current == nil else { throw .cancelled }
        addresses = found
        let result: Result<NetworkPin, DirectoryClientFailure> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: .failure(.cancelled)) }
                connecting = Connecting(
                    continuation: continuation, since: Self.now, progressed: Self.now,
                    failure: .away(address: server.description))
                openAttempts()
                run()
            }
        } onCancel: {
            eventLoop.execute { [weak self] in
                self?.assumeIsolated { $0.endConnecting(.failure(.cancelled)) }
            }
        }
        return try result.get()
    }

    func giveUpAt(_ connecting: Connecting) -> Int64 {
        min(connecting.progressed + Patience.command.silence, connecting.since + Patience.command.answer)
    }

    func stepConnecting(now: Int64) {
        guard let connecting, now >= giveUpAt(connecting) else { return }
        endConnecting(.failure(connecting.failure))
    }

    private func endConnecting(_ result: Result<NetworkPin, DirectoryClientFailure>) {
        guard let connecting else { return }
        self.connecting = nil
        if case .failure = result { closeBeside() }
        connecting.continuation.resume(returning: result)
    }

    func openAttempts() {
        if fallbackAt == nil, !attempts.isEmpty { isUDPSilent = true }
        // Nobody answers at any of them.
        if !attempts.isEmpty { lookUpAgain() }
        closeBeside()
        let others = servers.filter { !addresses.contains($0) }
        attempts = (addresses + (current == nil ? [] : others)).map { attempt(on: Path(to: $0)) }
        if addresses.isEmpty { attempts += pathsByName(of: server).map { attempt(on: $0) } }
        fallbackAt = Self.now + (isUDPSilent || transport == .tcp ? 0 : pacing.fallback)
    }

    func attempt(on path: Path) -> Attempt {
        Attempt(
            path: openPath(path), handshake: ClientHandshake(pin: pin),
            retransmission: Retransmission(
                now: Self.now, first: firstTimeout, slowest: keeper.interval, jitter: jitter))
    }

    func learnServers(_ pulse: HeartbeatAnswer) {
        servers = pulse.servers.compactMap(\.socketAddress)
    }

    func closeBeside() {
        for attempt in attempts { closePath(attempt.path) }
        attempts = []
        if let beside { closePath(beside.path) }
        beside = nil
        fallbackAt = nil
    }

    func stepAttempts(now: Int64) {
        for index in attempts.indices where attempts[index].retransmission.isDue(now) {
            attempts[index].retransmission.sent(now: now)
            let path = attempts[index].path
            for datagram in attempts[index].handshake.datagramsToSend { send(datagram, through: path) }
        }
    }

    /// Takes a datagram that may answer a handshake.
    func receivedHandshake(_ datagram: [UInt8], on path: PathID) {
        guard let index = attempts.firstIndex(where: { $0.path == path }) else { return }
        if paths[path]?.transport == .udp {
            // It passes: slowly, or to somebody who is busy.
            isUDPSilent = false
            if fallbackAt != nil { fallbackAt = Self.now + pacing.fallback }
        }
        let progress: ClientHandshake.Progress
        do {
            progress = try attempts[index].handshake.receive(datagram, now: Self.wallClock)
        } catch {
            refused(DirectoryClientFailure(error), at: index)
            return
        }
        switch progress {
        case .nothing: break
        case .sendAgain:
            connecting?.progressed = Self.now
            attempts[index].retransmission = Retransmission(
                now: Self.now, first: firstTimeout, slowest: keeper.interval, jitter: jitter)
        case .busy(let retryAfter):
            connecting?.failure = .refused(.busy(retryAfter: retryAfter))
            attempts[index].retransmission.postpone(to: Self.now + min(max(retryAfter, 100), 60_000))
        case .established(let session, let found): established(session, found, on: path)
        }
    }

    /// Who answers there is not to be spoken to. At the first contact that is the result. Later the attempt goes
    /// on: whoever is on the line could answer sooner than our network, which may be there all the same.
    private func refused(_ failure: DirectoryClientFailure, at index: Int) {
        guard connecting == nil else {
            closePath(attempts[index].path)
            attempts.remove(at: index)
            return endConnecting(.failure(failure))
        }
        guard case .pinMismatch(let expected, let found) = failure else { return }
        perform(keeper.met(OtherNetwork(expected: expected, found: found), now: Self.now))
    }

    private func established(_ session: SealedSession, _ found: NetworkPin, on path: PathID) {
        attempts.removeAll { $0.path == path }
        closeBeside()
        beside = Link(path: path, session: session)
        pin = found
        perform(keeper.opened(now: Self.now, firstTimeout: firstTimeout, jitter: jitter))
        endConnecting(.success(found))
    }

    func adopt() {
        guard let beside else { return }
        if let current, current.path != beside.path { closePath(current.path) }
        current = beside
        self.beside = nil
        endProbe(now: Self.now)
        perform(attachment.renewed(now: Self.now))
        exchanges.resume(now: Self.now)
    }

    func rebind() {
        guard let id = current?.path, var path = paths[id] else { return }
        closePath(id)
        path.channel = nil
        current?.path = openPath(path)
        perform(attachment.renewed(now: Self.now))
    }
}

extension DirectoryClientFailure {
    fileprivate init(_ error: any Error) {
        self =
            switch error as? HandshakeFailure {
            case .wrongPin(let expected, let found): .pinMismatch(expected: expected, found: found)
            case .clockFarOff(let here, let there): .clockFarOff(here: here, there: there)
            case .otherVersion(let version): .misbehaved(detail: "the server speaks version \(version) of the protocol")
            case nil: .misbehaved(detail: "\(error)")
            }
    }
}
