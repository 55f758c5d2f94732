import Directory
import DirectoryServer
import Glibc
import NIOCore
import TestKit
import Testing
import Wire

/// A client's socket, of UDP or TCP, on which a test says exactly what it likes. Waits for five seconds at most.
final class RawLine {
    private let transport: Transport
    private let descriptor: Int32
    private var frames = StreamFrames()
    private var lastTransaction: UInt32 = 0

    /// - Parameter host: Its own address, of the loopback network.
    init(_ transport: Transport, to port: UInt16, from host: String = "127.0.0.1", receiveBuffer: Int32? = nil) throws {
        self.transport = transport
        let kind = transport == .udp ? SOCK_DGRAM : SOCK_STREAM
        descriptor = socket(AF_INET, Int32(kind.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        // Gone at once: hundreds that linger would hold ports that other tests dial from.
        var abrupt = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &abrupt, socklen_t(MemoryLayout<linger>.size))
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        try Self.check("bind", Self.withAddress(host, 0) { bind(descriptor, $0, $1) })
        try Self.check("connect", Self.withAddress("127.0.0.1", port) { connect(descriptor, $0, $1) })
    }

    deinit { close() }

    private var isClosed = false

    func close() {
        if !isClosed { Glibc.close(descriptor) }
        isClosed = true
    }

    private static func check(_ call: String, _ result: Int32) throws {
        guard result == 0 else { throw TestKitError.system(call: call, code: errno) }
    }

    private static func withAddress(
        _ host: String, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        guard let address = try? SocketAddress(ipAddress: host, port: Int(port)) else { return -1 }
        return address.withSockAddr { body($0, socklen_t($1)) }
    }

    /// As the server sees it.
    func endpoint() throws -> Endpoint {
        // Of IPv4: 2 bytes of family, 2 of port, 4 of address, 8 of nothing.
        var bytes = [UInt8](repeating: 0, count: 16)
        var size = socklen_t(bytes.count)
        let result = bytes.withUnsafeMutableBytes { raw in
            raw.withMemoryRebound(to: sockaddr.self) { getsockname(descriptor, $0.baseAddress, &size) }
        }
        try Self.check("getsockname", result)
        let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        return try #require(Endpoint(address: Array(bytes[4..<8]), port: port))
    }

    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw TestKitError.system(call: "send", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    func send(_ datagram: [UInt8]) throws {
        guard transport == .tcp else { return try write(datagram) }
        var frame = ByteBuffer()
        StreamFrame.write(datagram, into: &frame)
        try write(Array(frame.readableBytesView))
    }

    /// Nil where the server closed it.
    func receive() throws -> [UInt8]? {
        while true {
            if transport == .tcp, let datagram = try frames.next() { return Array(datagram.readableBytesView) }
            var buffer = [UInt8](repeating: 0, count: 2_048)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
            guard count > 0 else { throw TestKitError.system(call: "recv", code: errno) }
            if transport == .udp { return Array(buffer[..<count]) }
            frames.append(ByteBuffer(bytes: buffer[..<count]))
        }
    }

    /// Whether the server closes it, whatever comes before.
    func isEnded() throws -> Bool {
        while try receive() != nil {}
        return true
    }

    // MARK: Sessions

    func openSession() throws -> SealedSession {
        var handshake = ClientHandshake(pin: nil)
        for _ in 0..<20 {
            for datagram in handshake.datagramsToSend { try send(datagram) }
            for _ in handshake.datagramsToSend {
                guard let answer = try receive() else { throw TestKitError.invalid("closed") }
                switch try handshake.receive(answer, now: DirectoryClock.system.wall()) {
                case .established(let session, _): return session
                case .nothing, .sendAgain, .busy: break
                }
            }
        }
        throw TestKitError.timedOut("a session")
    }

    func send(_ request: DirectoryRequest, in session: inout SealedSession) throws {
        lastTransaction += 1
        let message = DirectoryMessage.request(TransactionID(rawValue: lastTransaction), request)
        try send(try session.seal(message.encoded))
    }

    /// The next message of the session.
    func message(in session: inout SealedSession) throws -> DirectoryMessage {
        guard let datagram = try receive() else { throw TestKitError.invalid("closed") }
        return try DirectoryMessage(decoding: try session.open(datagram))
    }

    func ask(_ request: DirectoryRequest, in session: inout SealedSession) throws -> DirectoryAnswer {
        try send(request, in: &session)
        guard case .answer(TransactionID(rawValue: lastTransaction), let answer) = try message(in: &session) else {
            throw TestKitError.invalid("no answer")
        }
        return answer
    }

    func signIn(_ device: Device, _ password: String) throws -> SealedSession {
        var session = try openSession()
        guard case .welcome = try ask(.login(device.login(password)), in: &session) else {
            throw TestKitError.invalid("no welcome")
        }
        return session
    }
}
