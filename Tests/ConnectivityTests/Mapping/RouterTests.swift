import NetworkTestKit
import TestKit
import Testing

/// A real router's daemon maps a real port, in network namespaces that the test makes.
@Suite(
    .serialized, .timeLimit(.minutes(2)),
    .enabled(if: RouterLab.obstacle == nil, Comment(rawValue: RouterLab.obstacle ?? "there is none")))
struct RouterTests {
    private static let greeting = "You reached the port.\n"
    private static let all = ["PCP", "NAT-PMP", "UPnP"]

    /// The port outside, when it is mapped.
    private func mapped(
        _ probe: RealProcess, by name: String, address: [UInt8] = [11, 1, 2, 3]
    ) async throws -> String {
        try await probe.output.expect("mapped by \(name) to \(address) port ", within: .seconds(30))
        let rest = try await probe.output.expect(" public\n")
        return String(rest.prefix { $0.isNumber })
    }

    private func endsAndIsRemoved(
        _ probe: RealProcess, _ port: String, _ lab: RouterLab, at address: String = RouterLab.outside
    ) async throws {
        try await probe.endInput()
        #expect(try await probe.waitForEnd() == .exited(0))
        #expect(try await probe.output.expectEnd().hasSuffix("ended\n"))
        #expect(try await !lab.rules().contains("dport"))
        #expect(try await lab.dial(port, at: address) == "")
    }

    @Test(arguments: all) func eachProtocolMapsAndRemoves(name: String) async throws {
        try await RouterLab.run(.everything) { lab in
            #expect(try await lab.dial("40000") == "")
            let probe = try await lab.startProbe([name])
            let port = try await mapped(probe, by: name)
            #expect(try await lab.rules().contains("dport"))
            #expect(try await lab.dial(port) == Self.greeting)
            try await endsAndIsRemoved(probe, port, lab)
        }
    }

    @Test func theBestThatThereIsIsTaken() async throws {
        try await RouterLab.run(.everything) { lab in
            let probe = try await lab.startProbe(Self.all)
            let port = try await mapped(probe, by: "PCP")
            #expect(probe.output.text.hasPrefix("listening \(port)\n"))
            try await endsAndIsRemoved(probe, port, lab)
        }
    }

    @Test func whereOnlyOneWorksThatIsFound() async throws {
        try await RouterLab.run(.upnpAlone) { lab in
            let probe = try await lab.startProbe(Self.all)
            let port = try await mapped(probe, by: "UPnP")
            #expect(try await lab.dial(port) == Self.greeting)
            try await endsAndIsRemoved(probe, port, lab)
        }
    }

    @Test func overIPv6TheFirewallIsOpened() async throws {
        try await RouterLab.run(.everything) { lab in
            let probe = try await lab.startProbe(Self.all, family: "ipv6")
            let address = [0x2A, 0x0D, 0, 1] + [UInt8](repeating: 0, count: 11) + [2]
            let port = try await mapped(probe, by: "PCP", address: address)
            #expect(try await lab.dial(port, at: RouterLab.insideOfIPv6) == Self.greeting)
            try await endsAndIsRemoved(probe, port, lab, at: RouterLab.insideOfIPv6)
        }
    }

    @Test func aRouterThatMapsNothingIsToldOf() async throws {
        try await RouterLab.run(.none) { lab in
            let probe = try await lab.startProbe(Self.all)
            try await probe.output.expect(
                "unmapped: NAT-PMP notSpoken, PCP notSpoken, UPnP notSpoken\n", within: .seconds(30))
            try await probe.endInput()
            #expect(try await probe.waitForEnd() == .exited(0))
        }
    }
}
