import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NodeControl

/// Asks a node of another process over its Unix socket.
struct ControlClient: Sendable {
    /// The node's own limits end before.
    static let patience = TimeAmount.minutes(10)
    /// One after the other: no node of many that end at once, but one that cannot answer this call, has so many.
    private static let attemptsInVain = 5

    let socket: String
    /// Has another node answer at the socket when the one that did has ended; nil where its end is the end.
    let renew: (@Sendable () async throws(NodeFailure) -> Void)?
    let calls = OpenCalls()
    private let http: HTTPClient

    init(socket: String, renew: (@Sendable () async throws(NodeFailure) -> Void)?) {
        self.socket = socket
        self.renew = renew
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
        let buffer = try await lasting(isHarmless: method == .GET) {
            try await answer(method, path, body, patience)
        }
        do { return try JSON.decode(type, from: buffer) } catch { throw Self.misunderstood(error) }
    }

    /// A call that answers nothing but that it was done.
    func perform(
        _ method: HTTPMethod, _ path: String, _ body: (any Encodable)? = nil
    ) async throws(NodeFailure) {
        _ = try await lasting(isHarmless: method == .GET) { try await answer(method, path, body, Self.patience) }
    }

    /// A call whose answer comes in lines: done again, it goes on where it was.
    ///
    /// - Parameter again: What another node is asked for when this one has ended; nil for the same.
    func lines<Result: Codable & Sendable>(
        _ path: String, _ body: any Encodable, again: (() -> any Encodable)? = nil, as type: Result.Type,
        progress: @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Result {
        var isFirst = true
        return try await lasting(isHarmless: true) {
            let wanted = isFirst ? body : again?() ?? body
            isFirst = false
            let response = try await send(.POST, path, wanted, deadline: .distantFuture)
            guard response.status == .ok else { throw try await Self.failure(response) }
            var lines = LineReader()
            for try await buffer in response.body {
                calls.hear()
                for line in try lines.read(buffer) {
                    let line = try JSON.decode(LineBody<Result>.self, from: line)
                    if let value = line.progress { progress(value) }
                    if let failure = line.failure { throw failure }
                    if let result = line.result { return result }
                }
            }
            throw NodeFailure.nodeAway
        }
    }

    /// - Parameter patience: In which one that works has answered; nil for however long.
    func reception(within patience: TimeAmount?) async -> RemoteNode.Reception {
        do {
            _ = try await answer(.GET, "/status", nil, patience)
            return .answered
        } catch {
            if Self.isSlow(error) { return .silent }
            // Whatever else it says is for whoever asks it for something.
            return error is NodeFailure && error as? NodeFailure != .nodeAway ? .answered : .away
        }
    }

    /// A call that goes on with the next node where the one that was asked has ended: where it may be made twice, or was not
    /// heard.
    ///
    /// - Parameter isAwaited: Somebody waits for what comes of it.
    private func lasting<Answer>(
        isHarmless: Bool, isAwaited: Bool = true, _ work: () async throws -> Answer
    ) async throws(NodeFailure) -> Answer {
        var attemptsInVain = 0
        while true {
            let begin = ContinuousClock.now
            do { return try await isAwaited ? calls.attended(work) : work() } catch {
                let failure = Self.failure(error)
                attemptsInVain = begin.duration(to: .now) < .seconds(1) ? attemptsInVain + 1 : 0
                guard [.nodeAway, .nodeLeft].contains(failure), !Self.isSlow(error) else { throw failure }
                guard isHarmless || Self.isUnheard(error) else { throw .nodeLeft }
                guard let renew, attemptsInVain <= Self.attemptsInVain else { throw .nodeAway }
                try await renew()
            }
        }
    }

    /// It is there still, so that no other can take its place.
    private static func isSlow(_ error: any Error) -> Bool {
        (error as? HTTPClientError) == .deadlineExceeded
    }

    /// The node said so itself, or nobody took the connection.
    private static func isUnheard(_ error: any Error) -> Bool {
        switch error {
        case let failure as NodeFailure: failure == .nodeAway
        case let error as IOError: [ENOENT, ECONNREFUSED].contains(error.errnoCode)
        default: false
        }
    }

    /// What the node tells, event after event: name and value, and what the next one tells when it has ended. Throws when nobody
    /// tells anything any more.
    func events(_ tell: (_ name: String, _ value: ByteBuffer) -> Void) async throws(NodeFailure) {
        try await lasting(isHarmless: true, isAwaited: false) {
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
            try Task.checkCancellation()
            throw NodeFailure.nodeAway
        }
    }

    private func answer(
        _ method: HTTPMethod, _ path: String, _ body: (any Encodable)?, _ patience: TimeAmount?
    ) async throws -> ByteBuffer {
        let deadline = patience.map { NIODeadline.now() + $0 } ?? .distantFuture
        let response = try await send(method, path, body, deadline: deadline)
        guard (200..<300).contains(response.status.code) else { throw try await Self.failure(response) }
        return try await response.body.collect(upTo: ControlAPI.answerLimit)
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
        case let error as HTTPClientError where [.cancelled, .alreadyShutdown].contains(error): .cancelled
        case is DecodingError, is EncodingError, is LineReader.TooLong, is NIOTooManyBytesError: misunderstood(error)
        default: Task.isCancelled ? .cancelled : .nodeAway
        }
    }

    private static func misunderstood(_ what: Any) -> NodeFailure {
        .internalError(detail: "the running bittrickle is of another version: \(what)")
    }
}
