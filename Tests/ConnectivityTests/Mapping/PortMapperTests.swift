import Connectivity
import Logging
import NIOPosix
import TestKit
import Testing
import Wire

/// The shell round the keeper, with routers on loopback.
@Suite(.timeLimit(.minutes(1))) struct PortMapperTests {
    /// Answers orders as it is told to; what it has no answer to, it lets lie until it is cancelled.
    private struct ScriptedClient: RouterClient {
        let speaks: MappingProtocol
        let orders = Seen<[MappingOrder]>([])
        let outcome: @Sendable (MappingOrder) -> MappingOutcome?

        func perform(_ order: MappingOrder) async -> MappingOutcome {
            orders.change { $0.append(order) }
            if let outcome = outcome(order) { return outcome }
            try? await Task.sleep(for: .seconds(3_600))
            return .unanswered
        }
    }

    private static func environment(
        _ clients: [any RouterClient], router: @escaping @Sendable () -> Gateway? = { FakeRouter.gateway }
    ) -> MappingEnvironment {
        MappingEnvironment(clients: clients, pace: .milliseconds(20), router: router)
    }

    private static func pcp(_ router: FakeRouter) -> PCPClient {
        PCPClient(group: MultiThreadedEventLoopGroup.singleton, routersPort: router.port)
    }

    /// Runs a mapper until the state is so; gives all states.
    private func states(
        _ environment: MappingEnvironment, until isMet: @escaping @Sendable (MappingState) -> Bool
    ) async -> [MappingState] {
        let seen = Seen<[MappingState]>([])
        let mapper = PortMapper(port: 40_000, environment: environment, logger: Logger(label: "test"))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await mapper.run { state in seen.change { $0.append(state) } } }
            await seen.wait { $0.contains(where: isMet) }
            group.cancelAll()
        }
        return seen.value
    }

    private static func isMapped(_ state: MappingState) -> Bool { if case .mapped = state { true } else { false } }
    private static func isUnmapped(_ state: MappingState) -> Bool { if case .unmapped = state { true } else { false } }

    private static func endpoint(_ port: UInt16) -> Endpoint? { Endpoint(address: [11, 1, 2, 3], port: port) }

    @Test func itMapsAndAtTheEndItRemoves() async throws {
        let router = try await FakeRouter.start(.grants(lifetime: 7_200))
        let states = await states(Self.environment([Self.pcp(router)]), until: Self.isMapped)
        #expect(states.count == 3 && states.first == .looking && states.last == .ended)
        guard case .mapped(let mapped) = states[1] else { return }
        #expect(mapped.external == Self.endpoint(40_000) && mapped.by == .pcp && mapped.isPublic)
        let requests = router.requests.value
        let (first, last) = (try #require(requests.first), try #require(requests.last))
        #expect(first.count == 60 && first[4..<8].elementsEqual([0, 0, 0x1C, 0x20]))
        // The same mapping, and a lifetime of nothing.
        #expect(last.count == 60 && last[4..<8].allSatisfy { $0 == 0 } && last[24..<42] == first[24..<42])
        #expect(last[42..<44].allSatisfy { $0 == 0 })
    }

    @Test func whatIsLostIsRepeated() async throws {
        let router = try await FakeRouter.start(.grants(lifetime: 7_200), lost: 2)
        let states = await states(Self.environment([Self.pcp(router)]), until: Self.isMapped)
        #expect(states.contains(where: Self.isMapped))
        #expect(router.requests.value.count >= 3)
    }

    @Test func othersAnswersAreNone() async throws {
        let router = try await FakeRouter.start(.grants(lifetime: 7_200), strangers: true)
        let states = await states(Self.environment([Self.pcp(router)]), until: Self.isMapped)
        #expect(states.contains(where: Self.isMapped))
    }

    @Test func itIsRenewed() async throws {
        let router = try await FakeRouter.start(.grants(lifetime: 8))
        let expiries = Seen<Set<ContinuousClock.Instant>>([])
        _ = await states(Self.environment([Self.pcp(router)])) { state in
            guard case .mapped(let mapped) = state else { return false }
            return expiries.change {
                $0.insert(mapped.expires)
                return $0.count
            } >= 2
        }
        #expect(router.requests.value.count { $0[4..<8] == [0, 0, 0x1C, 0x20] } >= 2)
    }

    /// RFC 6887 §9.
    @Test func aRouterOfAnotherVersionIsAskedInIt() async throws {
        let router = try await FakeRouter.start(.knowsAnotherVersion)
        let next = ScriptedClient(speaks: .natPMP) { order in
            guard let external = Self.endpoint(40_001), order.deed == .map else { return .removed }
            return .granted(MappingGrant(external: external, lifetime: .seconds(60)))
        }
        let states = await states(Self.environment([Self.pcp(router), next]), until: Self.isMapped)
        guard case .mapped(let mapped)? = states.first(where: Self.isMapped) else { return }
        #expect(mapped.by == .natPMP && mapped.external.port == 40_001)
        #expect(next.orders.value.map(\.deed) == [.map, .remove])
    }

    @Test(arguments: [
        (FakeRouter.Manner.refuses(result: 8), MappingFailure.refused("the router has no room for it")),
        (.refuses(result: 11), .portTaken), (.refuses(result: 4), .notSpoken), (.silent, .silent),
        (.grants(lifetime: 0), .refused("the router gave no port")),
        (
            .grants(lifetime: 7_200, at: [255, 255, 255, 255]),
            .refused("the router has no address outside that others can dial")
        ),
    ]) func whyThereIsNoneIsTold(manner: FakeRouter.Manner, failure: MappingFailure) async throws {
        let router = try await FakeRouter.start(manner)
        let states = await states(Self.environment([Self.pcp(router)]), until: Self.isUnmapped)
        #expect(states.contains(.unmapped([.pcp: failure])))
    }

    @Test func aClosedPortIsNotWaitedFor() async throws {
        let router = try await FakeRouter.start(.silent)
        let client = Self.pcp(router)
        try await router.close()
        let states = await states(Self.environment([client]), until: Self.isUnmapped)
        #expect(states.contains(.unmapped([.pcp: .notSpoken])))
    }

    /// Another one that has the same address.
    @Test func aRouterThatIsInDoubtIsAskedAtOnce() async throws {
        let (doubts, doubt) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let client = ScriptedClient(speaks: .upnp) { order in
            guard let external = Endpoint(address: [11, 1, 2, 3], port: 40_000) else { return nil }
            switch order.deed {
            case .map: return .granted(MappingGrant(external: external, lifetime: .seconds(600)))
            case .check: return .missing
            case .remove: return .removed
            }
        }
        let mapper = PortMapper(
            port: 40_000, environment: Self.environment([client]), logger: Logger(label: "test"))
        await withTaskGroup(of: Void.self) { group in
            let isMapped = Seen(false)
            group.addTask {
                await mapper.run(doubts: doubts) { state in if Self.isMapped(state) { isMapped.set(true) } }
            }
            await isMapped.wait { $0 }
            doubt.yield()
            await client.orders.wait { $0.map(\.deed) == [.map, .check, .map] }
            group.cancelAll()
        }
    }

    @Test func anotherRouterGetsIt() async throws {
        let isMoved = Seen(false)
        let other = Gateway(address: [10, 0, 0, 1], interface: 1, local: [10, 0, 0, 2])
        let client = ScriptedClient(speaks: .upnp) { order in
            let outside: [UInt8] = order.router == other ? [11, 1, 2, 4] : [11, 1, 2, 3]
            guard let external = Endpoint(address: outside, port: 40_000) else { return nil }
            return order.deed == .map ? .granted(MappingGrant(external: external, lifetime: .seconds(600))) : .removed
        }
        let states = await states(
            Self.environment([client]) { isMoved.value ? other : FakeRouter.gateway },
            until: { state in
                guard case .mapped(let mapped) = state else { return false }
                isMoved.set(true)
                return mapped.external.address == [11, 1, 2, 4]
            })
        #expect(states.count(where: Self.isMapped) == 2)
        #expect(client.orders.value.map(\.deed) == [.map, .remove, .map, .remove])
    }

    /// A router that never answers keeps nobody from quitting.
    @Test func aSilentRouterIsNotWaitedForAtTheEnd() async {
        let client = ScriptedClient(speaks: .upnp) { _ in nil }
        let states = await states(Self.environment([client]), until: { $0 == .looking })
        #expect(states.last == .ended)
    }

    @Test func withoutARouterNobodyIsAsked() async {
        let client = ScriptedClient(speaks: .pcp) { _ in nil }
        let states = await states(Self.environment([client]) { nil }, until: { $0 == .noRouter })
        #expect(states == [.noRouter, .ended] && client.orders.value.isEmpty)
    }
}
