import Glibc

/// The two times that the directory goes by, in milliseconds.
package struct DirectoryClock: Sendable {
    /// Since 1970: for what is kept or told to others.
    package var wall: @Sendable () -> Int64
    /// Never set back, and running while the machine sleeps: for what happens within this process.
    package var monotonic: @Sendable () -> Int64

    package init(wall: @escaping @Sendable () -> Int64, monotonic: @escaping @Sendable () -> Int64) {
        self.wall = wall
        self.monotonic = monotonic
    }

    package static let system = DirectoryClock(
        wall: { milliseconds(CLOCK_REALTIME) }, monotonic: { milliseconds(CLOCK_BOOTTIME) })

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
