import Glibc
import NIOCore
import NIOPosix
package import Wire

/// Asks the server that runs on a state directory.
package struct AdminClient: Sendable {
    package enum Failure: Error, Hashable {
        /// Nobody listens there.
        case notRunning
        /// No socket can be there: its path is too long.
        case pathTooLong(String)
        /// It is somebody else's.
        case forbidden
        /// It answered with what is no answer, or not in time.
        case misbehaved
    }

    private static func patience(with request: AdminRequest) -> Duration {
        if case .change(.remove) = request { AdminSocket.patience } else { .seconds(15) }
    }

    private let path: String

    package init(dataDirectory: String) { path = StateDirectory.adminSocketPath(in: dataDirectory) }

    /// A whole list, in parts.
    package func parts(of list: AdministrativeList) async throws(Failure) -> [AdminAnswer] {
        var answers: [AdminAnswer] = []
        var after: [UInt8] = []
        while true {
            let answer = try await ask(.list(list, after: after))
            answers.append(answer)
            guard case .part(_, let next?) = answer else { return answers }
            guard after.lexicographicallyPrecedes(next) else { throw .misbehaved }
            after = next
        }
    }

    package func ask(_ request: AdminRequest) async throws(Failure) -> AdminAnswer {
        guard let line = AdminLines.encode(request) else { throw .misbehaved }
        do {
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: path) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.addAdminHandlers()
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            return try await withThrowingTaskGroup(of: AdminAnswer.self) { group in
                group.addTask {
                    let answer = try await channel.executeThenClose { lines, requests in
                        try await requests.write(line)
                        for try await answer in lines { return AdminLines.decode(AdminAnswer.self, from: answer) }
                        return nil
                    }
                    guard let answer else { throw Failure.misbehaved }
                    return answer
                }
                group.addTask {
                    try await Task.sleep(for: Self.patience(with: request))
                    throw Failure.misbehaved
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw Failure.misbehaved }
                return answer
            }
        } catch let error as IOError {
            switch error.errnoCode {
            case EACCES, EPERM: throw .forbidden
            default: throw .notRunning
            }
        } catch is Failure {
            throw .misbehaved
        } catch SocketAddressError.unixDomainSocketPathTooLong {
            throw .pathTooLong(path)
        } catch {
            throw .notRunning
        }
    }
}
