import HTTPTypes
import Hummingbird
import NIOCore
import NodeControl

/// What a call does is the node's; a route reads what it is asked, and writes what it answers.
struct Routes: Sendable {
    typealias Context = BasicRequestContext

    /// Through which somebody came.
    enum Door: Hashable, Sendable {
        case socket
        case web
    }

    let node: any ServedNode
    let configuration: ControlServer.Configuration
    let guests: Guests
    let door: Door
    let began = ContinuousClock.now

    func router() -> Router<Context> {
        let router = Router(context: Context.self)
        router.add(middleware: HeadAnswers())
        router.add(middleware: FailureAnswers())
        register(on: router)
        return router
    }

    func register(on router: Router<Context>) {
        files(router)
        let api = router.group(RouterPath(ControlAPI.prefix))
        api.get("qr") { request, _ in
            let text = try query("text", request)
            guard (1...500).contains(text.count), let rows = configuration.codeRows(text) else {
                throw HTTPError(.badRequest, message: "a QR code holds 1 to 500 characters")
            }
            return try Answers.json(RowsBody(rows: rows))
        }
        membership(api)
        publishing(api)
        downloading(api)
        interchange(api)
        permissions(api)
        account(api)
        administration(api)
        searches(api)
        blocking(api)
        settings(api)
        api.post("examinations") { request, _ in
            var request = request
            let wanted = try await body(ExaminationRequest.self, &request)
            return try await answer { try await node.examine(wanted) }
        }
        api.get("events") { request, _ in events(request) }
    }

    /// Says of each path which methods it has (RFC 9110, section 15.5.6). Called when all are there.
    static func refuseOtherMethods(on router: Router<Context>) {
        let known = Dictionary(grouping: router.routes) { $0.path.description }
        for (path, routes) in known {
            let allowed = routes.map(\.method)
            let names = allowed.map(\.rawValue).sorted().joined(separator: ", ")
            for method in methods where !allowed.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ in
                    var response = try Answers.refused(.methodNotAllowed, "this path has \(names)")
                    response.headers[.allow] = names
                    return response
                }
            }
        }
    }

    private static let methods: [HTTPRequest.Method] =
        [.get, .head, .post, .put, .patch, .delete, .options, .trace]
        + ["QUERY", "PROPFIND"].compactMap { HTTPRequest.Method(rawValue: $0) }

    /// Counts as somebody who needs this node until the answer is there.
    func answer<Value: Encodable>(_ work: () async throws -> Value) async throws -> Response {
        try await Answers.json(guests.attended { try await told(work) })
    }

    /// A long answer, which nobody's leaving waits for.
    func lines<Result: Codable & Sendable>(
        _ request: Request,
        _ work: @escaping @Sendable (@escaping @Sendable (NodeProgress) -> Void) async throws(NodeFailure) -> Result
    ) -> Response {
        Answers.lines(request) { progress throws(NodeFailure) in
            do throws(NodeFailure) { return try await work(progress) } catch {
                // Whatever it was that it came to.
                throw await hasEnded ? .nodeAway : error
            }
        }
    }

    /// The same as ``answer(_:)`` for one that says only that it was done.
    func perform(_ work: () async throws -> Void) async throws -> Response {
        try await guests.attended { try await told(work) }
        return Answers.done
    }

    private func told<Value>(_ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch NodeFailure.notSignedIn {
            throw await hasEnded ? NodeFailure.nodeAway : NodeFailure.notSignedIn
        } catch NodeFailure.cancelled {
            // It was under way, and what has become of it nobody tells any more.
            throw await hasEnded ? NodeFailure.nodeLeft : NodeFailure.cancelled
        }
    }

    /// Nobody is signed in any more: the program is about to end.
    private var hasEnded: Bool {
        get async {
            do throws(NodeFailure) {
                _ = try await node.status()
                return false
            } catch {
                return error == .notSignedIn
            }
        }
    }

    func body<Value: Decodable>(_ type: Value.Type, _ request: inout Request) async throws -> Value {
        try JSON.decode(type, from: await request.collectBody(upTo: ControlAPI.bodyLimit))
    }

    /// A part of the path, decoded.
    func part(_ name: String, _ context: Context) throws -> String {
        guard let text = PercentEncoding.decode(try context.parameters.require(name)), !text.isEmpty else {
            throw HTTPError(.badRequest, message: "the path is not well-formed")
        }
        return text
    }

    func query(_ name: String, _ request: Request) throws -> String {
        guard let text = try optionalQuery(name, request) else {
            throw HTTPError(.badRequest, message: "\(name) is missing")
        }
        return text
    }

    func optionalQuery(_ name: String, _ request: Request) throws -> String? { try queries(name, request).first }

    /// Every value of it.
    func queries(_ name: String, _ request: Request) throws -> [String] {
        let items = request.uri.query?.split(separator: "&") ?? []
        return try items.filter { $0.hasPrefix("\(name)=") }.map { item in
            // Forms write a space so.
            let value = item.dropFirst(name.count + 1).split(separator: "+", omittingEmptySubsequences: false)
            guard let text = PercentEncoding.decode(value.joined(separator: "%20")) else {
                throw HTTPError(.badRequest, message: "\(name) is not well-formed")
            }
            return text
        }
    }
}
