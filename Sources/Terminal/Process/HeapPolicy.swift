import CHeap

/// How the C library's heap behaves in a program in which one thread makes what another lets go of: buffers of up to a megabyte
/// at a peer, sessions and answers at a server.
///
/// Left alone it keeps an arena for each thread, each with what it once needed, and learns from the first large buffer
/// that is given back to keep such ones too.
package enum HeapPolicy {
    /// To be called before there is anything else: arenas that exist stay.
    ///
    /// - Parameter busyThreads: Of threads that are at it all the time, each has an arena.
    package static func apply(busyThreads: Int = 1) {
        _ = mallopt(M_ARENA_MAX, Int32(busyThreads + 1))
        _ = mallopt(M_MMAP_THRESHOLD, 4 << 20)
        _ = mallopt(M_TRIM_THRESHOLD, 2 << 20)
    }

    /// Gives back what is free, wherever it is: after what needed much more than what comes then.
    package static func giveBack() { _ = malloc_trim(0) }

    /// The same once a minute, until it is cancelled: of a million who came in at once what their logins took is free afterwards, between
    /// what stays. Who needs an arena waits while it is gone through.
    package static func keepGivingBack(each interval: Duration = .seconds(60)) async {
        while (try? await Task.sleep(for: interval)) != nil { giveBack() }
    }
}
