import NIOCore
import NIOPosix
import TestKit
import Testing

/// Asks a server's metrics as Prometheus does, byte for byte.
struct Scraper {
    struct Answer {
        var status: Int
        var head: String
        var body: String
    }

    /// One connection, on which nothing was said yet.
    struct Connection {
        fileprivate let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

        /// Also one that the other end has closed already.
        func close() async { try? await channel.executeThenClose { _, _ in } }
    }

    let port: Int

    func connect() async throws -> Connection {
        Connection(
            channel: try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
                })
    }

    func get(_ path: String) async throws -> Answer { try await ask("GET \(path) HTTP/1.1\r\nhost: x\r\n\r\n") }

    func ask(_ request: String) async throws -> Answer {
        let text = try await connect().channel.executeThenClose { incoming, outgoing in
            try await outgoing.write(ByteBuffer(string: request))
            var text = ""
            for try await part in incoming { text += String(buffer: part) }
            return text
        }
        let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let status = Int(parts[0].split(separator: " ").dropFirst().first ?? "") else {
            throw TestKitError.invalid("no answer: \(text.prefix(80))")
        }
        return Answer(status: status, head: String(parts[0]), body: String(parts[1]))
    }

    /// Each time series with its value, as it is written.
    func numbers() async throws -> [String: Double] {
        var numbers: [String: Double] = [:]
        for line in try await get("/metrics").body.split(separator: "\n") where !line.hasPrefix("#") {
            let space = try #require(line.lastIndex(of: " "))
            let value = try #require(Double(String(line[line.index(after: space)...])))
            numbers[String(line[..<space])] = value
        }
        return numbers
    }
}

/// Sends datagrams of whatever bytes.
struct DatagramSender {
    private let channel: any Channel
    private let address: SocketAddress

    init(port: Int) async throws {
        address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(
            AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: bytes)))
    }
}
