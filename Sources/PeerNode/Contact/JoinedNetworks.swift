import Library
package import Wire

/// A network that was joined from here, and as whom.
package struct JoinedNetwork: Hashable, Sendable {
    package let server: HostPort
    package let pin: NetworkPin
    package let user: UserName

    package init(server: HostPort, pin: NetworkPin, user: UserName) {
        self.server = server
        self.pin = pin
        self.user = user
    }
}

/// The networks that were joined from here: a line each, address, pin and user name, in the state directory. The first
/// is the one that is meant where none is named.
package struct JoinedNetworks: Sendable {
    /// Absolute.
    package let path: String

    package init(stateDirectory: String) { path = "\(stateDirectory)/networks" }

    @concurrent
    package func all() async throws(StateFileFailure) -> [JoinedNetwork] {
        do throws(FileFailure) { return try read() } catch { throw StateFileFailure(error) }
    }

    /// Puts a network first. The same server and user stand there once.
    @concurrent
    package func prefer(_ network: JoinedNetwork) async throws(StateFileFailure) {
        try change { networks in
            networks.removeAll { $0.server.key == network.server.key && $0.user == network.user }
            networks.insert(network, at: 0)
        }
    }

    /// Puts a network last, where the same server and user do not stand there.
    @concurrent
    package func add(_ network: JoinedNetwork) async throws(StateFileFailure) {
        try change { networks in
            let isKnown = networks.contains { $0.server.key == network.server.key && $0.user == network.user }
            if !isKnown { networks.append(network) }
        }
    }

    /// One; that it is not there is no fault.
    @concurrent
    package func remove(_ network: JoinedNetwork) async throws(StateFileFailure) {
        try change { $0.removeAll { $0.server.key == network.server.key && $0.user == network.user } }
    }

    /// Those at an address; false where there was none.
    @concurrent
    package func forget(_ address: HostPort) async throws(StateFileFailure) -> Bool {
        try change { networks in
            let count = networks.count
            networks.removeAll { $0.server.key == address.key }
            return networks.count < count
        }
    }

    /// One program at a time.
    private func change<Value>(_ body: (inout [JoinedNetwork]) -> Value) throws(StateFileFailure) -> Value {
        do throws(FileFailure) {
            return try StateFile.locked("\(path).lock") { () throws(FileFailure) in
                var networks = try read()
                let value = body(&networks)
                let lines = networks.map { "\($0.server) \($0.pin) \($0.user)\n" }
                try StateFile.write(Array(lines.joined().utf8), to: path)
                return value
            }
        } catch {
            throw StateFileFailure(error)
        }
    }

    /// Lines that are none of ours are passed over.
    private func read() throws(FileFailure) -> [JoinedNetwork] {
        guard let bytes = try StateFile.read(path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count == 3, let server = try? HostPort(parsing: parts[0]),
                let pin = NetworkPin(fingerprint: parts[1]), let user = UserName(parts[2])
            else { return nil }
            return JoinedNetwork(server: server, pin: pin, user: user)
        }
    }
}
