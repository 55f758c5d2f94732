import Glibc
import TestKit

/// A port of loopback where a connection neither comes about nor fails: as many wait there to be taken as may, and what the system
/// then hears from others it passes over (listen(2)).
struct FullListener {
    let port: UInt16
    private let listener: Int32
    private let waiting: Int32

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        waiting = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, waiting) = (listener, waiting)
        let isFull = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { place in
                bind(listener, place, size) == 0 && listen(listener, 0) == 0
                    && getsockname(listener, place, &size) == 0 && connect(waiting, place, size) == 0
            }
        }
        guard isFull else { throw TestKitError.system(call: "listen", code: errno) }
        port = UInt16(bigEndian: address.sin_port)
    }

    func close() {
        Glibc.close(waiting)
        Glibc.close(listener)
    }
}
