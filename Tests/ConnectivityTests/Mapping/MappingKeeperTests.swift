import Connectivity
import TestKit
import Testing
import Wire

/// One keeper, whose orders the test answers.
@Suite struct MappingKeeperTests {
    private struct Bench {
        var keeper = MappingKeeper(port: 40_000, protocols: MappingProtocol.allCases)
        var now = ContinuousClock.now
        var orders: [MappingOrder] = []

        static let router = Gateway(address: [192, 168, 1, 1], interface: 2, local: [192, 168, 1, 7])
        static let other = Gateway(address: [10, 0, 0, 1], interface: 3, local: [10, 0, 0, 9])

        init(at router: Gateway? = router) { orders = keeper.found(router, now: now) }

        mutating func find(_ router: Gateway?) { orders += keeper.found(router, now: now) }

        /// Answers the one order that there is.
        mutating func answer(_ outcome: MappingOutcome) throws {
            try #require(orders.count == 1)
            let order = orders.removeFirst()
            orders = keeper.answered(order.id, outcome, now: now, chance: 0.5)
        }

        mutating func pass(_ time: Duration) {
            now += time
            orders += keeper.step(now: now, chance: 0.5)
        }

        /// Passes the time until there is something to do.
        mutating func passUntilNext() throws { pass(try #require(keeper.wakeAt) - now) }

        static func grant(
            _ address: [UInt8] = [11, 1, 2, 3], port: UInt16 = 40_000, seconds: Int = 7_200, epoch: UInt32? = nil,
            isPermanent: Bool = false
        ) throws -> MappingOutcome {
            .granted(
                MappingGrant(
                    external: try #require(Endpoint(address: address, port: port)), lifetime: .seconds(seconds),
                    isPermanent: isPermanent, epoch: epoch))
        }

        var mapped: MappedPort? { if case .mapped(let mapped) = keeper.state { mapped } else { nil } }
        var deeds: [String] { orders.map { "\($0.deed) \($0.by.rawValue)" } }
    }

    @Test func withoutARouterNothingIsAsked() {
        var bench = Bench(at: nil)
        #expect(bench.orders.isEmpty && bench.keeper.state == .noRouter && bench.keeper.wakeAt == nil)
        bench.find(Bench.router)
        #expect(bench.deeds == ["map PCP"] && bench.keeper.state == .looking)
    }

    @Test func theListeningPortIsAskedFor() throws {
        let bench = Bench()
        let order = try #require(bench.orders.first)
        #expect(order.port == 40_000 && order.router == Bench.router)
        #expect(order.external == Endpoint(address: [0, 0, 0, 0], port: 40_000))
    }

    @Test func whatIsNotSpokenIsFollowedByTheNext() throws {
        var bench = Bench()
        try bench.answer(.refused(.notSpoken))
        #expect(bench.deeds == ["map NAT-PMP"])
        try bench.answer(.refused(.refused("not allowed")))
        #expect(bench.deeds == ["map UPnP"])
        try bench.answer(.refused(.notSpoken))
        #expect(bench.orders.isEmpty)
        #expect(
            bench.keeper.state
                == .unmapped([.pcp: .notSpoken, .natPMP: .refused("not allowed"), .upnp: .notSpoken]))
    }

    @Test func whatMayHaveBeenDoneIsRemovedBeforeTheNext() throws {
        var bench = Bench()
        try bench.answer(.unanswered)
        #expect(bench.deeds == ["remove PCP"])
        try bench.answer(.unanswered)
        #expect(bench.deeds == ["map NAT-PMP"])
        try bench.answer(try Bench.grant())
        #expect(bench.mapped?.by == .natPMP)
        bench.keeper.end()
        #expect(bench.keeper.removals(now: bench.now).map(\.by) == [.natPMP, .pcp])
    }

