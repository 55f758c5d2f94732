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
