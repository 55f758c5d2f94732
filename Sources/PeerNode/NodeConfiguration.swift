package import Connectivity
import Glibc
import Library
package import NodeControl
package import Proxies
package import Transfer
package import Wire

/// What a node needs to know before it starts.
package struct NodeConfiguration: Sendable {
    package var server: HostPort
    /// The network that is expected there, from `--fingerprint` or a link; nil where known networks and
    /// the user decide.
    package var pin: NetworkPin?
    /// Absolute; see ``standardStateDirectory(environment:)``.
    package var stateDirectory: String
    /// How people call this device, in at most 64 bytes.
    package var deviceLabel: String
    package var links = LinkLimits()
    /// What leads where this computer cannot go itself.
    package var proxies = ProxyRules()
    package var downloads = DownloadLimits()
    package var uploads = UploadLimits()
    /// How often published files are looked at; what two looks in a row find changed counts as changed.
    package var checkInterval = Duration.seconds(5)
    /// Until the member sets others.
    package var limits = NodeLimits()
    package var settings = SettingsOfProgram()
    /// Nobody signs in while the port that is wanted is taken; otherwise another one will do.
    package var insistsOnPort = false
    /// When saved searches run.
    package var searchPace = Pace.real
    /// Told what saved searches find, besides those who listen to notices; returns at once.
    package var tellsMatches: @Sendable (NewMatches) -> Void = { _ in }

    package init(server: HostPort, pin: NetworkPin? = nil, stateDirectory: String, deviceLabel: String? = nil) {
        self.server = server
        self.pin = pin
        self.stateDirectory = stateDirectory
        self.deviceLabel = deviceLabel ?? Self.hostName
    }

    /// `$XDG_STATE_HOME/bittrickle`, by default below `~/.local/state`; nil where neither variable is an
    /// absolute path.
    package static func standardStateDirectory(environment: [String: String]) -> String? {
        MemberFolder.defaultBase(environment: environment)
    }

    private static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unnamed" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes.prefix(64), as: UTF8.self)
    }
}
