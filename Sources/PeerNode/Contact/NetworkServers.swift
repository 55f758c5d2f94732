import Library
import NIOCore
package import Wire

/// Where the servers of networks are, as those said last: a line each, pin and addresses, in the state directory. So who
/// starts anew goes on at another one where the one that he names is away.
package struct NetworkServers: Sendable {
    /// Absolute.
    package let path: String

    package init(stateDirectory: String) { path = "\(stateDirectory)/servers" }

    /// None where nothing can be read: it is a help, and no more.
    @concurrent
    package func all(of network: NetworkPin) async -> [HostPort] { ((try? read()) ?? [:])[network] ?? [] }

    @concurrent
    package func remember(_ servers: [HostPort], of network: NetworkPin) async throws(StateFileFailure) {
        try change { $0[network] = servers }
    }

    @concurrent
    package func forget(_ network: NetworkPin) async throws(StateFileFailure) {
        guard await !all(of: network).isEmpty else { return }
        try change { $0[network] = nil }
    }

    /// One program at a time.
    private func change(_ body: (inout [NetworkPin: [HostPort]]) -> Void) throws(StateFileFailure) {
        do throws(FileFailure) {
            try StateFile.locked("\(path).lock") { () throws(FileFailure) in
                var networks = try read()
                body(&networks)
                let lines = networks.map { ([$0.description] + $1.map(\.description)).joined(separator: " ") + "\n" }
                try StateFile.write(Array(lines.sorted().joined().utf8), to: path)
            }
        } catch {
            throw StateFileFailure(error)
        }
    }

    /// What is none of ours is passed over.
    private func read() throws(FileFailure) -> [NetworkPin: [HostPort]] {
        guard let bytes = try StateFile.read(path) else { return [:] }
        var networks: [NetworkPin: [HostPort]] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let first = words.first, let pin = NetworkPin(fingerprint: first) else { continue }
            let servers = words.dropFirst().prefix(HeartbeatAnswer.serverLimit)
            networks[pin] = servers.compactMap { try? HostPort(parsing: $0) }
        }
        return networks
    }
}

extension HostPort {
    init?(_ endpoint: Endpoint) {
        guard let host = endpoint.socketAddress?.ipAddress, let address = try? HostPort(host: host, port: endpoint.port)
        else {
            return nil
        }
        self = address
    }
}
