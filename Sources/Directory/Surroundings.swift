import Wire

/// What the directory needs of the world.
package struct Surroundings: Sendable {
    package var store: any DirectoryStore
    /// Where the store is not this server's alone.
    package var others: (any OtherServers)?
    /// What standard clients announce to; nil where the server is no tracker.
    package var tracker: TrackerSwarms?
    package var certificates: any CertificateIssuing
    package var passwords: PasswordChecks
    /// Of the network: each carries what its members cannot send each other otherwise.
    package var relays: [RelayPlace]
    /// Looks at members from outside; nil where nothing does.
    package var prober: (any Probing)?
    /// The network's certificate, as every info dictionary holds it.
    package var certificatePEM: String
    package var clock: DirectoryClock
    /// So many bytes that nobody can guess.
    package var random: @Sendable (Int) -> [UInt8]

    package init(
        store: any DirectoryStore, others: (any OtherServers)? = nil, tracker: TrackerSwarms? = nil,
        certificates: any CertificateIssuing, passwords: PasswordChecks,
        relays: [RelayPlace] = [], prober: (any Probing)? = nil, certificatePEM: String,
        clock: DirectoryClock = .system,
        random: @escaping @Sendable (Int) -> [UInt8] = { count in (0..<count).map { _ in .random(in: .min ... .max) } }
    ) {
        self.store = store
        self.others = others
        self.tracker = tracker
        self.certificates = certificates
        self.passwords = passwords
        self.relays = relays
        self.prober = prober
        self.certificatePEM = certificatePEM
        self.clock = clock
        self.random = random
    }
}
