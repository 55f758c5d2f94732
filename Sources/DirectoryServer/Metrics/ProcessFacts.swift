import CoreFoundation
import Glibc

/// What the system says of this process, from `/proc` (proc(5)); nil where it does not say it.
enum ProcessFacts {
    /// Bytes of a field of `/proc/self/status`, which has kibibytes.
    static func statusBytes(_ field: String) -> Double? {
        for line in lines("/proc/self/status") where line.hasPrefix("\(field):") {
            return line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first
                .flatMap { Double($0) }.map { $0 * 1_024 }
        }
        return nil
    }

    static var processorSeconds: Double? {
        var usage = rusage()
        guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return nil }
        return [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) / 1e6 }.reduce(0, +)
    }

    static var openDescriptors: Double? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Itself, and the two that every folder has.
        return Double(max(0, count - 3))
    }

    static var mostDescriptors: Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }

    /// Datagrams that the kernel dropped of those for a port, as its receive buffer was full: the last column.
    static func droppedDatagrams(port: UInt16) -> Double? {
        var text = String(port, radix: 16, uppercase: true)
        text = ":" + String(repeating: "0", count: 4 - text.count) + text
        var sum: Double?
        for line in lines("/proc/self/net/udp") + lines("/proc/self/net/udp6") {
            let fields = line.split(separator: " ")
            guard fields.count > 2, fields[1].hasSuffix(text), let drops = Double(fields[fields.count - 1]) else {
                continue
            }
            sum = (sum ?? 0) + drops
        }
        return sum
    }

    /// Bytes that this user may still write on the disk of a folder.
    static func freeBytes(at path: String) -> Double? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Double(status.f_bavail) * Double(status.f_frsize)
    }

    static func fileBytes(_ path: String) -> Double? { FileStamp(path: path).map { Double($0.size) } }

    private static func lines(_ path: String) -> [Substring] {
        guard let bytes = try? StateFile.read(path, limit: 16 << 20) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }
}
