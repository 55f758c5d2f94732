import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NodeControl

/// Asks a node of another process over its Unix socket.
struct ControlClient: Sendable {
    /// The node's own limits end before.
    static let patience = TimeAmount.minutes(10)

    let socket: String
    private let http: HTTPClient

    init(socket: String) {
        self.socket = socket
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(10)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        // A call that may have been heard is not made twice.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), configuration: configuration)
    }

    func close() async { try? await http.shutdown() }

    func get<Answer: Decodable>(_ path: String, as type: Answer.Type) async throws(NodeFailure) -> Answer {
        try await call(.GET, path, as: type)
    }

    func call<Answer: Decodable>(
        _ method: HTTPMethod, _ path: String, _ body: (any Encodable)? = nil, as type: Answer.Type,
        patience: TimeAmount = Self.patience
    ) async throws(NodeFailure) -> Answer {
        let buffer = try await answer(method, path, body, patience)
        do { return try JSON.decode(type, from: buffer) } catch { throw Self.misunderstood(error) }
    }

    /// A call that answers nothing but that it was done.
    func perform(
        _ method: HTTPMethod, _ path: String, _ body: (any Encodable)? = nil
    ) async throws(NodeFailure) {
        _ = try await answer(method, path, body, Self.patience)
    }

    /// A call whose answer comes in lines.
    func lines<Result: Codable & Sendable>(
        _ path: String, _ body: any Encodable, as type: Result.Type,
        progress: @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Result {
        do {
            let response = try await send(.POST, path, body, deadline: .distantFuture)
            guard response.status == .ok else { throw try await Self.failure(response) }
            var lines = LineReader()
            for try await buffer in response.body {
                for line in try lines.read(buffer) {
                    let line = try JSON.decode(LineBody<Result>.self, from: line)
                    if let value = line.progress { progress(value) }
                    if let failure = line.failure { throw failure }
                    if let result = line.result { return result }
                }
            }
            throw NodeFailure.nodeAway
        } catch {
            throw Self.failure(error)
        }
    }

    /// Keeps the node from leaving, until its task is cancelled or the node ends all the same.
    ///
    /// - Parameter begun: called once it is kept.
    func attend(_ begun: () -> Void) async {
        guard let response = try? await send(.GET, "/attend", nil, deadline: .distantFuture), response.status == .ok
        else {
            return
        }
        var lines = response.body.makeAsyncIterator()
        guard let first = try? await lines.next(), first.readableBytes > 0 else { return }
        begun()
        while (try? await lines.next()) != nil {}
    }

    /// What the node tells, event after event: name and value. Ends when it ends.
    func events(_ tell: (_ name: String, _ value: ByteBuffer) -> Void) async throws(NodeFailure) {
        do {
            let response = try await send(.GET, "/events", nil, deadline: .distantFuture)
            guard response.status == .ok else { throw try await Self.failure(response) }
            var lines = LineReader()
            var name = ""
            for try await buffer in response.body {
                for var line in try lines.read(buffer) {
                    let text = String(buffer: line)
                    if text.hasPrefix("event: ") { name = String(text.dropFirst(7)) }
                    if text.hasPrefix("data: ") {
                        line.moveReaderIndex(forwardBy: 6)
                        tell(name, line)
                    }
                }
            }
        } catch {
            throw Self.failure(error)
        }
    }

    private func answer(
        _ method: HTTPMethod, _ path: String, _ body: (any Encodable)?, _ patience: TimeAmount
    ) async throws(NodeFailure) -> ByteBuffer {
        do {
            let response = try await send(method, path, body, deadline: .now() + patience)
            guard (200..<300).contains(response.status.code) else { throw try await Self.failure(response) }
            return try await response.body.collect(upTo: ControlAPI.answerLimit)
        } catch {
            throw Self.failure(error)
        }
    }

    private func send(
        _ method: HTTPMethod, _ path: String, _ body: (any Encodable)?, deadline: NIODeadline
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(
            url: "http+unix://\(PercentEncoding.encode(socket))\(ControlAPI.prefix)\(path)")
        request.method = method
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(try JSON.encode(body))
        }
        return try await http.execute(request, deadline: deadline)
    }

    private static func failure(_ response: HTTPClientResponse) async throws -> NodeFailure {
        let body = try await response.body.collect(upTo: ControlAPI.bodyLimit)
        if let failure = (try? JSON.decode(FailureBody.self, from: body))?.failure { return failure }
        return misunderstood("\(response.status)")
    }

    private static func failure(_ error: any Error) -> NodeFailure {
        switch error {
        case let failure as NodeFailure: failure
        case is CancellationError: .cancelled
        case let error as HTTPClientError where error == .cancelled: .cancelled
        case is DecodingError: misunderstood(error)
        default: Task.isCancelled ? .cancelled : .nodeAway
        }
    }

    private static func misunderstood(_ what: Any) -> NodeFailure {
        .internalError(detail: "the running bittrickle is of another version: \(what)")
    }
}
