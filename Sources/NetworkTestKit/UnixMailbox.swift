import Glibc
import TestKit

/// A Unix socket that takes datagrams, as a service manager's does.
package final class UnixMailbox: Sendable {
    private let descriptor: Int32
    /// As programs are told of it: a path, or a name behind an at sign that stands in no folder (unix(7)).
    package let name: String

    package init(_ name: String) throws {
        self.name = name
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 } else { bytes.append(0) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let offset = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path)
        guard descriptor >= 0, bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else {
            throw TestKitError.invalid("no socket \(name)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(offset + bytes.count)) == 0
            }
        }
        guard isBound else { throw TestKitError.invalid("\(name) cannot be bound: \(errno)") }
    }

    deinit { close(descriptor) }

    /// The next datagram, waited for until the limit.
    package func next(within limit: Duration = .seconds(10)) async throws -> String {
        let deadline = ContinuousClock.now + limit
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count >= 0 { return String(decoding: buffer[..<count], as: UTF8.self) }
            guard ContinuousClock.now < deadline else { throw TestKitError.timedOut("a datagram at \(name)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
