import HTTPTypes
import Hummingbird

/// Answers to HEAD without a body, whatever they are (RFC 9110, section 9.3.2): the client would take it for the beginning of the
/// next answer.
struct HeadAnswers<Context: RequestContext>: RouterMiddleware {
    @concurrent
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard request.method == .head else { return response }
        if let length = response.body.contentLength, response.headers[.contentLength] == nil {
            response.headers[.contentLength] = "\(length)"
        }
        response.body = ResponseBody()
        return response
    }
}
