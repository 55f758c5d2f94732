import ArgumentParser
import Directory
import DirectoryPostgres
import DirectoryServer
import Logging
import Relay

/// All that whoever runs a server may set, each thing once: as an option it stands here, and from here follow its key in the
/// configuration file, its environment variable, the help and the file that `--print-config` writes.
struct ServerSettings: ParsableArguments {
    /// Where credentials are looked for, and need not be.
    static let standardCredentials = "credentials.txt"
    static let standardData = "bittrickle-data"

    @Argument(help: "The UDP port; 0 takes any free one.")
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The TCP port, for clients whose UDP does not pass, such as 443; off for none (default: the UDP port's number).",
            valueName: "port"))
    var tcpPort: TCPPort?

    @Option(help: ArgumentHelp("Where the state is kept.", valueName: "dir"))
    var data = ServerSettings.standardData

    @Option(
        help: ArgumentHelp(
            "Keep all but the key in this PostgreSQL database, postgres://user@host/name, which several servers may share.",
            valueName: "url"))
    var store: String?

    @Option(help: ArgumentHelp("Who belongs (default: credentials.txt, where that exists).", valueName: "file"))
    var credentials: String?

    @Option(help: ArgumentHelp("Listen on this address alone, instead of all of this machine's.", valueName: "address"))
    var host: String?

    @Flag(
        inversion: .prefixedNo, exclusivity: .chooseLast,
        help:
            "Let members on the local network find the server, by multicast DNS (default: where it listens on all addresses)."
    )
    var announceLocally: Bool?

    @Option(help: ArgumentHelp("How often peers say that they are there.", valueName: "seconds"))
    var heartbeat = 2.0

    @Option(
        help: ArgumentHelp(
            "After so much silence a peer is no longer active: at least one and a half heartbeats.",
            valueName: "seconds"))
    var silence = 3.0

    @Option(
        help: ArgumentHelp(
            "How many heartbeats a second it takes, of all peers: where there are more, each is asked for fewer.",
            valueName: "number"))
    var heartbeatRate = DirectorySettings.standard.heartbeatRate

    @Option(help: ArgumentHelp("On how many devices a member may be at the same time.", valueName: "number"))
    var devices = 1

    @Option(help: ArgumentHelp("How much one member may publish.", valueName: "number"))
    var publicationsPerMember = Limits().publicationsPerMember

    @Option(help: ArgumentHelp("How many invitations may be open at the same time.", valueName: "number"))
    var openInvites = Limits().openInvites

    @Option(help: ArgumentHelp("How many results of one member a search shows at once.", valueName: "number"))
    var resultsPerOwner = Limits().resultsPerOwner

    @Flag(
        inversion: .prefixedNo, exclusivity: .chooseLast,
        help:
            "Answer standard BitTorrent clients of members as a tracker does, on the same port: unencrypted (default: not)."
    )
    var bittorrentTracker: Bool?

    @Option(
        help: ArgumentHelp(
            "How many threads answer what comes over the network (default: half of the processors, 8 at most).",
            valueName: "number"))
    var loops: Int?

    @Option(
        help: ArgumentHelp(
            "Serve /metrics for Prometheus, /health and /ready there, over HTTP: without a host on loopback.",
            valueName: "[host:]port"))
    var metrics: MetricsAddress?

    @Option(
        help: ArgumentHelp(
            "Carry connections between members who cannot reach each other, encrypted as they are, on this TCP port: without a host on the addresses of --host.",
            valueName: "[host:]port"))
    var relay: ListenAddress?

    @Option(help: ArgumentHelp("How many such connections at the same time.", valueName: "number"))
    var relayPairs = RelayLimits().pairs

    @Option(help: ArgumentHelp("How much a second for one member, such as 25MB, or none.", valueName: "rate"))
    var relayRate = ByteLimit(RelayLimits().rate)

    @Option(help: ArgumentHelp("How much a day for one member, such as 100GB, or none.", valueName: "bytes"))
    var relayQuota = ByteLimit(RelayLimits().quota)

    @Option(
        help: ArgumentHelp(
            "Relays on other machines (bittrickle-server relay), as members reach them, separated by commas.",
            valueName: "host:port,..."))
    var relays: RelayPlaces?

    @Option(help: ArgumentHelp("From which level on events are logged, to standard error.", valueName: "level"))
    var logLevel = EventLevel.info

    @Flag(
        inversion: .prefixedNo, exclusivity: .chooseLast,
        help: "Log every message, to standard output (default: where that is a terminal).")
    var logMessages: Bool?

    /// Each value by itself: it may come from anywhere, the others from elsewhere.
    func validate() throws {
        if let port, !(0...65_535).contains(port) {
            throw ValidationError("\(port) is no port: give a number from 0 to 65535.")
        }
        _ = try storePlace()
        try Self.expect("heartbeat-rate", heartbeatRate, in: 1...10_000_000)
        try Self.expect("loops", loops ?? 1, in: 1...64)
        try Self.expect("devices", devices, in: 1...TokenPair.devicesPerMember)
        try Self.expect("publications-per-member", publicationsPerMember, in: 1...1_000_000_000)
        try Self.expect("open-invites", openInvites, in: 1...1_000_000)
        try Self.expect("relay-pairs", relayPairs, in: RelayPlan.pairs)
        try Self.expect("results-per-owner", resultsPerOwner, in: 1...1_000_000)
        guard Self.milliseconds(heartbeat) != nil, Self.milliseconds(silence) != nil else {
            throw ValidationError("--heartbeat and --silence take seconds, such as 2 or 0.5.")
        }
    }

    func storePlace() throws -> StorePlace {
        guard let store else { return .file }
        do throws(PostgresAddress.AddressFault) { return .postgres(try PostgresAddress(store)) } catch {
            throw ValidationError("--store takes an address such as postgres://user@host/database: \(error.reason).")
        }
    }

    static func expect<Number: BinaryInteger>(
        _ key: String, _ number: Number, in range: ClosedRange<Number>
    ) throws {
        guard range.contains(number) else {
            throw ValidationError("--\(key) takes a number from \(range.lowerBound) to \(range.upperBound).")
        }
    }

    /// The relay in this process, where there is to be one.
    var relayPlan: RelayPlan? {
        relay.map { RelayPlan($0, pairs: relayPairs, rate: relayRate.bytes, quota: relayQuota.bytes) }
    }

    /// Nil where members do not find it on the local network.
    func announcement(name: String) -> LocalAnnouncement? {
        guard announceLocally ?? (host.map(LocalAddresses.isEverything) ?? true) else { return nil }
        return LocalAnnouncement(name: name, listeningOn: host)
    }

    /// What the directory goes by, where the values fit each other.
    func directory() throws -> DirectorySettings {
        do {
            var settings = try DirectorySettings(
                heartbeatInterval: Self.milliseconds(heartbeat) ?? 0, silenceLimit: Self.milliseconds(silence) ?? 0)
            settings.heartbeatRate = heartbeatRate
            settings.devices = devices
            settings.limits.publicationsPerMember = publicationsPerMember
            settings.limits.openInvites = openInvites
            settings.limits.resultsPerOwner = resultsPerOwner
            return settings
        } catch .interval(let minimum, let maximum) {
            throw ValidationError(
                "--heartbeat takes \(Self.seconds(minimum)) to \(Self.seconds(maximum)) seconds.")
        } catch .silenceLimit(let minimum) {
            throw ValidationError(
                "--silence must be at least one and a half heartbeats: \(Self.seconds(minimum)) seconds here.")
        }
    }

    private static func milliseconds(_ seconds: Double) -> Int64? {
        guard seconds.isFinite, seconds > 0, seconds <= 86_400 * 2 else { return nil }
        return Int64(exactly: (seconds * 1_000).rounded())
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        milliseconds.isMultiple(of: 1_000) ? "\(milliseconds / 1_000)" : "\(Double(milliseconds) / 1_000)"
    }
}

/// What `--log-level` takes.
enum EventLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, notice, warning, error, critical

    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }

    func logger(_ writer: LineWriter) -> Logger {
        Logger(label: "bittrickle-server") { _ in
            EventLog(writer: writer, level: level, now: DirectoryClock.system.wall)
        }
    }
}

extension TCPPort: ExpressibleByArgument {
    package init?(argument: String) {
        if argument == "off" {
            self = .off
        } else if let number = UInt16(argument), number > 0 {
            self = .number(Int(number))
        } else {
            return nil
        }
    }
}

extension MetricsAddress: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
}
