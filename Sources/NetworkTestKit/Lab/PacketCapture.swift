import CNamespaces
import Glibc
import TestKit

/// All that passes the interfaces of a host or router from some moment on, either way.
///
/// The kernel keeps it until it is asked for: 64 MiB at most, what goes beyond is lost.
package final class PacketCapture: Sendable {
    private let descriptor: Int32
    private let lab: Lab

    fileprivate init(at name: String, of lab: Lab) throws {
        self.lab = lab
        descriptor = try Namespaces.entered(lab.plug(of: name).namespace) {
            socket(
                BITTRICKLE_AF_PACKET,
                Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue),
                Int32(BITTRICKLE_ETH_P_ALL.bigEndian))
        }
        guard descriptor >= 0 else { throw TestKitError.system(call: "socket", code: errno) }
        var size: Int32 = 64 << 20
        setsockopt(
            descriptor, SOL_SOCKET, BITTRICKLE_SO_RCVBUFFORCE, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// What has passed since it was last asked: IP packets with their headers, each once for every interface that it passed.
    package func packets() -> [[UInt8]] {
        var packets: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count >= 0 {
            packets.append(Array(buffer[..<count]))
        }
        return packets
    }
}

extension Lab {
    /// Keeps what passes at a host, or at a site's router.
    package func capture(at name: String) throws -> PacketCapture { try PacketCapture(at: name, of: self) }
}
