import ControlAPI
import NodeControl
import TestKit
import Testing

/// What calls take and refuse, as whoever writes a program against them sees it.
@Suite struct RouteTests {
    @Test(arguments: [
        ("POST", "/api/v1/published", #"{"path":"relative"}"#), ("POST", "/api/v1/published", #"{"path":"/a\u0000b"}"#),
        ("POST", "/api/v1/published", #"{"#), ("POST", "/api/v1/published", #"{}"#), ("POST", "/api/v1/published", ""),
        ("POST", "/api/v1/downloads", #"{"name":"a","directory":"here"}"#),
        ("POST", "/api/v1/transfers", #"{"name":"a","directory":""}"#),
        ("POST", "/api/v1/transfers/1", #"{"limit":{"_0":"down","_1":1}}"#),
        ("POST", "/api/v1/transfers/1", #"{"limit":{"_0":"sideways","_1":5000}}"#),
        ("POST", "/api/v1/transfers/%zz", #"{"pause":{}}"#), ("POST", "/api/v1/transfers/%00", #"{"pause":{}}"#),
        ("PUT", "/api/v1/limits", #"{"slots":0,"active":1}"#),
        ("PUT", "/api/v1/limits", #"{"upward":1,"slots":1,"active":1}"#),
        ("POST", "/api/v1/identities", #"{"folder":"/i","days":0}"#),
        ("POST", "/api/v1/identities", #"{"folder":"i","days":1}"#), ("POST", "/api/v1/imports", #"{"path":"t"}"#),
        ("POST", "/api/v1/torrents", #"{"name":"a","path":"t"}"#), ("GET", "/api/v1/search", ""),
        ("GET", "/api/v1/listings?q=%ff", ""), ("GET", "/api/v1/listings?p=a", ""),
    ])
    func whatMakesNoSenseIsRefused(method: String, path: String, body: String) async throws {
        try await Interface.with { interface in
            let answer = try await interface.ask(path, method, body: body.isEmpty ? nil : body)
            #expect(answer.status == 400, "\(answer.text)")
            #expect(answer.text.hasPrefix(#"{"refusal":""#))
            #expect(interface.node.questions == [])
        }
    }

    @Test func longAnswersComeInLines() async throws {
        try await Interface.with { interface in
            let answer = try await interface.ask("/api/v1/published", "POST", body: #"{"path":"/a"}"#)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/x-ndjson")
            #expect(answer.text == #"{"result":{"file":{"isFolder":false,"name":"a","size":1}}}"# + "\n")
        }
    }

    @Test func failuresHaveAStatusOfTheirOwn() async throws {
        let script = ScriptedNode.Script(
            peers: .failure(.serverAway(address: "x")), published: .failure(.notSignedIn),
            unpublication: .notPublished(name: "a"))
        try await Interface.with(script) { interface in
            #expect(try await interface.ask("/api/v1/peers").status == 503)
            #expect(try await interface.ask("/api/v1/published").status == 409)
            let answer = try await interface.ask("/api/v1/published/a", "DELETE")
            #expect(answer.status == 404)
            #expect(answer.text == #"{"failure":{"notPublished":{"name":"a"}}}"#)
        }
    }

    @Test func uploadsReachTheNode() async throws {
        try await Interface.with { interface in
            let answer = try await interface.ask(
                "/api/v1/uploads/%C3%BC%20a.txt", "PUT", body: String(repeating: "\u{1}", count: 300_000))
            #expect(answer.status == 200)
            #expect(interface.node.questions == ["upload ü a.txt /downloads 300000"])
        }
    }

    @Test func thePageIsThere() async throws {
        try await Interface.with { interface in
            let page = try await interface.ask("/", token: "")
            #expect(page.status == 200 && page.text.hasPrefix("<!doctype html>"))
            let script = try await interface.ask("/main.js", token: "")
            #expect(
                script.headers["content-type"] == "text/javascript; charset=utf-8" && script.text.contains("import"))
            #expect(
                try await interface.ask("/style.css", token: "").headers["content-type"] == "text/css; charset=utf-8")
        }
    }
}
