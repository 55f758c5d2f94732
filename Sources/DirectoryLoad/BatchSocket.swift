import CDatagrams
import Glibc

/// A UDP socket, connected to the server, that takes and gives many datagrams in one call: so that who measures is not
/// slower than what is measured.
final class BatchSocket {
    static let batch = 128
    private static let slot = 2_048

    let descriptor: Int32
    private let incoming: Slots
    private let outgoing: Slots
    private var waiting = 0
    /// Datagrams that the kernel did not take.
    private(set) var dropped = 0

    /// - Parameters:
    ///   - host: IPv4, as text.
    ///   - source: The address to send from, in 127.0.0.0/8 where several are wanted; nil leaves it to the kernel.
    init(host: String, port: UInt16, from source: String? = nil) throws(LoadError) {
        let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_INET, type, 0)
        guard descriptor >= 0 else { throw .system("socket", errno) }
        incoming = Slots(count: Self.batch, slot: Self.slot)
        outgoing = Slots(count: Self.batch, slot: Self.slot)
        var size: Int32 = 8 << 20
        for option in [SO_RCVBUF, SO_SNDBUF, SO_RCVBUFFORCE, SO_SNDBUFFORCE] {
            setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        if let source { try use(source, 0, bind, "bind") }
        try use(host, port, connect, "connect")
    }

    deinit { close(descriptor) }

    private func use(
        _ host: String, _ port: UInt16, _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ name: String
    ) throws(LoadError) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { throw .system("inet_pton", EINVAL) }
        let result = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { pointer in
                pointer.baseAddress.map { call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) } ?? -1
            }
        }
        guard result == 0 else { throw .system(name, errno) }
    }

    /// Gives what has come to a closure, up to a batch; how many that were.
    func receive(_ take: (UnsafeRawBufferPointer) -> Void) -> Int {
        let count = incoming.receive(descriptor)
        for index in 0..<count { take(incoming[index]) }
        return count
    }

    /// Puts a datagram into the batch that goes out with ``flush()``, or when it is full.
    func send(_ datagram: UnsafeRawBufferPointer) {
        outgoing.put(datagram, at: waiting)
        waiting += 1
        if waiting == Self.batch { flush() }
    }

    func send(_ datagram: ArraySlice<UInt8>) { datagram.withUnsafeBytes { send($0) } }

    func send(_ datagram: [UInt8]) { datagram.withUnsafeBytes { send($0) } }

    func flush() {
        var sent = 0
        while sent < waiting {
            let count = outgoing.send(descriptor, from: sent, to: waiting)
            if count > 0 {
                sent += count
            } else if errno == EAGAIN || errno == ENOBUFS {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&ready, 1, 10)
            } else if errno != EINTR, errno != ECONNREFUSED {
                dropped += waiting - sent
                break
            }
        }
        waiting = 0
    }

    /// Waits for something to come, so many milliseconds at most.
    func wait(_ milliseconds: Int32) {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        poll(&ready, 1, milliseconds)
    }
}

/// Memory for the datagrams of one call.
private final class Slots {
    private let slot: Int
    private let bytes: UnsafeMutableRawBufferPointer
    private let vectors: UnsafeMutableBufferPointer<iovec>
    private let messages: UnsafeMutableBufferPointer<many_message>

    init(count: Int, slot: Int) {
        self.slot = slot
        bytes = .allocate(byteCount: count * slot, alignment: 64)
        vectors = .allocate(capacity: count)
        messages = .allocate(capacity: count)
        for index in 0..<count {
            vectors.initializeElement(
                at: index, to: iovec(iov_base: bytes.baseAddress.map { $0 + index * slot }, iov_len: slot))
            var message = many_message()
            message.header.msg_iov = vectors.baseAddress.map { $0 + index }
            message.header.msg_iovlen = 1
            messages.initializeElement(at: index, to: message)
        }
    }

    deinit {
        bytes.deallocate()
        vectors.deallocate()
        messages.deallocate()
    }

    subscript(index: Int) -> UnsafeRawBufferPointer {
        let start = index * slot
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(messages[index].length)])
    }

    func put(_ datagram: UnsafeRawBufferPointer, at index: Int) {
        let count = min(datagram.count, slot)
        UnsafeMutableRawBufferPointer(rebasing: bytes[index * slot..<(index + 1) * slot])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: datagram[..<count]))
        vectors[index].iov_len = count
    }

    func receive(_ descriptor: Int32) -> Int {
        max(0, Int(receive_many(descriptor, messages.baseAddress, UInt32(messages.count), 0, nil)))
    }

    func send(_ descriptor: Int32, from first: Int, to end: Int) -> Int {
        Int(send_many(descriptor, messages.baseAddress.map { $0 + first }, UInt32(end - first), 0))
    }
}

enum LoadError: Error, CustomStringConvertible {
    case system(String, Int32)
    case usage(String)
    case server(String)

    var description: String {
        switch self {
        case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
        case .usage(let text): text
        case .server(let text): text
        }
    }
}
