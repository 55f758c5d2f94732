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
        let call = Call(attempt: reach.attempt, user: user, whereabouts: whereabouts(of: [own], offers?.called))
        var found = whereabouts(of: called, offers?.caller)
        found.endpoints = Array((found.endpoints + elsewhere).prefix(Whereabouts.endpointLimit))
        return DirectoryOutcome(
            answers: [.whereabouts(found)],
            pushes: called.map { DirectoryPush(session: $0.session, message: .call(call)) })
    }

    /// The device is somewhere else, or has another port opened for it.
    func locate(_ endpoints: [Endpoint], _ caller: Caller) -> DirectoryOutcome {
        presence.locate(caller.session, at: Array(endpoints.prefix(settings.limits.localAddresses)))
        return DirectoryOutcome(answers: [.done])
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