    @Test func whatIsGivenIsTaken() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant(port: 50_123, seconds: 600))
        let mapped = try #require(bench.mapped)
        #expect(mapped.external == Endpoint(address: [11, 1, 2, 3], port: 50_123) && mapped.isPublic)
        #expect(mapped.expires == bench.now + .seconds(600))
    }

    @Test func aPrivateAddressOutsideIsKeptAndToldApart() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant([100, 64, 3, 4]))
        #expect(bench.mapped?.isPublic == false && bench.orders.isEmpty)
    }

    /// Whichever protocol it is.
    @Test func anAddressThatNobodyCanDialIsNoneAndIsGivenBack() throws {
        var bench = Bench()
        for next in ["NAT-PMP", "UPnP"] {
            try bench.answer(try Bench.grant([255, 255, 255, 255], port: 50_123))
            #expect(bench.keeper.state == .looking && bench.deeds.first?.hasPrefix("remove") == true)
            try bench.answer(.removed)
            #expect(bench.deeds == ["map \(next)"])
        }
        try bench.answer(try Bench.grant([127, 0, 0, 1], port: 50_124, isPermanent: true))
        guard case .unmapped(let failures) = bench.keeper.state else {
            Issue.record("it is mapped")
            return
        }
        #expect(failures.count == 3 && Set(failures.values).count == 1 && failures[.pcp] != .silent)
        bench.keeper.end()
        let removals = bench.keeper.removals(now: bench.now + .seconds(100_000))
        #expect(removals.map(\.by) == [.upnp] && removals.first?.external.port == 50_124)
    }

    @Test func anAddressThatIsLostEndsTheMapping() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant())
        bench.pass(.seconds(140))
        try bench.answer(.healthy(externalAddress: [0, 0, 0, 0], epoch: nil))
        #expect(bench.deeds == ["map PCP"])
        try bench.answer(try Bench.grant([0, 0, 0, 0]))
        #expect(bench.mapped == nil && bench.deeds == ["map PCP"])
        try bench.answer(try Bench.grant([11, 1, 2, 4]))
        #expect(bench.mapped?.external.address == [11, 1, 2, 4])
    }

    @Test func itIsRenewedBetweenAHalfAndFiveEighths() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant(port: 50_123, seconds: 200))
        bench.pass(.seconds(99))
        #expect(bench.orders.isEmpty)
        bench.pass(.seconds(26))
        #expect(bench.deeds == ["map PCP"])
        #expect(bench.orders.first?.external == Endpoint(address: [11, 1, 2, 3], port: 50_123))
        try bench.answer(try Bench.grant(port: 50_123, seconds: 200))
        #expect(bench.mapped?.expires == bench.now + .seconds(200))
    }

    @Test func arenewalThatIsLostIsTriedAgainBeforeTheEnd() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant(seconds: 100))
        let end = try #require(bench.mapped?.expires)
        var tries = 0
        while bench.mapped != nil {
            try bench.passUntilNext()
            guard bench.deeds == ["map PCP"] else { break }
            tries += 1
            bench.now += .seconds(2)
            try bench.answer(.unanswered)
        }
        #expect(tries >= 4 && bench.now >= end && bench.now <= end + .seconds(4))
        #expect(bench.keeper.state == .looking)
    }

    @Test func aRouterThatBeganAnewIsAskedAnew() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant(epoch: 5_000))
        bench.pass(.seconds(140))
        #expect(bench.deeds == ["check PCP"])
        try bench.answer(.healthy(externalAddress: nil, epoch: 5_140))
        #expect(bench.orders.isEmpty)
        bench.pass(.seconds(140))
        try bench.answer(.healthy(externalAddress: nil, epoch: 30))
        #expect(bench.deeds == ["map PCP"])
        try bench.answer(try Bench.grant(port: 40_001, epoch: 30))
        #expect(bench.mapped?.external.port == 40_001)
    }

    @Test func anotherAddressOutsideIsNoticed() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant())
        bench.pass(.seconds(140))
        try bench.answer(.healthy(externalAddress: [11, 9, 9, 9], epoch: nil))
        try bench.answer(try Bench.grant([11, 9, 9, 9]))
        #expect(bench.mapped?.external.address == [11, 9, 9, 9])
    }

    @Test func whatTheRouterForgotIsMadeAnew() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant())
        bench.pass(.seconds(140))
        try bench.answer(.missing)
        #expect(bench.deeds == ["map PCP"])
    }

    @Test func afterASleepItIsLookedAtOnce() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant())
        bench.keeper.doubt(now: bench.now)
        bench.pass(.zero)
        #expect(bench.deeds == ["check PCP"])
    }

    @Test func aPortOfAnothersIsFollowedByOthers() throws {
        var bench = Bench()
        try bench.answer(.refused(.notSpoken))
        try bench.answer(.refused(.notSpoken))
        var ports: [UInt16] = []
        for _ in 0..<5 {
            ports.append(try #require(bench.orders.first).external.port)
            try bench.answer(.refused(.portTaken))
        }
        #expect(ports[0] == 40_000 && ports[1...].allSatisfy { $0 >= 49_152 })
        #expect(bench.orders.isEmpty)
        guard case .unmapped(let failures) = bench.keeper.state else {
            Issue.record("it goes on")
            return
        }
        #expect(failures[.upnp] == .portTaken)
    }

    @Test func anotherRouterGetsItAndTheOldOneIsToldToForget() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant(port: 50_123))
        bench.find(Bench.other)
        #expect(bench.keeper.state == .looking)
        #expect(bench.deeds == ["remove PCP"] && bench.orders.first?.router == Bench.router)
        try bench.answer(.unanswered)
        #expect(bench.deeds == ["map PCP"] && bench.orders.first?.router == Bench.other)
        #expect(bench.orders.first?.external.port == 50_123)
    }

    @Test func aRouterThatChangesMeanwhileIsSeenAfterTheAnswer() throws {
        var bench = Bench()
        bench.find(Bench.other)
        try bench.answer(try Bench.grant())
        #expect(bench.deeds == ["remove PCP"] && bench.orders.first?.router == Bench.router)
        try bench.answer(.removed)
        #expect(bench.orders.first?.router == Bench.other)
    }

    @Test func withoutAWayOutItIsNotMapped() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant())
        bench.find(nil)
        #expect(bench.keeper.state == .noRouter && bench.orders.isEmpty)
        bench.find(Bench.router)
        #expect(bench.deeds == ["map PCP"])
    }

    @Test func restsGetLongerUpToHalfAnHour() throws {
        var bench = Bench()
        var rests: [Duration] = []
        for _ in 0..<10 {
            for _ in 0..<3 { try bench.answer(.refused(.notSpoken)) }
            let wakeAt = try #require(bench.keeper.wakeAt)
            rests.append(wakeAt - bench.now)
            try bench.passUntilNext()
        }
        #expect(rests.first == .seconds(30) && rests.last == .seconds(1_800))
        #expect(zip(rests, rests.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func atTheEndItIsRemoved() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant(port: 50_123))
        bench.keeper.end()
        let removals = bench.keeper.removals(now: bench.now)
        #expect(removals.map(\.deed) == [.remove] && removals.first?.external.port == 50_123)
        #expect(bench.keeper.state == .ended && bench.keeper.removals(now: bench.now).isEmpty)
        bench.find(Bench.other)
        bench.pass(.seconds(10_000))
        #expect(bench.orders.isEmpty)
    }

    @Test func whatIsGrantedAfterTheEndIsRemovedAsWell() throws {
        var bench = Bench()
        bench.keeper.end()
        try bench.answer(try Bench.grant(port: 50_123))
        #expect(bench.keeper.removals(now: bench.now).first?.external.port == 50_123)
    }

    @Test func whatIsOverIsNotRemovedButWhatIsPermanentIs() throws {
        var bench = Bench()
        try bench.answer(try Bench.grant(seconds: 100))
        bench.keeper.end()
        #expect(bench.keeper.removals(now: bench.now + .seconds(101)).isEmpty)
        bench = Bench()
        try bench.answer(try Bench.grant(seconds: 100, isPermanent: true))
        bench.keeper.end()
        #expect(bench.keeper.removals(now: bench.now + .seconds(100_000)).count == 1)
    }

    @Test func anAnswerToSomethingElseIsNone() throws {
        var bench = Bench()
        let id = try #require(bench.orders.first).id
        #expect(bench.keeper.answered(id + 1, try Bench.grant(), now: bench.now, chance: 0).isEmpty)
        #expect(bench.keeper.state == .looking)
    }
}
