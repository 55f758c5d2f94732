import HTTPTypes
import Hummingbird

/// Keeps out of the page whatever is not the page: other sites in the same browser (by Host, Origin and Sec-Fetch-Site;
/// against DNS rebinding too), and other users of the computer (by the token, or the key of one file).
///
/// There is no cookie: a browser would send it to whatever else answers on this computer, on any port (RFC 6265, section
/// 8.5).
struct Gatekeeper<Context: RequestContext>: RouterMiddleware {
    let access: WebAccess

    @concurrent
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        if let refusal = try admit(request) { response = refusal } else { response = try await next(request, context) }
        for (name, value) in Self.headers where response.headers[name] == nil { response.headers[name] = value }
        return response
    }

    /// Nil where it may pass.
    private func admit(_ request: Request) throws -> Response? {
        // A second one (RFC 9112, section 3.2): the first became the authority.
        guard request.headers[Self.host] == nil else { return try Answers.refused(.badRequest, "there are two hosts") }
        guard access.isOwn(host: request.head.authority) else {
            return try Answers.refused(.misdirectedRequest, "this is not the host that was asked for")
        }
        // Known by its very path: what only looks like another one to the router, as with two slashes, is none.
        if Page.isFile(request.uri.path) { return nil }
        if let origin = request.headers[.origin] {
            guard origin.hasPrefix("http://"), access.isOwn(host: String(origin.dropFirst(7))) else {
                return try Answers.refused(.forbidden, "asked for by another site")
            }
        }
        if let site = request.headers[Self.fetchSite], site != "same-origin", site != "none" {
            return try Answers.refused(.forbidden, "asked for by another site")
        }
        if access.isToken(request.headers[.authorization]) { return nil }
        if access.isKey(request.uri.queryParameters["key"], of: request.uri.path) { return nil }
        return try Answers.refused(
            .unauthorized,
            """
            the token, or the key of this file, is missing or wrong; bittrickle web opens the page with the token
            """)
    }

    private static var host: HTTPField.Name { .init("Host") ?? .origin }
    private static var fetchSite: HTTPField.Name { .init("Sec-Fetch-Site") ?? .origin }

    private static var headers: [(HTTPField.Name, String)] {
        [
            (
                .contentSecurityPolicy,
                """
                default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
                connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'
                """
            ),
            (.xContentTypeOptions, "nosniff"),
            (HTTPField.Name("Referrer-Policy") ?? .server, "no-referrer"),
            (HTTPField.Name("Cross-Origin-Resource-Policy") ?? .server, "same-origin"),
        ]
    }
}
