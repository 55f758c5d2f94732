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
            reach.endpoints.isEmpty || device.endpoints.contains(where: reach.endpoints.contains)
        }
        let elsewhere = try await endpoints(elsewhere: reach)
        guard !called.isEmpty || !elsewhere.isEmpty else { return .refusal(.memberAbsent) }
        let offers = try offers(to: user, and: reach.user, of: reach.attempt)
        let call = Call(
            attempt: reach.attempt, user: user, whereabouts: whereabouts(of: [own], offers?.called),
            isTrial: reach.isTrial)
        var found = whereabouts(of: called, offers?.caller)
        found.endpoints = Array((found.endpoints + elsewhere).prefix(Whereabouts.endpointLimit))
        return DirectoryOutcome(
            answers: [.whereabouts(found)],
            pushes: called.map { DirectoryPush(session: $0.session, message: .call(call)) })
    }

    /// Passes on what a member saw of a trial to who wanted it.
    func pass(_ report: TrialReport, of user: UserName) -> DirectoryOutcome {
        guard reachLimits.admits(user, now: surroundings.clock.monotonic()) else {
            return .refusal(.slowDown(retryAfter: ReachLimits.retryAfter))
        }
        var passed = report
        passed.user = user
        return DirectoryOutcome(
            answers: [.done],
            pushes: presence.activeDevices(of: report.user).map {
                DirectoryPush(session: $0.session, message: .report(passed))
            })
    }

    /// The device is somewhere else, or has another port opened for it.
    func locate(_ endpoints: [Endpoint], _ caller: Caller) -> DirectoryOutcome {
        presence.locate(caller.session, at: Array(endpoints.prefix(settings.limits.localAddresses)))
        return DirectoryOutcome(answers: [.done])
    }

    /// Both sides' tickets for one of the relays, by the attempt's own bytes: who asks or is called again gets the same.
    private func offers(
        to caller: UserName, and called: UserName, of attempt: AttemptID
    ) throws -> (caller: RelayOffer, called: RelayOffer)? {
        guard let place = surroundings.relays.place(of: attempt) else { return nil }
        let expiry = surroundings.clock.wall() + RelayTicket.lifetime
        func offer(_ side: RelayTicket.Side, _ member: UserName) throws -> RelayOffer {
            let ticket = RelayTicket(pair: attempt, side: side, member: member, expiresAt: expiry)
            return RelayOffer(
                host: place.host, port: place.port, ticket: try surroundings.certificates.seal(ticket))
        }
        return (try offer(.caller, caller), try offer(.called, called))
    }

    private func whereabouts(of devices: [OnlineDevice], _ relay: RelayOffer?) -> Whereabouts {
        Whereabouts(
            endpoints: Array(devices.flatMap(\.endpoints).prefix(Whereabouts.endpointLimit)),
            reflexive: Array(devices.compactMap { presence.reflexive[$0.session] }.prefix(Whereabouts.reflexiveLimit)),
            relay: relay)
    }

    /// Where to dial those of his devices that are at other servers, who are not called: what they say goes by their own.
    private func endpoints(elsewhere reach: Reach) async throws(DirectoryStoreError) -> [Endpoint] {
        guard let others = surroundings.others else { return [] }
        return try await others.devices(of: reach.user).filter { device in
            reach.endpoints.isEmpty || device.endpoints.contains(where: reach.endpoints.contains)
        }.flatMap(\.endpoints)
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
