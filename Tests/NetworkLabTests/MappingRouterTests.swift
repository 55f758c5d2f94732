import NIOCore
import NetworkTestKit
import TestKit
import Testing

@Suite(.mappingRouter, .timeLimit(.minutes(1))) struct MappingRouterTests {
    /// By NAT-PMP (RFC 6886 §3.3): a port outside leads to one inside, until it is given back.
    @Test(arguments: [NATKind.portRestricted, .symmetric]) func mapsAPortForWhoAsks(kind: NATKind) async throws {
        let lab = try await Lab.start(LabPlan(sites: [Site("home", kind, hosts: ["hans"], mapsPorts: true)]))
        let inside = try lab.listener("hans", port: 7_000)
        let outside = try SocketAddress(ipAddress: lab.ipv4(of: "home"), port: 17_000)
        #expect(try await !lab.tcp("server").connects(to: outside, within: .milliseconds(200)))
        #expect(try await map(inside: 7_000, outside: 17_000, seconds: 3_600, in: lab) == 0)
        #expect(try await lab.tcp("server").connects(to: outside))
        #expect(try await inside.accept().from.ipAddress == lab.ipv4(of: "server"))
        #expect(try await map(inside: 7_000, outside: 0, seconds: 0, in: lab) == 0)
        #expect(try await !lab.tcp("server").connects(to: outside, within: .milliseconds(200)))
    }

    /// The result code: 0 is well.
    private func map(inside: UInt16, outside: UInt16, seconds: UInt32, in lab: Lab) async throws -> UInt16? {
        let socket = try lab.udp("hans")
        var request = ByteBuffer(bytes: [0, 2, 0, 0])
        request.writeInteger(inside)
        request.writeInteger(outside)
        request.writeInteger(seconds)
        socket.send(request.readableBytesView, to: try SocketAddress(ipAddress: "192.168.1.1", port: 5_351))
        var answer = ByteBuffer(bytes: try await socket.receive().bytes)
        answer.moveReaderIndex(forwardBy: 2)
        return answer.readInteger()
    }
}
