package import Wire

/// Heartbeats, peers, coming and going: all from memory.
extension Directory {
    /// Takes a sign of life: any authenticated datagram of the session.
    package func heard(_ session: SessionID) -> [DirectoryNotice] {
        presence.hear(session, at: surroundings.clock.monotonic()).map { [.returned($0)] } ?? []
    }

    /// Takes signs of life that the shell has answered by itself.
    package func heard(_ signs: [SignOfLife]) -> [DirectoryNotice] {
        signs.compactMap { sign in presence.hear(sign.session, at: sign.time).map { .returned($0) } }
    }

    /// What each heartbeat is answered, but for the time, the member's role, and what there is for him alone.
    package var beat: HeartbeatAnswer {
        let told = presence.pace.told
        return HeartbeatAnswer(
            interval: told.interval, silenceLimit: told.silenceLimit, serverTime: 0,
            revocationSerial: revocations.serial, servers: others.servers)
    }

    /// There is something that a member is to hear with his next heartbeat, on each of his devices.
    func tellNews(to user: UserName) { news += presence.devices(of: user).map(\.session) }

    func takeNews() -> [SessionID] {
        guard !news.isEmpty else { return [] }
        defer { news = [] }
        return news
    }

    /// Somebody asks the member for what is locked, or answered him.
    func tellAsk(to user: UserName) {
        askSerials[user, default: 0] += 1
        tellNews(to: user)
    }

    /// The session proved to be at another address.
    package func moved(_ session: SessionID, to address: [UInt8]) { presence.move(session, to: address) }

    /// A stream is attached to the session, whose other end the server sees as this: the device listens on that port, behind
    /// whatever translates addresses on the way.
    package func attached(_ session: SessionID, at endpoint: Endpoint) { presence.attach(session, from: endpoint) }

    /// That stream is closed.
    package func detached(_ session: SessionID) { presence.attach(session, from: nil) }

    /// Of a device with a stream: as whom the server sees it. Nil for others.
    package func reflexiveEndpoint(of session: SessionID) -> Endpoint? { presence.reflexive[session] }

    /// Milliseconds of silence after which a peer is silent, whatever it was told when.
    package var patience: Int64 { presence.pace.patience(now: surroundings.clock.monotonic()) }

    /// The shell has no such session any more: it was silent for too long, had lived its time, or gave way to others.
    package func ended(_ session: SessionID) -> DirectoryOutcome {
        depart(session, .sessionEnded)
    }

    /// Who is signed in in a session.
    package func member(of session: SessionID) -> UserName? { presence.user(of: session) }

    package var activeCount: Int { presence.active.count }

    func network() -> DirectoryOutcome {
        DirectoryOutcome(answers: [
            .network(
                NetworkDescription(
                    certificatePEM: surroundings.certificatePEM, serverTime: surroundings.clock.wall()))
        ])
    }

    func heartbeat(_ user: UserName, _ caller: Caller) -> DirectoryOutcome {
        var pulse = pulse(for: user)
        pulse.askSerial = askSerials[user] ?? 0
        pulse.wanted = presence.wanted(at: caller.session, now: surroundings.clock.monotonic())
        return DirectoryOutcome(answers: [.heartbeat(pulse)])
    }

    func pulse(for user: UserName) -> HeartbeatAnswer {
        var pulse = beat
        pulse.serverTime = surroundings.clock.wall()
        pulse.role = accounts.role(of: user)
        return pulse
    }

    func goodbye(_ caller: Caller) -> DirectoryOutcome {
        var outcome = depart(caller.session, .goodbye)
        outcome.answers = [.done]
        return outcome
    }

    func peers(_ window: PageWindow, besides user: UserName) -> DirectoryOutcome {
        var packer = PagePacker(window, DirectoryAnswer.peers)
        for name in presence.active.behind(window.after) where name != user {
            guard packer.add(name, key: name.bytes) else {
                return DirectoryOutcome(answers: packer.answers(isEnd: false))
            }
        }
        return DirectoryOutcome(answers: packer.answers(isEnd: true))
    }

    func revocations(since serial: Int64, _ window: PageWindow) -> DirectoryOutcome {
        let start = window.after.isEmpty ? serial : BigEndian.number(window.after)
        guard let start else { return .refusal(.malformed) }
        var packer = PagePacker(window, DirectoryAnswer.revocations)
        for revocation in revocations.since(max(start, serial)) {
            guard packer.add(revocation, key: BigEndian.bytes(revocation.serial)) else {
                return DirectoryOutcome(answers: packer.answers(isEnd: false))
            }
        }
        return DirectoryOutcome(answers: packer.answers(isEnd: true))
    }

    /// Signs a device out.
    func depart(_ session: SessionID, _ reason: DirectoryNotice.Departure) -> DirectoryOutcome {
        guard let device = presence.remove(session), device.isActive else { return DirectoryOutcome() }
        backlog.see(device.user, at: surroundings.clock.wall())
        return DirectoryOutcome(notices: [.left(device.user, reason)])
    }
}

/// Of a session, at a time: milliseconds, monotonic.
package struct SignOfLife: Hashable, Sendable {
    package var session: SessionID
    package var time: Int64

    package init(session: SessionID, time: Int64) {
        self.session = session
        self.time = time
    }
}
