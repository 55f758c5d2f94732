import Glibc
package import NIOCore
import TestKit
import Wire

/// A socket of this program at a host of a lab: to find out what passes. It is closed when the value goes.
package final class LabSocket: Sendable {
    private let descriptor: Int32
    private let lab: Lab

    private init(_ descriptor: Int32, _ lab: Lab) {
        self.descriptor = descriptor
        self.lab = lab
    }

    deinit { close(descriptor) }

    /// - Parameters:
    ///   - port: Several of one host may have the same (SO_REUSEADDR, SO_REUSEPORT); 0 is any free one.
    ///   - isTCP: Otherwise UDP.
    fileprivate convenience init(at host: String, of lab: Lab, port: Int, isIPv6: Bool, isTCP: Bool) throws {
        let kind = isTCP ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue
        let descriptor = try Namespaces.entered(lab.plug(of: host).namespace) {
            socket(
                isIPv6 ? AF_INET6 : AF_INET, Int32(kind | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        }
        guard descriptor >= 0 else { throw TestKitError.system(call: "socket", code: errno) }
        self.init(descriptor, lab)
        var yes: Int32 = 1
        for option in [SO_REUSEADDR, SO_REUSEPORT] {
            setsockopt(descriptor, SOL_SOCKET, option, &yes, socklen_t(MemoryLayout<Int32>.size))
        }
        let address = try SocketAddress(ipAddress: isIPv6 ? "::" : "0.0.0.0", port: port)
        guard address.withSockAddr({ bind(descriptor, $0, socklen_t($1)) }) == 0 else {
            throw TestKitError.system(call: "bind to \(port)", code: errno)
        }
    }

    package var port: Int {
        get throws {
            guard let port = try address(getsockname).port else { throw TestKitError.invalid("no port") }
            return port
        }
    }

    private func address(
        _ call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) throws -> SocketAddress {
        try Self.withAddress { pointer, length in
            guard call(descriptor, pointer, length) == 0 else {
                throw TestKitError.system(call: "getsockname", code: errno)
            }
        }.address
    }

    private static func withAddress<Result>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) throws -> Result
    ) throws -> (result: Result, address: SocketAddress) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return try withUnsafeMutablePointer(to: &storage) { pointer in
            let result = try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { try body($0, &length) }
            let address =
                pointer.pointee.ss_family == sa_family_t(AF_INET6)
                ? pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { SocketAddress($0.pointee) }
                : pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { SocketAddress($0.pointee) }
            return (result, address)
        }
    }

    // MARK: Datagrams

    package struct Datagram: Sendable {
        package let bytes: [UInt8]
        package let from: SocketAddress

        package var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// What cannot be sent is lost, as on the way.
    package func send(_ bytes: some Sequence<UInt8>, to address: SocketAddress) {
        let bytes = Array(bytes)
        _ = address.withSockAddr {
            sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, socklen_t($1))
        }
    }

    package func send(_ text: String, to address: SocketAddress) { send(text.utf8, to: address) }

    /// The next datagram that is there already; nil where there is none.
    package func received() throws -> Datagram? {
        var buffer = [UInt8](repeating: 0, count: 2_048)
        let capacity = buffer.count
        let (count, from) = try Self.withAddress { recvfrom(descriptor, &buffer, capacity, 0, $0, $1) }
        return count < 0 ? nil : Datagram(bytes: Array(buffer[..<count]), from: from)
    }

    /// The next datagram, waited for until the limit.
    package func receive(within limit: Duration = .seconds(5)) async throws -> Datagram {
        try await wait(within: limit, for: "a datagram") { try received() }
    }

    /// Takes datagrams that are sent to a group, too, at the interface that has an address. Both are of IPv4.
    func join(_ group: String, at address: String) throws {
        let request = try [group, address].flatMap { text in
            guard let bytes = LocalAddress.bytes(try SocketAddress(ipAddress: text, port: 0)) else {
                throw TestKitError.invalid("no address: \(text)")
            }
            return bytes
        }
        guard setsockopt(descriptor, Int32(IPPROTO_IP), IP_ADD_MEMBERSHIP, request, socklen_t(request.count)) == 0
        else {
            throw TestKitError.system(call: "IP_ADD_MEMBERSHIP", code: errno)
        }
    }

    // MARK: Connections

    package func listen() throws {
        guard Glibc.listen(descriptor, 16) == 0 else { throw TestKitError.system(call: "listen", code: errno) }
    }

    /// The next connection that is there already; nil where there is none.
    package func accepted() throws -> (socket: LabSocket, from: SocketAddress)? {
        let (accepted, from) = try Self.withAddress { Glibc.accept(descriptor, $0, $1) }
        guard accepted >= 0 else { return nil }
        _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return (LabSocket(accepted, lab), from)
    }

    /// The next connection, waited for until the limit.
    package func accept(within limit: Duration = .seconds(5)) async throws -> (socket: LabSocket, from: SocketAddress) {
        try await wait(within: limit, for: "a connection") { try accepted() }
    }

    /// Begins to connect. False where it is known at once that it will not be.
    @discardableResult
    package func beginConnecting(to address: SocketAddress) -> Bool {
        address.withSockAddr { connect(descriptor, $0, socklen_t($1)) } == 0 || errno == EINPROGRESS
    }

    /// Whether it is connected; nil as long as nobody knows.
    package var isConnected: Bool? {
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&state, 1, 0) > 0 else { return nil }
        return (try? address(getpeername)) != nil
    }

    /// Whether a connection comes about within the limit.
    package func connects(to address: SocketAddress, within limit: Duration = .seconds(5)) async throws -> Bool {
        guard beginConnecting(to: address) else { return false }
        do {
            return try await wait(within: limit, for: "a connection") { isConnected }
        } catch TestKitError.timedOut {
            return false
        }
    }

    /// Writes to a connection. False where it does not take all of it now.
    @discardableResult
    package func write(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// What has come on a connection since; empty where nothing has.
    package func read() -> String {
        var buffer = [UInt8](repeating: 0, count: 2_048)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }

    private func wait<Value>(
        within limit: Duration, for what: String, _ attempt: () throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + limit
        while true {
            if let value = try attempt() { return value }
            guard ContinuousClock.now < deadline else { throw TestKitError.timedOut(what) }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

extension Lab {
    package func udp(_ host: String, port: Int = 0, isIPv6: Bool = false) throws -> LabSocket {
        try LabSocket(at: host, of: self, port: port, isIPv6: isIPv6, isTCP: false)
    }

    package func tcp(_ host: String, port: Int = 0, isIPv6: Bool = false) throws -> LabSocket {
        try LabSocket(at: host, of: self, port: port, isIPv6: isIPv6, isTCP: true)
    }

    /// One that takes connections.
    package func listener(_ host: String, port: Int = 0, isIPv6: Bool = false) throws -> LabSocket {
        let socket = try tcp(host, port: port, isIPv6: isIPv6)
        try socket.listen()
        return socket
    }
}
