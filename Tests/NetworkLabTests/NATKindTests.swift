import NIOCore
import NetworkTestKit
import TestKit
import Testing

/// Each kind of router is what it is called.
@Suite(.laboratory, .timeLimit(.minutes(1))) struct NATKindTests {
    private static let behaviours: [(kind: NATKind, behaviour: NATBehaviour)] = [
        (.none, NATBehaviour(keepsPort: true, mapping: .endpointIndependent, filtering: .none)),
        (.fullCone, NATBehaviour(keepsPort: true, mapping: .endpointIndependent, filtering: .none)),
        (
            .addressRestricted,
            NATBehaviour(keepsPort: true, mapping: .endpointIndependent, filtering: .addressDependent)
        ),
        (
            .portRestricted,
            NATBehaviour(keepsPort: true, mapping: .endpointIndependent, filtering: .addressAndPortDependent)
        ),
        (
            .portRestrictedChanged,
            NATBehaviour(keepsPort: false, mapping: .endpointIndependent, filtering: .addressAndPortDependent)
        ),
        (
            .symmetric,
            NATBehaviour(keepsPort: false, mapping: .dependent, filtering: .addressAndPortDependent)
        ),
    ]

    @Test(arguments: behaviours) func itsMappingAndItsFilter(kind: NATKind, expected: NATBehaviour) async throws {
        let lab = try await Lab.start(NATProbe.plan(Site("home", kind, hosts: ["hans"])))
        let probe = NATProbe(lab: lab, host: "hans")
        #expect(try await probe.udp() == expected)
        #expect(try await probe.tcp() == expected)
    }

    @Test func allKindsAreTried() { #expect(Set(Self.behaviours.map(\.kind)) == Set(NATKind.allCases)) }

    /// With other ports outside, two ports inside, and two hosts, keep apart.
    @Test func changedPortsAreOneForEachPortInside() async throws {
        let lab = try await Lab.start(
            NATProbe.plan(Site("home", .portRestrictedChanged, hosts: ["hans", "greta"])))
        let server = try lab.udp("server")
        let address = try SocketAddress(ipAddress: lab.ipv4(of: "server"), port: server.port)
        var seen: Set<SocketAddress> = []
        let sockets = try [
            lab.udp("hans"), lab.udp("hans"), lab.udp("greta", port: 40_000), lab.udp("hans", port: 40_000),
        ]
        for socket in sockets {
            socket.send("asked", to: address)
            seen.insert(try await server.receive().from)
        }
        #expect(seen.count == 4)
        #expect(seen.allSatisfy { (61_000...65_535).contains($0.port ?? 0) })
    }

    /// The one at home and the carrier's: what is seen outside is the carrier's address, and both filter.
    @Test(arguments: [
        (NATKind.portRestricted, NATBehaviour.Mapping.endpointIndependent, true),
        (.portRestrictedChanged, .endpointIndependent, false), (.symmetric, .dependent, false),
    ]) func twoLayers(carrier: NATKind, mapping: NATBehaviour.Mapping, keepsPort: Bool) async throws {
        let lab = try await Lab.start(
            NATProbe.plan(Site("home", .portRestricted, hosts: ["hans"], carrier: carrier)))
        let behaviour = try await NATProbe(lab: lab, host: "hans").udp()
        #expect(
            behaviour
                == NATBehaviour(keepsPort: keepsPort, mapping: mapping, filtering: .addressAndPortDependent))
        #expect(try lab.ipv4(of: "home").hasPrefix("100.64."))
        let server = try lab.udp("server")
        try lab.udp("hans").send(
            "asked", to: SocketAddress(ipAddress: lab.ipv4(of: "server"), port: server.port))
        #expect(try await server.receive().from.ipAddress?.hasPrefix("44.128.0.") == true)
    }

    /// The carrier's lets all in, the one at home does not.
    @Test func theInnerLayerFiltersToo() async throws {
        let lab = try await Lab.start(
            NATProbe.plan(Site("home", .portRestricted, hosts: ["hans"], carrier: .fullCone)))
        #expect(try await NATProbe(lab: lab, host: "hans").udp().filtering == .addressAndPortDependent)
    }
}
