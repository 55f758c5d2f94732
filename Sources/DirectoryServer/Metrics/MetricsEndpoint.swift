import Glibc
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The port at which a server can be watched, over HTTP/1.1: each connection asks once, and is closed.
///
/// Nothing there changes anything, and nothing there is a secret of members.
struct MetricsEndpoint: Sendable {
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
    private typealias Listener = NIOAsyncChannel<Connection, Never>

    private static let backlog: Int32 = 64
    /// Connections at the same time; further ones are closed.
    private static let most = 32
    /// That one may last.
    private static let patience: Duration = .seconds(10)
    /// Before it is made anew, where it failed: such as for want of descriptors.
    private static let pause: Duration = .seconds(5)
    private static let limits: NIOHTTPDecoderLimitConfiguration = {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 8_192
        limits.maxHeaderListSize = 16_384
        limits.maxHeaderFieldCount = 64
        return limits
    }()

    /// Of this machine, as it was bound.
    let port: Int
    private let host: String
    /// Made before anybody is told that the server runs.
    private let first: Listener
    private let connections = Connections()

    private final class Connections: Sendable {
        private let count = Mutex(0)

        /// False where there are too many.
        func enter() -> Bool {
            count.withLock { count in
                guard count < MetricsEndpoint.most else { return false }
                count += 1
                return true
            }
        }

        func leave() { count.withLock { $0 -= 1 } }
    }

    /// - Throws: ``StartFailure/metricsUnavailable(host:port:reason:)``
    init(_ address: MetricsAddress) async throws(StartFailure) {
        do {
            first = try await Self.bind(address.host, address.port)
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) }
            throw .metricsUnavailable(
                host: address.host, port: address.port, reason: reason ?? "there is no such address")
        }
        host = address.host
        port = first.channel.localAddress?.port ?? address.port
    }

    /// Not on the loop of the directory's socket, which a page of numbers would hold up.
    private static func bind(_ host: String, _ port: Int) async throws -> Listener {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withErrorHandling: true, withOutboundHeaderValidation: true,
                        withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
    }

    func announce(_ log: Logger) {
        log.notice("Metrics are served", metadata: ["host": "\(host)", "port": "\(port)"])
    }

    /// Answers until it is cancelled.
    func run(_ desk: MetricsDesk, log: Logger) async {
        var isTold = false
        var next: Listener? = first
        while !Task.isCancelled {
            do {
                let listener = if let next { next } else { try await Self.bind(host, port) }
                next = nil
                try await serve(listener, desk)
            } catch {
                if !isTold, !Task.isCancelled {
                    log.warning("Metrics were not served for a moment", metadata: ["reason": "\(error)"])
                }
                isTold = true
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func serve(_ listener: Listener, _ desk: MetricsDesk) async throws {
        try await listener.executeThenClose { incoming in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in incoming {
                    guard connections.enter() else {
                        connection.channel.close(promise: nil)
                        group.addTask { try? await connection.executeThenClose { _, _ in } }
                        continue
                    }
                    group.addTask {
                        await Self.answer(connection, desk)
                        connections.leave()
                    }
                }
            }
        }
    }

    private static func answer(_ connection: Connection, _ desk: MetricsDesk) async {
        let channel = connection.channel
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await connection.executeThenClose { parts, answers in
                    var asked: HTTPRequestHead?
                    for try await part in parts {
                        switch part {
                        case .head(let head): asked = head
                        case .body: break
                        case .end:
                            guard let asked else { return }
                            return try await write(await desk.answer(asked.method, asked.uri), to: asked, answers)
                        }
                    }
                }
            }
            group.addTask {
                guard (try? await Task.sleep(for: patience)) != nil else { return }
                channel.close(promise: nil)
            }
            await group.next()
            group.cancelAll()
        }
    }

    private static func write(
        _ answer: MetricsDesk.Answer, to asked: HTTPRequestHead,
        _ answers: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws {
        var headers: HTTPHeaders = [
            "content-type": answer.type, "content-length": "\(answer.text.utf8.count)", "cache-control": "no-store",
            "x-content-type-options": "nosniff", "connection": "close",
        ]
        if let allow = answer.allow { headers.add(name: "allow", value: allow) }
        try await answers.write(.head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)))
        if asked.method != .HEAD { try await answers.write(.body(.byteBuffer(ByteBuffer(string: answer.text)))) }
        try await answers.write(.end(nil))
    }
}
