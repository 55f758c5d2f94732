import Hummingbird
import NodeControl

extension Routes {
    func permissions(_ api: RouterGroup<Context>) {
        api.post("audiences") { request, _ in
            var request = request
            let audience = try await body(Audience.self, &request)
            return try await perform { try await node.check(audience) }
        }
        api.get("asks") { _, _ in try await answer { try await node.asks() } }
        api.post("asks") { request, _ in
            var request = request
            let name = try await body(NameBody.self, &request).name
            return try await perform { try await node.ask(for: name) }
        }
        api.post("asks/{number}") { request, context in
            var request = request
            let verdict = try await body(VerdictBody.self, &request).answer
            guard let number = Int64(try part("number", context)), number > 0 else {
                throw HTTPError(.badRequest, message: "questions have numbers")
            }
            return try await perform { try await node.answer(ask: number, verdict) }
        }
    }
}
