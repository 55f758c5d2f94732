import Glibc
import Proxies

/// The process's surroundings, read where it starts.
enum Environment {
    static let names =
        [
            "HOME", "XDG_STATE_HOME", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS",
            MeantNetwork.variable, NearbyStart.variable,
        ] + ProxyRules.variables

    static let passwordVariable = "BITTRICKLE_PASSWORD"
    static let newPasswordVariable = "BITTRICKLE_NEW_PASSWORD"

    /// Not for the programs that this one starts.
    static let secretNames: Set = [passwordVariable, newPasswordVariable]

    /// They are taken out of the environment when they are first asked for, which the program does before anything else.
    static let givenSecrets: GivenSecrets = {
        func take(_ name: String) -> String? {
            defer { unsetenv(name) }
            return getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        return GivenSecrets(password: take(passwordVariable), newPassword: take(newPasswordVariable))
    }()

    /// Of the variables that mean something to us.
    static var all: [String: String] {
        var values: [String: String] = [:]
        for name in names { values[name] = getenv(name).map { String(cString: $0) } }
        return values
    }

    /// Nil where the working folder was removed.
    static var workingDirectory: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }

    /// Milliseconds since 1970.
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
