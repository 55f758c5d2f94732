import HTTPTypes
import Hummingbird
import NIOCore
import NodeControl

/// Answers of one shape each.
enum Answers {
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: try JSON.encode(value)))
    }

    /// Hummingbird closes a connection on which it has watched whether the other side hangs up. Who is not told may
    /// have sent his next request by then, which nobody answers.
    static let lastOfConnection = "close"

    static var done: Response { Response(status: .noContent) }

    static func refused(_ status: HTTPResponse.Status, _ why: String) throws -> Response {
        try json(FailureBody(refusal: why), status: status)
    }

    static func failed(_ failure: NodeFailure) throws -> Response {
        try json(FailureBody(failure: failure), status: failure.httpStatus)
    }

    /// Lines of progress while the work goes on, then one with what came of it. The work is cancelled when whoever asked
    /// hangs up.
    static func lines<Result: Codable & Sendable>(
        _ request: Request,
        _ work: @escaping @Sendable (@escaping @Sendable (NodeProgress) -> Void) async throws(NodeFailure) -> Result
    ) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "application/x-ndjson", .cacheControl: "no-store", .connection: Self.lastOfConnection,
            ],
            body: ResponseBody { writer in
                // Only the latest counts for whoever is slow.
                let (progress, continuation) = AsyncStream.makeStream(
                    of: NodeProgress.self, bufferingPolicy: .bufferingNewest(1))
                let last = try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await withThrowingTaskGroup(of: LineBody<Result>.self) { group in
                        group.addTask {
                            defer { continuation.finish() }
                            do throws(NodeFailure) {
                                return LineBody(result: try await work { continuation.yield($0) })
                            } catch {
                                return LineBody(failure: error)
                            }
                        }
                        for await progress in progress {
                            try await writer.write(JSON.line(LineBody<Result>(progress: progress)))
                        }
                        return try await group.next() ?? LineBody()
                    }
                }
                try await writer.write(JSON.line(last))
                try await writer.finish(nil)
            })
    }
}

extension NodeFailure {
    /// For programs that look at nothing else.
    var httpStatus: HTTPResponse.Status {
        switch self {
        case .notAllowed: .forbidden
        case .notFound, .noSuchChoice, .notInFolder, .notPublished, .noSuchTransfer, .noSuchFile, .noSuchFolder,
            .noSuchShare, .noSuchMember, .noSuchInvite, .noSuchGroup, .noSuchDevice,
            .noSuchSearch, .notBlocked:
            .notFound
        case .slowDown: .tooManyRequests
        case .serverAway, .serverBusy, .networkReplaced: .serviceUnavailable
        case .internalError, .serverFailed, .serverMisbehaved: .internalServerError
        default: .conflict
        }
    }
}

/// Turns what a route throws into an answer.
struct FailureAnswers<Context: RequestContext>: RouterMiddleware {
    @concurrent
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let failure as NodeFailure {
            return try Answers.failed(failure)
        } catch let error as HTTPError {
            return try Answers.refused(error.status, error.body ?? error.status.reasonPhrase)
        } catch let error as any HTTPResponseError {
            return try Answers.refused(error.status, error.status.reasonPhrase)
        } catch is DecodingError {
            return try Answers.refused(.badRequest, "the body is not what this call takes")
        }
    }
}
