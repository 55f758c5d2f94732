import Glibc

/// How many descriptors this process may have.
package enum DescriptorLimit {
    /// Enough for the most streams, and what else a server opens.
    private static let wanted: rlim_t = 131_072

    /// Takes as many as it may, up to what it needs: systems start programs with 1,024.
    package static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < wanted else {
            return
        }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
