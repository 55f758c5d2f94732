package import Logging
package import NIOCore
package import NIOPosix
package import Proxies
import Synchronization
package import Wire

/// Goes to meet members who have us called: dials them by every way they named, and takes what comes of it for a link that
/// came in.
package final class LinkAnswerer: Sendable {
    /// Calls that are answered at the same time: in all, and of one member. Half of that for those who are linked already, and
    /// look for a better way.
    private static let limit = 32
    private static let limitPerMember = 4

    private let connector: LinkConnector
    private let listener: LinkListener
    private let signalling: any Signalling
    private let underWay = Mutex<[AttemptID: UserName]>([:])

    package init(
        trust: LinkTrust, listener: LinkListener, signalling: any Signalling, proxies: ProxyRules = ProxyRules(),
        resolver: (any Resolver & Sendable)? = nil, group: any EventLoopGroup, logger: Logger
    ) {
        connector = LinkConnector(
            trust: trust, group: group, port: listener.port, proxies: proxies, resolver: resolver,
            logger: logger)
        self.listener = listener
        self.signalling = signalling
    }

    /// Returns when there is a link, which ``LinkListener/run(trust:_:)`` serves, or when every way was tried.
    /// A call that is being answered, and one too many, is passed over.
    ///
    /// - Returns: Why there is none.
    @discardableResult
    package func answer(_ call: Call) async -> DialFailure? {
        guard !connector.trust.refuses(call.user), begin(call) else {
            return DialFailure(member: call.user, attempts: [])
        }
        defer { underWay.withLock { $0[call.attempt] = nil } }
        let host = await signalling.directoryHost
        let registry = connector.trust.registry
        let linksBefore = registry.acceptedCount(of: call.user)
        let runner = RaceRunner(
            connect: { [connector] way in
                // Nobody waits at the relay any more where the caller's own dial came through.
                if case .relay = way, registry.acceptedCount(of: call.user) > linksBefore { return .failure(.closed) }
                return await connector.connect(way, as: .called(call.attempt), member: call.user, directoryHost: host)
            }, ask: nil, arrivals: nil)
        let limits = connector.trust.limits
        var timing = call.avoidsRelay ? limits.raceForBetter : limits.race
        timing.isSteady = true
        var race = LinkRace(endpoints: [], canAsk: false, timing: timing, now: RaceRunner.now)
        race.learned(call.whereabouts.dialable(for: host, by: connector.proxies), now: RaceRunner.now)
        let (winner, failures) = await runner.run(race)
        guard let winner else { return DialFailure(member: call.user, attempts: failures) }
        listener.admit(winner)
        return nil
    }

    /// Tries every way to a member who wants to know which ones there are. Nil where he is refused, or asks too much.
    package func trial(_ call: Call) async -> [WayReport]? {
        guard !connector.trust.refuses(call.user), begin(call) else { return nil }
        defer { underWay.withLock { $0[call.attempt] = nil } }
        let host = await signalling.directoryHost
        let trial = WayTrial(
            connect: { [connector] way in
                try await connector.core(
                    of: way, as: .called(call.attempt), member: call.user, directoryHost: host)
            }, ask: nil, arrivals: nil, isSteady: call.whereabouts.claims)
        var race = LinkRace(endpoints: [], canAsk: false, timing: WayTrial.timing, now: RaceRunner.now)
        race.learned(call.whereabouts.dialable(for: host, by: connector.proxies), now: RaceRunner.now)
        return await trial.run(race)
    }

    private func begin(_ call: Call) -> Bool {
        underWay.withLock { underWay in
            let share = call.avoidsRelay ? 2 : 1
            guard underWay[call.attempt] == nil, underWay.count < Self.limit / share,
                underWay.values.count(where: { $0 == call.user }) < Self.limitPerMember / share
            else { return false }
            underWay[call.attempt] = call.user
            return true
        }
    }
}
