import DirectoryClient
import NIOCore
import Wire

/// The first words with a directory: whose network it is, and whether it is believed.
enum Contacting {
    /// Opens the client's first session and judges who answers.
    static func contact(
        _ client: DirectoryClient, _ configuration: NodeConfiguration
    ) async throws(ContactFailure) -> NetworkContact {
        let server = configuration.server
        let address = ServerAddress(host: server.host, port: Int(server.port))
        let networks = KnownNetworks(stateDirectory: configuration.stateDirectory)
        do {
            let before = try await networks.pin(at: server)
            if let expected = configuration.pin {
                do {
                    try await open(client, at: address, expected, configuration)
                } catch .pinMismatch(let expected, let found) {
                    return .changed(expected: expected, found: found, remembered: false)
                }
                if before != expected { try await networks.remember(expected, at: server) }
                return .known(expected)
            }
            if server.isLoopback { return try await onLoopback(client, address, before, networks, configuration) }
            guard let before else { return .unknown(try await client.connect(to: address, pin: nil)) }
            do {
                try await open(client, at: address, before, configuration)
                return .known(before)
            } catch .pinMismatch(let expected, let found) {
                return .changed(expected: expected, found: found, remembered: true)
            }
        } catch let failure as DirectoryClientFailure {
            throw ContactFailure(failure)
        } catch let failure as StateFileFailure {
            throw .stateUnusable(path: failure.path, reason: failure.reason)
        } catch {
            throw .misbehaved(detail: String(describing: error))
        }
    }

    /// At the server that is meant; where that one is away, at those of the same network's that were heard of.
    private static func open(
        _ client: DirectoryClient, at address: ServerAddress, _ pin: NetworkPin, _ configuration: NodeConfiguration
    ) async throws(DirectoryClientFailure) {
        do { _ = try await client.connect(to: address, pin: pin) } catch {
            try await openElsewhere(client, after: error, address, pin, configuration)
        }
    }

    private static func openElsewhere(
        _ client: DirectoryClient, after failure: DirectoryClientFailure, _ address: ServerAddress, _ pin: NetworkPin,
        _ configuration: NodeConfiguration
    ) async throws(DirectoryClientFailure) {
        switch failure {
        case .away, .unresolvable, .proxyFailed: break
        default: throw failure
        }
        let servers = await NetworkServers(stateDirectory: configuration.stateDirectory).all(of: pin)
        let others = servers.filter { $0 != configuration.server }
            .compactMap { try? SocketAddress(ipAddress: $0.host, port: Int($0.port)) }
        guard !others.isEmpty else { throw failure }
        let elsewhere = ServerAddress(host: address.host, port: address.port, at: others)
        do throws(DirectoryClientFailure) { _ = try await client.connect(to: elsewhere, pin: pin) } catch {
            // Who else is at their addresses has nothing to do with it.
            throw error == .cancelled ? error : failure
        }
    }

    private static func onLoopback(
        _ client: DirectoryClient, _ address: ServerAddress, _ before: NetworkPin?, _ networks: KnownNetworks,
        _ configuration: NodeConfiguration
    ) async throws -> NetworkContact {
        let found: NetworkPin
        do throws(DirectoryClientFailure) { found = try await client.connect(to: address, pin: nil) } catch {
            guard let before else { throw error }
            try await openElsewhere(client, after: error, address, before, configuration)
            return .known(before)
        }
        guard found != before else { return .known(found) }
        try await networks.remember(found, at: configuration.server)
        return before.map { .replaced(before: $0, now: found) } ?? .pinned(found)
    }
}

extension ContactFailure {
    fileprivate init(_ failure: DirectoryClientFailure) {
        self =
            switch failure {
            case .away(let address): .away(address: address)
            case .unresolvable(let host): .unknownHost(host)
            case .proxyFailed(let address, let failure): .proxyFailed(address: address, reason: "\(failure)")
            case .refused(.busy(let retryAfter)): .busy(retryAfterMilliseconds: retryAfter)
            case .clockFarOff(let here, let there): .clockFarOff(here: here, there: there)
            case .misbehaved(let detail): .misbehaved(detail: detail)
            case .cancelled: .cancelled
            case .refused, .pinMismatch, .replaced, .notSignedIn: .misbehaved(detail: "\(failure)")
            }
    }
}
