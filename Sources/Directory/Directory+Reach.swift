import Wire

/// Brings members together who cannot simply dial each other.
extension Directory {
    /// Tells the caller where the member may be found, and calls him: on each of his devices that was meant.
    func reach(_ reach: Reach, _ user: UserName, _ caller: Caller) async throws -> DirectoryOutcome {
        guard let own = presence.device(at: caller.session), reach.user != user else { return .refusal(.malformed) }
        let now = surroundings.clock.monotonic()
        guard reachLimits.admits(user, now: now) else {
            return .refusal(.slowDown(retryAfter: ReachLimits.retryAfter))
        }
        let called = presence.activeDevices(of: reach.user).filter { device in
            reach.endpoints.mean(deviceAt: device.endpoints)
        }
        let elsewhere = try await devices(elsewhere: reach)
        guard !called.isEmpty || !elsewhere.isEmpty else { return .refusal(.memberAbsent) }
        let offers = reach.avoidsRelay ? nil : try offers(to: user, of: reach.attempt)
        let ownPlace = presence.whereabouts(of: own)
        func call(_ offer: RelayOffer?) -> Call {
            var whereabouts = ownPlace
            whereabouts.relay = offer
            return Call(
                attempt: reach.attempt, user: user, whereabouts: whereabouts, avoidsRelay: reach.avoidsRelay,
                isTrial: reach.isTrial)
        }
        if !elsewhere.isEmpty {
            try await surroundings.others?.handOver([
                HandedOver(
                    message: .call(call(offers.map { elsewhereOffer($0.called) })), to: reach.user,
                    at: reach.endpoints)
            ])
        }
        var found = Whereabouts(endpoints: [], relay: offers?.caller)
        let vantage = presence.vantage(of: own, believing: true)
        for device in called.map(presence.present) + elsewhere {
            found.add(device.whereabouts.told(to: vantage))
        }
        let local = DirectoryMessage.call(call(offers?.called))
        return DirectoryOutcome(answers: [.whereabouts(found)], pushes: called.map { push(local, to: $0) })
    }

    /// Another server says something to a member who is here.
    package func take(_ handed: HandedOver) -> DirectoryOutcome {
        let devices = presence.activeDevices(of: handed.user).filter { handed.isMeant(at: $0.endpoints) }
        return DirectoryOutcome(pushes: devices.map { push(handed.message, to: $0) })
    }

    /// Of where somebody is each device hears what it may.
    private func push(_ message: DirectoryMessage, to device: OnlineDevice) -> DirectoryPush {
        guard case .call(var call) = message else { return DirectoryPush(session: device.session, message: message) }
        call.whereabouts = call.whereabouts.told(to: presence.vantage(of: device, believing: true))
        return DirectoryPush(session: device.session, message: .call(call))
    }

    /// Who is at another server does not reach this one's relay at the address by which he reaches his own.
    private func elsewhereOffer(_ offer: RelayOffer) -> RelayOffer {
        var offer = offer
        offer.host = offer.host ?? others.servers.first.map { AddressText.of($0.address) }
        return offer
    }

    /// Passes on what a member saw of a trial to who wanted it.
    func pass(_ report: TrialReport, of user: UserName) async throws -> DirectoryOutcome {
        guard reachLimits.admits(user, now: surroundings.clock.monotonic()) else {
            return .refusal(.slowDown(retryAfter: ReachLimits.retryAfter))
        }
        var passed = report
        passed.user = user
        try await surroundings.others?.handOver([HandedOver(message: .report(passed), to: report.user)])
        return DirectoryOutcome(
            answers: [.done],
            pushes: presence.activeDevices(of: report.user).map {
                DirectoryPush(session: $0.session, message: .report(passed))
            })
    }

    /// The device is somewhere else, or has another port opened for it.
    ///
    /// - Parameter told: Who hears that its member has moved; of those only as many as he may call.
    func locate(
        _ endpoints: [Endpoint], telling told: [UserName], _ user: UserName, _ caller: Caller
    ) async throws -> DirectoryOutcome {
        presence.locate(caller.session, at: Array(endpoints.prefix(settings.limits.localAddresses)))
        let now = surroundings.clock.monotonic()
        let told = Set(told).subtracting([user]).sorted().filter { _ in reachLimits.admits(user, now: now) }
        if !told.isEmpty {
            try await surroundings.others?.handOver(told.map { HandedOver(message: .moved(user), to: $0) })
        }
        let devices = told.flatMap { presence.activeDevices(of: $0) }
        return DirectoryOutcome(
            answers: [.done], pushes: devices.map { DirectoryPush(session: $0.session, message: .moved(user)) })
    }

    /// Both sides' tickets for one of the relays, by the attempt's own bytes: who asks or is called again gets the same.
    private func offers(
        to caller: UserName, of attempt: AttemptID
    ) throws -> (caller: RelayOffer, called: RelayOffer)? {
        guard let place = surroundings.relays.place(of: attempt) else { return nil }
        let expiry = surroundings.clock.wall() + RelayTicket.lifetime
        func offer(_ side: RelayTicket.Side) throws -> RelayOffer {
            let ticket = RelayTicket(pair: attempt, side: side, member: caller, expiresAt: expiry)
            return RelayOffer(
                host: place.host, port: place.port, ticket: try surroundings.certificates.seal(ticket))
        }
        return (try offer(.caller), try offer(.called))
    }

    /// Those of his devices that are at other servers.
    private func devices(elsewhere reach: Reach) async throws(DirectoryStoreError) -> [PresentDevice] {
        guard let others = surroundings.others else { return [] }
        return try await others.devices(of: reach.user).filter { device in
            reach.endpoints.mean(deviceAt: device.endpoints)
        }
    }
}

extension Whereabouts {
    fileprivate mutating func add(_ other: Whereabouts) {
        endpoints = Array((endpoints + other.endpoints).prefix(Self.endpointLimit))
        reflexive = Array((reflexive + other.reflexive).prefix(Self.reflexiveLimit))
    }
}

/// Where members find a relay.
package struct RelayPlace: Hashable, Sendable {
    /// Nil where it is this server's own, wherever that is reached.
    package var host: String?
    package var port: UInt16

    package init(host: String? = nil, port: UInt16) {
        self.host = host
        self.port = port
    }
}

extension [RelayPlace] {
    fileprivate func place(of attempt: AttemptID) -> RelayPlace? {
        isEmpty ? nil : self[Int(attempt.bytes[0]) % count]
    }
}
