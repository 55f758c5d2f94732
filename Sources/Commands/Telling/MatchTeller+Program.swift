import Glibc
import Logging
import PeerNode

extension MatchTeller {
    /// That of a program on this computer.
    ///
    /// - Parameter network: as a command line names it.
    convenience init(of network: String, logger: Logger) {
        self.init(
            notifier: Self.notifier(Environment.all, path: getenv("PATH").map { String(cString: $0) } ?? ""),
            network: network, now: Pace.real.now, logger: logger)
    }

    /// Nil where it is not there, or has no desktop to ask.
    package static func notifier(_ environment: [String: String], path: String) -> String? {
        let desktops = ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"]
        guard desktops.contains(where: { environment[$0]?.isEmpty == false }) else { return nil }
        return path.split(separator: ":").map { "\($0)/notify-send" }.first {
            $0.hasPrefix("/") && access($0, X_OK) == 0
        }
    }
}
