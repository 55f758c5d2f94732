// GRDB brings Foundation, and with it the module that claims these C types.
import CoreFoundation
import Glibc

/// A clock that never jumps, in nanoseconds.
enum Nanoseconds {
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
