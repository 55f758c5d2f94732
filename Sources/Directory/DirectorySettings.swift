/// What whoever runs a server may set. Times are in milliseconds.
package struct DirectorySettings: Hashable, Sendable {
    /// Between two heartbeats of a peer, while there are not very many of them.
    package let heartbeatInterval: Int64
    /// After so much silence a peer is no longer active.
    package let silenceLimit: Int64
    /// Heartbeats a second of all peers together, at most: where there are more peers, each comes more seldom, and may be
    /// silent for as much longer.
    package var heartbeatRate = 10_000
    /// How long a silent peer's login is kept, so that it need only be heard again: after that it signs in
    /// anew with its token.
    package var dormancy: Int64 = 60_000
    /// From its issuing or last use on.
    package var tokenLifetime: Int64 = 30 * 24 * 3_600_000
    /// Of one account, at the same time.
    package var devices = 1
    package var limits = Limits()
    package var guesses = GuessLimits.Settings()

    package static let standard = DirectorySettings()

    private init() {
        heartbeatInterval = 2_000
        silenceLimit = 3_000
    }

    /// One lost heartbeat must not make a peer silent: the limit is at least one and a half intervals.
    package init(heartbeatInterval: Int64, silenceLimit: Int64) throws(SettingsError) {
        guard (100...86_400_000).contains(heartbeatInterval) else { throw .interval(minimum: 100, maximum: 86_400_000) }
        let minimum = (heartbeatInterval * 3 + 1) / 2
        guard silenceLimit >= minimum else { throw .silenceLimit(minimum: minimum) }
        self.heartbeatInterval = heartbeatInterval
        self.silenceLimit = silenceLimit
    }

    package enum SettingsError: Error, Hashable {
        case interval(minimum: Int64, maximum: Int64)
        case silenceLimit(minimum: Int64)
    }
}
