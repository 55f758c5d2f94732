package import Wire

/// What the directory can try from where it is.
package protocol Probing: Sendable {
    /// Dials each by TCP, and closes at once. Nil where there is too much to do; otherwise within some seconds.
    func dial(_ endpoints: [Endpoint]) async -> [DialledBack]?
    /// Opens a UDP port for some seconds, and knocks from there. Nil where there is none to be had.
    func cross(_ id: KnockID, to endpoint: Endpoint) async -> UInt16?
}

/// Looks at a member's device from outside. Nothing is sent to any address but those from which the server sees this very
/// session and the stream that is attached to it, which have proved that they are there: so nobody can have others dialled.
extension Directory {
    func probe(_ probe: Probe, _ user: UserName, _ caller: Caller) async -> DirectoryOutcome {
        guard let prober = surroundings.prober, let device = presence.device(at: caller.session) else {
            return .refusal(.unknownRequest)
        }
        guard probeLimits.admits(user, now: surroundings.clock.monotonic()) else {
            return .refusal(.slowDown(retryAfter: ProbeLimits.retryAfter))
        }
        let busy = DirectoryOutcome.refusal(.busy(retryAfter: settings.limits.busyRetry))
        switch probe {
        case .listening:
            let endpoints = Self.own(device, reflexive: presence.reflexive[caller.session])
            guard let dials = await prober.dial(endpoints) else { return busy }
            return DirectoryOutcome(answers: [.dialledBack(dials)])
        case .crossing(let id):
            guard let seen = Endpoint(address: LocalAddress.unmapped(device.address), port: caller.port) else {
                return .refusal(.malformed)
            }
            guard let port = await prober.cross(id, to: seen) else { return busy }
            return DirectoryOutcome(answers: [.crossing(Crossing(seen: seen, port: port))])
        }
    }

    /// Where the device says that it listens, at the addresses from which it is seen.
    private static func own(_ device: OnlineDevice, reflexive: Endpoint?) -> [Endpoint] {
        let seen = Set([LocalAddress.unmapped(device.address)] + (reflexive.map { [$0.address] } ?? []))
        var endpoints = device.endpoints.filter { seen.contains($0.address) }
        if let reflexive, !endpoints.contains(reflexive) { endpoints.append(reflexive) }
        return Array(endpoints.prefix(DialledBack.limit))
    }
}
