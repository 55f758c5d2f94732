internal import CInotify

/// Work that reads when nobody else does.
enum IdleReading {
    /// Runs the body with the idle priority of the disk, where the system knows one: the thread is others' afterwards.
    static func during<Result>(_ isIdle: Bool, _ body: () throws -> Result) rethrows -> Result {
        guard isIdle else { return try body() }
        let former = bittrickle_io_priority()
        guard former >= 0, bittrickle_set_io_priority(BITTRICKLE_IO_IDLE) == 0 else { return try body() }
        defer { _ = bittrickle_set_io_priority(former) }
        return try body()
    }
}
