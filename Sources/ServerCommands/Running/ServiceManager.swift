// The module that claims these C types comes with what is imported elsewhere.
import CoreFoundation
import Glibc

/// Whoever started the process and wants to hear how it is: systemd's protocol of datagrams to `$NOTIFY_SOCKET`
/// (sd_notify(3)).
package struct ServiceManager: Sendable {
    private let path: String
    /// Within which it wants to hear that the service works; nil where it does not.
    package let patience: Duration?

    /// Nil where nobody wants to hear anything.
    ///
    /// - Parameter process: This one: the variables may have been another's.
    package init?(_ environment: [String: String], process: Int32 = getpid()) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"), path.utf8.count > 1
        else { return nil }
        self.path = path
        let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
        patience = isOurs ? environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map { .microseconds($0) } : nil
    }

    /// Says it, if anybody still listens.
    ///
    /// - Parameter words: Such as `READY=1`.
    package func say(_ words: String...) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var bytes = Array(path.utf8)
        // An abstract name begins with a zero, and has none at its end (unix(7)).
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 } else { bytes.append(0) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let offset = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let text = Array(words.joined(separator: "\n").utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, 0, $0, socklen_t(offset + bytes.count))
            }
        }
    }
}
