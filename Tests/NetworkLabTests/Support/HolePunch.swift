import NIOCore
import NetworkTestKit
import TestKit

/// One end of a TCP simultaneous open: it listens, keeps a connection to a server from the port on which it listens, and dials
/// from there.
final class PunchingEnd {
    /// As the server sees it.
    let reflexive: SocketAddress
    private let lab: Lab
    private let host: String
    private let port: Int
    private let listener: LabSocket
    private let toServer: LabSocket
    private var dialled: LabSocket?
    private var sockets: [LabSocket] = []
    private(set) var hasHeard = false

    init(_ host: String, in lab: Lab, server: LabSocket, at address: SocketAddress) async throws {
        (self.lab, self.host) = (lab, host)
        listener = try lab.listener(host)
        port = try listener.port
        toServer = try lab.tcp(host, port: port)
        toServer.beginConnecting(to: address)
        reflexive = try await server.accept().from
    }

    /// Dials anew; an attempt that has led to nothing is given up.
    func dial(_ address: SocketAddress) throws {
        // Before the next one, which has the same two ends.
        if dialled?.isConnected != true { dialled = nil }
        guard dialled == nil else { return }
        let socket = try lab.tcp(host, port: port)
        if socket.beginConnecting(to: address) { dialled = socket }
    }

    /// Greets whoever it has become connected with, and listens for his greeting.
    func look() throws {
        while let accepted = try listener.accepted() {
            accepted.socket.write("hello")
            sockets.append(accepted.socket)
        }
        if let socket = dialled, socket.isConnected == true, !sockets.contains(where: { $0 === socket }) {
            socket.write("hello")
            sockets.append(socket)
        }
        if sockets.contains(where: { $0.read() == "hello" }) { hasHeard = true }
    }
}

/// Has two hosts of a lab open a connection to each other, told each other's address at one moment.
struct HolePunch {
    let lab: Lab

    private static let tries: [Duration] = [.zero, .milliseconds(150), .milliseconds(400)]

    /// How long it took until each had heard the other; nil where that did not come about.
    func between(_ one: String, _ other: String, within limit: Duration) async throws -> Duration? {
        let server = try lab.listener("server")
        let address = try SocketAddress(ipAddress: lab.ipv4(of: "server"), port: server.port)
        let a = try await PunchingEnd(one, in: lab, server: server, at: address)
        let b = try await PunchingEnd(other, in: lab, server: server, at: address)
        let started = ContinuousClock.now
        var tries = Self.tries[...]
        while ContinuousClock.now - started < limit {
            if let next = tries.first, ContinuousClock.now - started >= next {
                tries.removeFirst()
                try a.dial(b.reflexive)
                try b.dial(a.reflexive)
            }
            try a.look()
            try b.look()
            if a.hasHeard && b.hasHeard { return ContinuousClock.now - started }
            try await Task.sleep(for: .milliseconds(1))
        }
        return nil
    }
}
