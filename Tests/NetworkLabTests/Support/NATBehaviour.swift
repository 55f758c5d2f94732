import NIOCore
import NetworkTestKit
import TestKit

/// What can be told of a router from outside, for one transport (RFC 4787 §4.1 and §5, RFC 5382 for TCP).
struct NATBehaviour: Hashable {
    enum Mapping: Hashable {
        case endpointIndependent
        case dependent
    }

    enum Filtering: Hashable {
        case none
        case addressDependent
        case addressAndPortDependent
    }

    /// Whether the port outside is the one inside.
    var keepsPort: Bool
    var mapping: Mapping
    var filtering: Filtering
}

/// Finds out how the routers before a host behave, with the help of two hosts on the internet, `server` and `other`.
struct NATProbe {
    let lab: Lab
    let host: String

    /// The plan of a lab in which it can be asked.
    static func plan(_ site: Site) -> LabPlan { LabPlan(internet: ["server", "other"], sites: [site]) }

    private func address(_ name: String, _ port: Int) throws -> SocketAddress {
        try SocketAddress(ipAddress: lab.ipv4(of: name), port: port)
    }

    func udp() async throws -> NATBehaviour {
        let inside = try lab.udp(host)
        // Three ends outside: the second differs from the first by its port, the third by its address.
        let ends = try [lab.udp("server"), lab.udp("server"), lab.udp("other")]
        let addresses = try [
            address("server", ends[0].port), address("server", ends[1].port), address("other", ends[2].port),
        ]
        inside.send("asked", to: addresses[0])
        let seen = try await ends[0].receive().from
        // Only the first was asked.
        ends[1].send("port", to: seen)
        ends[2].send("address", to: seen)
        ends[0].send("end", to: seen)
        var heard: Set<String> = []
        repeat { heard.insert(try await inside.receive().text) } while !heard.contains("end")
        while let more = try inside.received() { heard.insert(more.text) }
        // Now the others are.
        var mappings = [seen]
        for (end, address) in zip(ends, addresses).dropFirst() {
            inside.send("asked", to: address)
            mappings.append(try await end.receive().from)
        }
        return try behaviour(
            inside.port, mappings, hearsPort: heard.contains("port"), hearsAddress: heard.contains("address"))
    }

    func tcp() async throws -> NATBehaviour {
        let listener = try lab.listener(host)
        let port = try listener.port
        let ends = try [lab.listener("server"), lab.listener("server"), lab.listener("other")]
        let addresses = try [
            address("server", ends[0].port), address("server", ends[1].port), address("other", ends[2].port),
        ]
        let first = try lab.tcp(host, port: port)
        first.beginConnecting(to: addresses[0])
        let seen = try await ends[0].accept().from
        async let hearsPort = lab.tcp("server").connects(to: seen, within: .milliseconds(200))
        async let hearsAddress = lab.tcp("other").connects(to: seen, within: .milliseconds(200))
        let heard = try await (hearsPort, hearsAddress)
        var mappings = [seen]
        var sockets = [first]
        for (end, address) in zip(ends, addresses).dropFirst() {
            let next = try lab.tcp(host, port: port)
            next.beginConnecting(to: address)
            mappings.append(try await end.accept().from)
            sockets.append(next)
        }
        return behaviour(port, mappings, hearsPort: heard.0, hearsAddress: heard.1)
    }

    private func behaviour(
        _ inside: Int, _ mappings: [SocketAddress], hearsPort: Bool, hearsAddress: Bool
    ) -> NATBehaviour {
        let isSame = mappings.allSatisfy { $0 == mappings[0] }
        return NATBehaviour(
            keepsPort: mappings.allSatisfy { $0.port == inside },
            mapping: isSame ? .endpointIndependent : .dependent,
            filtering: hearsAddress ? .none : hearsPort ? .addressDependent : .addressAndPortDependent)
    }
}
