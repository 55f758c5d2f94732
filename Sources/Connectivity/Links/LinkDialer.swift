import Content
package import Logging
package import NIOCore
package import NIOPosix
package import Proxies
import Synchronization
package import Wire

/// Dials members.
package struct LinkDialer: Sendable {
    private let connector: LinkConnector
    private let signalling: (any Signalling)?

    /// - Parameters:
    ///   - port: Where we listen: from there we dial whom we cannot reach otherwise, and there he may come to us.
    ///   - signalling: Has members called who cannot be dialled; nil where nobody does that.
    ///   - proxies: What leads where we cannot go ourselves.
    ///   - resolver: Of a relay's or a proxy's name; nil for the system's.
    package init(
        trust: LinkTrust, port: UInt16? = nil, signalling: (any Signalling)? = nil, proxies: ProxyRules = ProxyRules(),
        resolver: (any Resolver & Sendable)? = nil, group: any EventLoopGroup, logger: Logger
    ) {
        connector = LinkConnector(
            trust: trust, group: group, port: port, proxies: proxies, resolver: resolver,
            logger: logger)
        self.signalling = signalling
    }

    /// Tries the ways to a member as ``LinkRace`` says, and keeps the first by which this very member answers. Returns when
    /// he has accepted the content that our handshake names: only then is it certain that he accepts us.
    ///
    /// Ends within the time of a race and that for a handshake, earlier when the task is cancelled.
    ///
    /// - Parameters:
    ///   - isStandardClient: It is not our own program that answers, and finds its torrent by the name that TLS asks for.
    ///   - avoidsRelay: Only a way without a relay is of use.
    package func dial(
        _ member: UserName, at endpoints: [Endpoint], greeting: PeerHandshake, isStandardClient: Bool = false,
        avoidsRelay: Bool = false
    ) async throws(DialFailure) -> AuthenticatedLink {
        let name = isStandardClient ? greeting.infoHash.description : nil
        let (winner, failures) = await firstToAnswer(
            member, serverName: name,
            Array(endpoints.prefix(connector.trust.limits.endpointsPerDial)), avoidsRelay: avoidsRelay)
        guard let winner else { throw DialFailure(member: member, attempts: failures) }
        do {
            var buffer = winner.channel.allocator.buffer(capacity: PeerHandshake.byteCount)
            greeting.encode(into: &buffer)
            try await winner.send([buffer])
            let answer = try await winner.await(winner.greeted)
            guard answer.handshake.infoHash == greeting.infoHash else { throw LinkFailure.wrongContent }
            return AuthenticatedLink(core: winner, greeting: answer)
        } catch {
            let failure = error as? LinkFailure ?? .securityFailed(String(describing: error))
            LinkCore.cut(winner.channel, failure)
            throw DialFailure(member: member, attempts: failures + [failure])
        }
    }

    /// Tries every way to a member, and has him do the same: no link remains.
    ///
    /// Ends within ``trialLimit``.
    ///
    /// - Parameter attempt: By which the other one reports what he saw.
    package func trial(_ member: UserName, by attempt: AttemptID) async -> TrialOutcome {
        guard let signalling, connector.port != nil else { return TrialOutcome() }
        let host = await signalling.directoryHost
        let reach = Reach(attempt: attempt, user: member, isTrial: true)
        let outcome = Mutex(TrialOutcome())
        let ways = await connector.trust.expected.expecting(member, by: attempt) { arrivals in
            let trial = WayTrial(
                connect: { [connector] way in
                    try await connector.core(
                        of: way, as: .asking(serverName: nil, attempt), member: member, directoryHost: host)
                },
                ask: { [connector] () async throws(ReachFailure) in
                    do throws(ReachFailure) {
                        let whereabouts = try await signalling.reach(reach)
                        outcome.withLock { $0.whereabouts = whereabouts }
                        return whereabouts.dialable(for: host, by: connector.proxies)
                    } catch {
                        outcome.withLock { $0.isAbsent = error == .absent }
                        throw error
                    }
                }, arrivals: arrivals)
            return await trial.run(
                LinkRace(endpoints: [], canAsk: true, timing: WayTrial.timing, now: RaceRunner.now))
        }
        return outcome.withLock { outcome in
            outcome.ways = ways
            return outcome
        }
    }

    /// Milliseconds.
    package static let trialLimit = WayTrial.limit

    private func firstToAnswer(
        _ member: UserName, serverName: String?, _ endpoints: [Endpoint], avoidsRelay: Bool
    ) async -> (LinkCore?, [LinkFailure]) {
        let limits = connector.trust.limits
        let timing = avoidsRelay ? limits.raceForBetter : limits.race
        guard let signalling, connector.port != nil, serverName == nil else {
            return await race(
                .asking(serverName: serverName, nil), member, endpoints, timing, ask: nil, arrivals: nil,
                directoryHost: "")
        }
        let attempt = AttemptID.random()
        let reach = Reach(
            attempt: attempt, user: member, endpoints: Array(endpoints.prefix(Whereabouts.endpointLimit)),
            avoidsRelay: avoidsRelay)
        let host = await signalling.directoryHost
        return await connector.trust.expected.expecting(member, by: attempt) { arrivals in
            await race(
                .asking(serverName: nil, attempt), member, endpoints.elsewhere(for: host), timing,
                ask: { [connector] () async throws(ReachFailure) in
                    try await signalling.reach(reach).dialable(for: host, by: connector.proxies)
                }, arrivals: arrivals, directoryHost: host)
        }
    }

    private func race(
        _ part: LinkConnector.Part, _ member: UserName, _ endpoints: [Endpoint], _ timing: LinkRace.Timing,
        ask: (@Sendable () async throws(ReachFailure) -> Whereabouts)?, arrivals: AsyncStream<LinkCore>?,
        directoryHost: String
    ) async -> (LinkCore?, [LinkFailure]) {
        let runner = RaceRunner(
            connect: { [connector] way in
                await connector.connect(way, as: part, member: member, directoryHost: directoryHost)
            }, ask: ask, arrivals: arrivals)
        return await runner.run(
            LinkRace(endpoints: endpoints, canAsk: ask != nil, timing: timing, now: RaceRunner.now))
    }
}

/// What came of trying every way to a member.
package struct TrialOutcome: Sendable {
    package var ways: [WayReport] = []
    /// Where he is, as the directory says; nil where it did not say.
    package var whereabouts: Whereabouts?
    /// Nobody of that name is online.
    package var isAbsent = false
}
