import Glibc
import Logging
import NIOCore
import NIOPosix
import Wire

/// The Unix socket in the state directory: whoever may use that directory administers the network.
///
/// A server whose socket cannot be made, or fails, runs on without: members do not need it.
struct AdminSocket: Sendable {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    private typealias Listener = NIOAsyncChannel<Connection, Never>

    private static let backlog: Int32 = 16
    /// That a connection may last: each asks once, and removing who published very much takes a while.
    static let patience: Duration = .seconds(600)
    /// Before it is made anew.
    private static let pause: Duration = .seconds(5)

    private let path: String
    private let group: any EventLoopGroup
    private let log: Logger
    /// Made before anybody is told that the server runs.
    private let first: Result<Listener, any Error>

    init(path: String, group: any EventLoopGroup, log: Logger) async {
        self.path = path
        self.group = group
        self.log = log
        do { first = .success(try await Self.bind(path, group)) } catch { first = .failure(error) }
    }

    /// Answers until it is cancelled.
    func run(_ desk: AdminDesk) async {
        var isTold = false
        var next: Result<Listener, any Error>? = first
        while !Task.isCancelled {
            do {
                let listener = if let next { try next.get() } else { try await Self.bind(path, group) }
                next = nil
                try await serve(listener, desk)
            } catch {
                next = nil
                if !isTold, !Task.isCancelled {
                    log.warning(
                        "This server cannot be administered while it runs",
                        metadata: ["path": "\(path)", "reason": "\(error)"])
                }
                isTold = true
            }
            try? await Task.sleep(for: Self.pause)
        }
        unlink(path)
    }

    private static func bind(_ path: String, _ group: any EventLoopGroup) async throws -> Listener {
        let listener: Listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: backlog)
            .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.addAdminHandlers()
                    return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                }
            }
        // The state directory keeps others out already.
        chmod(path, 0o600)
        return listener
    }

    private func serve(_ listener: Listener, _ desk: AdminDesk) async throws {
        try await listener.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections { group.addTask { await Self.answer(connection, desk) } }
            }
        }
    }

    private static func answer(_ connection: Connection, _ desk: AdminDesk) async {
        let channel = connection.channel
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await connection.executeThenClose { lines, answers in
                    for try await line in lines {
                        let request = AdminLines.decode(AdminRequest.self, from: line)
                        let answer =
                            if let request { await desk.answer(request) } else { AdminAnswer.refused(.malformed) }
                        guard let encoded = AdminLines.encode(answer) else { return }
                        return try await answers.write(encoded)
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
}
