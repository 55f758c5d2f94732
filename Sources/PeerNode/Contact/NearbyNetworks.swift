package import DirectoryClient
package import Wire

/// A network that has a server on the local network, as far as that says the truth, and what is known of it here.
package struct NearbyNetwork: Hashable, Sendable {
    package enum Standing: Hashable, Sendable {
        case unknown
        /// Its key was compared once, or came with an invitation.
        case trusted
        case joined(as: UserName)
    }

    /// For people, as the server has it: any text whatever.
    package let name: String
    /// Where it says that it is.
    package let server: HostPort
    package let pin: NetworkPin
    package let standing: Standing

    package init(name: String, server: HostPort, pin: NetworkPin, standing: Standing) {
        self.name = name
        self.server = server
        self.pin = pin
        self.standing = standing
    }

    /// What may be expected there: nothing that only the local network says.
    package var knownPin: NetworkPin? { standing == .unknown ? nil : pin }
}

/// The networks that answer on the local network.
package struct NearbyNetworks: Sendable {
    private let stateDirectory: String
    private let search: @Sendable () async -> [LocalServer]

    package init(stateDirectory: String) {
        self.init(stateDirectory: stateDirectory) { await LocalSearch().run() }
    }

    package init(stateDirectory: String, search: @escaping @Sendable () async -> [LocalServer]) {
        self.stateDirectory = stateDirectory
        self.search = search
    }

    /// Takes a second or so. A server is there once, at the first of its addresses, or at that under which it is known.
    @concurrent
    package func find() async throws(StateFileFailure) -> [NearbyNetwork] {
        let joined = try await JoinedNetworks(stateDirectory: stateDirectory).all()
        let known = try await KnownNetworks(stateDirectory: stateDirectory).all()
        return await search().compactMap { server in
            let places = joined.filter { $0.pin == server.pin }
            let isKnownAt = { (address: HostPort) in
                places.contains { $0.server.key == address.key } || known[address.key] == server.pin
            }
            guard let address = server.addresses.first(where: isKnownAt) ?? server.addresses.first else { return nil }
            let standing: NearbyNetwork.Standing =
                if let member = places.first?.user {
                    .joined(as: member)
                } else {
                    known.values.contains(server.pin) ? .trusted : .unknown
                }
            return NearbyNetwork(name: server.name, server: address, pin: server.pin, standing: standing)
        }
    }
}
