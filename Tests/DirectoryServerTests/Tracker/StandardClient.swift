import Glibc
import NIOCore
import TestKit

/// A socket of a standard client: what it sends is answered, or not within a while.
final class StandardClient {
    /// Of waiting for an answer; and for one that should not come.
    private static let patience: Int32 = 5_000
    private static let silence: Int32 = 300

    private let descriptor: Int32
    private var transaction: UInt32 = 0

    /// - Parameter host: `127.0.0.1` or `::1`.
    init(_ host: String, port: UInt16) throws {
        let isLong = host.contains(":")
        descriptor = socket(isLong ? AF_INET6 : AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestKitError.system(call: "socket", code: errno) }
        let address = try SocketAddress(ipAddress: host, port: Int(port))
        let result = address.withSockAddr { Glibc.connect(descriptor, $0, socklen_t($1)) }
        guard result == 0 else { throw TestKitError.system(call: "connect", code: errno) }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) { _ = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) } }

    /// Nil where nothing comes.
    func receive(within patience: Int32 = StandardClient.patience) -> [UInt8]? {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, patience) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 2_048)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    /// The answer to a request of a transaction of its own.
    func ask(expectsSilence: Bool = false, _ request: (UInt32) -> [UInt8]) -> TrackerReply? {
        transaction += 1
        send(request(transaction))
        return receive(within: expectsSilence ? Self.silence : Self.patience)
            .flatMap { TrackerReply($0, to: transaction) }
    }

    func connection() throws -> UInt64 {
        guard case .connected(let id)? = ask(TrackerPackets.connect) else {
            throw TestKitError.invalid("no connection")
        }
        return id
    }
}
