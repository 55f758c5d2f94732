package import Directory
import NIOCore
package import Wire

/// What whoever starts a server decides.
package struct ServerConfiguration: Sendable {
    /// The state directory, and the file with the accounts.
    package var dataDirectory: String
    package var store: StorePlace
    package var credentialsPath: String
    /// The file was asked for by name: it has to be there.
    package var needsCredentials: Bool
    /// An address of this machine; nil for all of them.
    package var host: String?
    /// Under which addresses peers reach this machine, best first: for those who come from another server.
    package var reachable: [String]
    /// 0 takes any free one.
    package var port: Int
    package var tcp: TCPPort
    package var settings: DirectorySettings
    /// Standard clients' announces (BEP 15) are answered on the same port, unencrypted.
    package var bittorrentTracker: Bool
    /// How it is found on the local network; nil where it is not.
    package var announcement: LocalAnnouncement?
    /// Where the server can be watched; nil for nowhere.
    package var metrics: MetricsAddress?
    /// The relay that this process is too; nil for none.
    package var relay: RelayPlan?
    /// Relays elsewhere that members are told of.
    package var relays: [HostPort]
    /// What the metrics say of the program.
    package var version: String
    /// Event loops, each with a socket of its own on the port where there are several.
    package var loops: Int
    package var sessionLimits: SessionLimits
    /// What a look at a password costs.
    package var payment: PasswordChecks.Payment
    package var clock: DirectoryClock
    /// What paces that which is done now and then.
    package var pacing: any Clock<Duration>
    package var log: ServerLog

    package init(
        dataDirectory: String, store: StorePlace = .file, credentialsPath: String, needsCredentials: Bool = false,
        host: String? = nil, reachable: [String] = [], port: Int = 0, tcp: TCPPort = .sameAsUDP,
        settings: DirectorySettings = .standard, bittorrentTracker: Bool = false,
        announcement: LocalAnnouncement? = nil,
        loops: Int = ServerConfiguration.standardLoops,
        sessionLimits: SessionLimits? = nil, metrics: MetricsAddress? = nil, relay: RelayPlan? = nil,
        relays: [HostPort] = [], version: String = "",
        payment: @escaping PasswordChecks.Payment = { try await ScryptCost.standard.hash($0, salt: $1) },
        clock: DirectoryClock = .system, pacing: any Clock<Duration> = ContinuousClock(), log: ServerLog
    ) {
        self.dataDirectory = dataDirectory
        self.store = store
        self.credentialsPath = credentialsPath
        self.needsCredentials = needsCredentials
        self.host = host
        self.reachable = reachable
        self.port = port
        self.tcp = tcp
        self.settings = settings
        self.bittorrentTracker = bittorrentTracker
        self.announcement = announcement
        self.metrics = metrics
        self.relay = relay
        self.relays = relays
        self.version = version
        self.loops = loops
        self.sessionLimits = sessionLimits ?? SessionLimits(settings: settings)
        self.payment = payment
        self.clock = clock
        self.pacing = pacing
        self.log = log
    }

    /// Half of the processors: the others are for the database, and for whatever else runs there.
    package static var standardLoops: Int { min(max(1, System.coreCount / 2), 8) }
}

/// Where clients come by TCP whose datagrams do not pass.
package enum TCPPort: Hashable, Sendable {
    /// Clients look there first.
    case sameAsUDP
    /// From 1 on.
    case number(Int)
    /// Nowhere.
    case off
}
