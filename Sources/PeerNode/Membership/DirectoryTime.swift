import FoundationEssentials
import NodeControl
import Synchronization

/// What time the directory says it is. Between two of its words a monotonic clock goes on: setting this
/// machine's clock changes nothing.
final class DirectoryTime: Sendable {
    private let last: Mutex<(server: Int64, at: ContinuousClock.Instant)>

    /// Milliseconds since 1970.
    init(_ serverTime: Int64) { last = Mutex((serverTime, .now)) }

    func update(_ serverTime: Int64) { last.withLock { $0 = (serverTime, .now) } }

    /// Milliseconds since 1970.
    var now: Int64 {
        let (server, at) = last.withLock { $0 }
        return server + at.millisecondsToNow
    }

    /// How far this machine's clock is ahead of the directory's, in milliseconds.
    var localOffset: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) - now }
}
