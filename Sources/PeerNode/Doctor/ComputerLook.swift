import Glibc
import Library
import NodeControl
import Wire

/// Looks at what is on this computer. Blocks for moments.
enum ComputerLook {
    /// So many published files are looked at.
    private static let fileLimit = 2_000

    /// `O_TMPFILE` of Linux, a macro that Swift does not see: for a file without a name.
    private static let nameless: Int32 = 0o20_000_000 | O_DIRECTORY

    static func addresses() -> (hasIPv4: Bool, hasIPv6: Bool) {
        let counts = LocalAddresses.all(port: 1).map(\.address.count)
        return (counts.contains(4), counts.contains(16))
    }

    static var descriptors: Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Int(clamping: limit.rlim_cur)
    }

    /// The folder itself, or the first above it that is there: what is missing is made when it is needed.
    static func folder(_ path: String, for purpose: Observations.Folder.Purpose) -> Observations.Folder {
        var place = path
        var status = stat()
        while purpose == .state, stat(place, &status) != 0, errno == ENOENT, let slash = place.lastIndex(of: "/"),
            place != "/"
        {
            place = slash == place.startIndex ? "/" : String(place[..<slash])
        }
        guard stat(place, &status) == 0 else { return fault(path, purpose, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { return fault(path, purpose, ENOTDIR) }
        let descriptor = open(place, nameless | O_WRONLY | O_CLOEXEC, 0o600)
        // Not all file systems make files without a name.
        if descriptor < 0, errno != EOPNOTSUPP, errno != EISDIR, errno != EINVAL { return fault(path, purpose, errno) }
        if descriptor >= 0 {
            defer { close(descriptor) }
            let block = [UInt8](repeating: 1, count: 4_096)
            if write(descriptor, block, block.count) < block.count { return fault(path, purpose, ENOSPC) }
        }
        return Observations.Folder(purpose, path, free: free(place), fault: nil)
    }

    private static func free(_ path: String) -> Int64? {
        var system = statvfs()
        guard statvfs(path, &system) == 0 else { return nil }
        return Int64(
            clamping: UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize)).partialValue)
    }

    private static func fault(
        _ path: String, _ purpose: Observations.Folder.Purpose, _ code: Int32
    ) -> Observations.Folder {
        let isFull = code == ENOSPC || code == EDQUOT
        return Observations.Folder(
            purpose, path, free: nil, fault: isFull ? .full : .other(String(cString: strerror(code))))
    }

    /// Those that cannot be served.
    static func unreadable(_ files: [LocalFile], _ flag: CancellationFlag) throws -> [Observations.File] {
        try files.prefix(fileLimit).compactMap { file in
            try flag.check()
            let descriptor = open(file.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            guard descriptor < 0 else {
                close(descriptor)
                return nil
            }
            let code = errno
            let isMissing = code == ENOENT || code == ENOTDIR
            return Observations.File(
                path: file.path, name: file.name.text, reason: isMissing ? nil : String(cString: strerror(code)))
        }
    }

    static func missing(_ folders: [SharedFolder]) -> [String] {
        folders.map(\.path).filter { path in
            var status = stat()
            return stat(path, &status) != 0 || status.st_mode & S_IFMT != S_IFDIR
        }
    }
}
