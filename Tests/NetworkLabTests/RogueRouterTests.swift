import NetworkTestKit
import TestKit
import Testing

/// What a router sends that means harm hurts a process that is there for it, and that has an end.
@Suite(.laboratory, .timeLimit(.minutes(2))) struct RogueRouterTests {
    /// 32 MiB of its own, and what it has changed of its program.
    private static let memoryOfAChild = 40 << 20
    /// Beyond what it had before.
    private static let memoryOfThePeer = 32 << 20

    /// A peer behind such a router.
    private func withProbe(
        _ manner: RogueRouter.Manner, _ protocols: [String] = ["UPnP"],
        _ body: (RealProcess, RogueRouter) async throws -> Void
    ) async throws {
        let lab = try await Lab.start(LabPlan(sites: [Site("home", .portRestricted, hosts: ["hans"])]))
        let router = try RogueRouter(manner, at: "home", of: lab)
        try await router.serving {
            let probe = try await lab.start("hans", BuiltPrograms.path("MapperProbe"), ["ipv4"] + protocols)
            try await probe.output.expect("listening")
            try await body(probe, router)
        }
    }

    @Test(arguments: [RogueRouter.Manner.endlessDescription, .endlessHeaders, .drip])
    func whatHasNoEndIsCutOffAndThePeerGoesOn(manner: RogueRouter.Manner) async throws {
        try await withProbe(manner, ["UPnP", "NAT-PMP"]) { probe, _ in
            let before = try #require(probe.residentBytes)
            let children = try await probe.childrenSeen(until: "mapped by NAT-PMP to [44, 128, 0, 101]")
            #expect(children.all.count == 1)
            #expect(children.all.allSatisfy { $0.isGone && $0.name == "bittrickle-upnp" })
            #expect(children.mostBytes > 0 && children.mostBytes < Self.memoryOfAChild)
            #expect(try #require(probe.peakResidentBytes) - before < Self.memoryOfThePeer)
            try await probe.endInput()
            #expect(try await probe.waitForEnd() == .exited(0))
        }
    }

    /// The router has heard the command, so it is told to take it back.
    @Test func whoQuitsDoesNotWaitForADrip() async throws {
        try await withProbe(.dripAtMapping) { probe, router in
            await router.commands.wait { $0.contains("AddPortMapping") }
            let children = probe.children
            #expect(children.map(\.word) == ["bittrickle-upnp"])
            try await probe.endInput()
            #expect(try await probe.waitForEnd(within: .seconds(3)) == .exited(0))
            for child in children { try await child.waitForEnd() }
            #expect(router.commands.value.last == "DeletePortMapping")
        }
    }

    @Test func withAPeerThatIsKilledItIsGone() async throws {
        try await withProbe(.dripAtMapping) { probe, router in
            await router.commands.wait { $0.contains("AddPortMapping") }
            let child = try #require(probe.children.first)
            try await probe.kill()
            try await child.waitForEnd()
        }
    }

    @Test func anAddressThatNobodyCanDialIsGivenBack() async throws {
        try await withProbe(.claim("255.255.255.255")) { probe, router in
            try await probe.output.expect("unmapped: UPnP refused", within: .seconds(20))
            try await probe.endInput()
            #expect(try await probe.waitForEnd() == .exited(0))
            #expect(router.commands.value == ["GetExternalIPAddress", "AddPortMapping", "DeletePortMapping"])
        }
    }
}
