import Glibc

/// How many descriptors this process may have open (getrlimit(2)): systems start programs with 1,024.
package enum DescriptorLimit {
    /// Enough for the most streams, and what else a directory opens.
    package static let ofDirectory: UInt64 = 131_072

    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    static var current: UInt64 {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? UInt64(limit.rlim_cur) : .max
    }

    /// As far as the system lets us; never down.
    package static func raise(to number: UInt64) {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < number else { return }
        limit.rlim_cur = min(rlim_t(number), limit.rlim_max)
        setrlimit(resource, &limit)
    }
}
