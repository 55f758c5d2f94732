package import Connectivity
package import DirectoryClient
package import NodeControl
package import Wire

/// What was seen, each value or nil where it was not looked at, or not in time. ``Diagnosis`` makes findings of it.
package struct Observations: Sendable {
    /// `host:port` as it was given, and the name or address in it.
    package var server: String
    package var host: String
    package var isNumericHost: Bool
    package var isLoopback: Bool

    package var computer = Computer()
    package var resolution: Resolution?
    package var lines: [LineReport] = []
    /// By way of a proxy, where one is asked for the server.
    package var proxied: ProxiedLine?
    package var entry: Entry?
    /// How far this clock is ahead of the server's, in milliseconds.
    package var clockOffset: Int64?
    package var certificates = Certificates()
    package var crossing: Crossing?
    package var mapping: Mapping?
    package var dials: Dials?
    package var port: Port?
    package var member: Member?
    /// What was begun and not done in time, in words.
    package var unfinished: [String] = []

    package init(server: String, host: String, isNumericHost: Bool, isLoopback: Bool) {
        self.server = server
        self.host = host
        self.isNumericHost = isNumericHost
        self.isLoopback = isLoopback
    }

    package struct Computer: Sendable {
        /// Addresses besides loopback and link-local ones.
        package var hasIPv4: Bool?
        package var hasIPv6: Bool?
        package var folders: [Folder] = []
        package var files: [File] = []
        /// Shared ones that are gone.
        package var missingShares: [String] = []
        package var descriptors: Int?
        package var servesNothing = false
        /// By which it goes out by TCP, without a password.
        package var proxy: String?
    }

    /// One to which something is written.
    package struct Folder: Sendable {
        package enum Purpose: Sendable { case downloads, state }
        package var purpose: Purpose
        package var path: String
        /// Bytes for whom is no administrator; nil where it is not known.
        package var free: Int64?
        /// Why nothing can be written.
        package var fault: Fault?

        package enum Fault: Hashable, Sendable {
            case full
            case other(String)
        }

        package init(_ purpose: Purpose, _ path: String, free: Int64?, fault: Fault?) {
            self.purpose = purpose
            self.path = path
            self.free = free
            self.fault = fault
        }
    }

    /// A published one that cannot be served.
    package struct File: Sendable {
        package var path: String
        package var name: String
        /// Nil where it is not there.
        package var reason: String?

        package init(path: String, name: String, reason: String?) {
            self.path = path
            self.name = name
            self.reason = reason
        }
    }

    package enum Resolution: Sendable {
        case found(ipv4: Int, ipv6: Int, milliseconds: Int64)
        case failed
    }

    /// How far it came with the server.
    package enum Entry: Sendable {
        /// With the network's fingerprint.
        case member(String, pin: String)
        case trusted(pin: String)
        /// Nobody ever said that the network at that address is to be believed.
        case unknown
        case pinWrong(expected: String, found: String)
        case noContact(ContactFailure)
        case noLogin(NodeFailure)
    }

    package struct Certificates: Sendable {
        /// Milliseconds until the member's own ends, by the directory's time.
        package var remaining: Int64?
        /// Whether the network's own is good by its dates.
        package var isNetworksGood: Bool?

        package init() {}
    }

    package enum Crossing: Sendable {
        case seen(CrossingReport)
        /// The session goes over TCP: as whom the server sees the port that listens, where something translates it.
        case stream(translated: Bool?, Endpoint?)
        /// There is no second socket to look from; why, as part of a sentence.
        case blind(String)
        case failed
    }

    package enum Mapping: Sendable {
        case off
        case needless
        case state(MappingState)
    }

    package enum Dials: Sendable {
        case done([DialledBack])
        /// The server is older, or too busy.
        case refused(String)
    }

    package struct Port: Sendable {
        package var wanted: Int
        package var port: Int

        package init(wanted: Int, port: Int) {
            self.wanted = wanted
            self.port = port
        }
    }

    package struct Member: Sendable {
        package enum Standing: Sendable { case there, away, oneself, blocked, unknown }

        package var name: String
        package var standing: Standing
        /// Where the directory says that he is.
        package var endpoints: [Endpoint] = []
        /// What came of each way, seen from here; nil where it was not known in time.
        package var ways: [WayReport]?
        /// What he saw; nil where he did not say.
        package var theirs: [WayReport]?
        package var hasRelay: Bool?

        package init(_ name: String, _ standing: Standing) {
            self.name = name
            self.standing = standing
        }
    }
}
