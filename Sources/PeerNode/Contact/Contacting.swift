import DirectoryClient
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
                    _ = try await client.connect(to: address, pin: expected)
                } catch .pinMismatch(let expected, let found) {
                    return .changed(expected: expected, found: found, remembered: false)
                }
                if before != expected { try await networks.remember(expected, at: server) }
                return .known(expected)
            }
            if server.isLoopback { return try await onLoopback(client, address, before, networks, server) }
            do {
                let found = try await client.connect(to: address, pin: before)
                return before == nil ? .unknown(found) : .known(found)
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

    private static func onLoopback(
        _ client: DirectoryClient, _ address: ServerAddress, _ before: NetworkPin?, _ networks: KnownNetworks,
        _ server: HostPort
    ) async throws -> NetworkContact {
        let found = try await client.connect(to: address, pin: nil)
        guard found != before else { return .known(found) }
        try await networks.remember(found, at: server)
        return before.map { .replaced(before: $0, now: found) } ?? .pinned(found)
    }
}

extension ContactFailure {
    fileprivate init(_ failure: DirectoryClientFailure) {
        self =
            switch failure {
            case .away(let address): .away(address: address)
            case .unresolvable(let host): .unknownHost(host)
            case .refused(.busy(let retryAfter)): .busy(retryAfterMilliseconds: retryAfter)
            case .clockFarOff(let here, let there): .clockFarOff(here: here, there: there)
            case .misbehaved(let detail): .misbehaved(detail: detail)
            case .cancelled: .cancelled
            case .refused, .pinMismatch, .replaced, .notSignedIn: .misbehaved(detail: "\(failure)")
            }
    }
}
