package import Directory

/// One look at the clocks, in milliseconds.
package struct Moment: Hashable, Sendable {
    /// Since 1970: what certificates, keys and logs are dated by.
    package let wall: Int64
    /// Of a clock that never jumps: what waits and limits are measured by.
    package let monotonic: Int64

    package init(wall: Int64, monotonic: Int64) {
        self.wall = wall
        self.monotonic = monotonic
    }
}

extension DirectoryClock {
    package var now: Moment { Moment(wall: wall(), monotonic: monotonic()) }
}

/// A time of the monotonic clock to the second, for what lasts minutes: half as long as its milliseconds.
struct Second: Hashable, Sendable {
    private let number: UInt32

    init(of milliseconds: Int64) { number = UInt32(clamping: milliseconds / 1_000) }

    var milliseconds: Int64 { Int64(number) * 1_000 }
}
