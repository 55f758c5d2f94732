import AsyncHTTPClient
import ControlAPI
import Glibc
import NIOCore
import NodeControl
import TestKit
import Testing

/// What a browser, another site in it, or another user of the computer may not do.
@Suite struct GatekeeperTests {
    @Test func nothingWithoutTheToken() async throws {
        try await Interface.with { interface in
            for path in [
                "//api/v1/peers", "/./api/v1/peers", "/api//v1/peers", "//files/a", "/main.js/", "/index.html/x",
                "/api/v1/status", "/api/v1/peers", "/api/v1/events", "/api/v1/nothing",
            ] {
                try await interface.expect(401, path, token: "wrong")
            }
            try await interface.expect(401, "/api/v1/published", "POST", body: #"{"path":"/a"}"#, token: "x")
            #expect(interface.node.questions == [])
            try await interface.expect(200, "/api/v1/peers")
        }
    }

    /// Whoever got hold of the token must not run programs by it, nor end the node.
    @Test func thePageRunsNoCommands() async throws {
        try await Interface.with { interface in
            let path = "/api/v1/searches/a"
            try await interface.expect(403, path, "PUT", body: #"{"text":"a","command":"true"}"#)
            try await interface.expect(404, "/api/v1/sign-out", "POST")
            #expect(interface.node.questions == [])
            try await interface.expect(200, path, "PUT", body: #"{"text":"a"}"#)
            #expect(interface.node.questions == ["saveSearch a a -"])
        }
    }

    @Test func settingsThatCannotBeAreRefused() async throws {
        try await Interface.with { interface in
            try await interface.expect(404, "/api/v1/settings/nothing", "PUT", body: #"{"value":"1"}"#)
            try await interface.expect(404, "/api/v1/settings/nothing", "DELETE")
            try await interface.expect(409, "/api/v1/settings/down", "PUT", body: #"{"value":"0"}"#)
            try await interface.expect(409, "/api/v1/settings/downloads", "PUT", body: #"{"value":"here"}"#)
            #expect(interface.node.questions == [])
        }
    }

    /// A browser would send it to other ports of this computer, too.
    @Test func noCookieIsGiven() async throws {
        try await Interface.with { interface in
            for path in ["/", "/main.js", "/api/v1/peers", "/api/v1/status"] {
                let answer = try await interface.ask(path)
                #expect(answer.headers["set-cookie"] == nil)
            }
        }
    }

    @Test func aKeyOpensOneFileAlone() async throws {
        try await Interface.with { interface in
            let path = "/files/a%20b.txt"
            let key = interface.key(of: path)
            try await interface.expect(206, "\(path)?key=\(key)", headers: ["Range": "bytes=0-0"], token: "")
            #expect(interface.node.questions.count == 1)
            // As it is printed for players.
            let page = try #require(interface.web.url)
            #expect(
                WebAccess.address(ofFile: "a b.txt", onPage: page)
                    == "http://127.0.0.1:\(interface.port)\(path)?key=\(key)")
            #expect(WebAccess.address(ofFile: "ü/b", onPage: page)?.contains("/files/%C3%BC/b?key=") == true)
            #expect(WebAccess.address(ofFile: "a", onPage: "http://127.0.0.1:1/") == nil)
            for other in [
                "\(path)?key=\(key.dropLast())\(key.hasSuffix("0") ? 1 : 0)", "\(path)?key=", path,
                "/files/b.txt?key=\(key)",
                "/files/a%20b.txt/?key=\(key)", "//files/a%20b.txt?key=\(key)", "/api/v1/peers?key=\(key)",
                "/api/v1/peers?key=\(interface.key(of: "/api/v1/peers"))",
            ] {
                try await interface.expect(401, other, token: "")
            }
            let refused = try await interface.ask("\(path)?key=x", token: "")
            #expect(refused.text.contains("the token, or the key of this file, is missing or wrong"))
            try await interface.expect(
                403, "\(path)?key=\(key)", headers: ["Sec-Fetch-Site": "same-site"], token: "")
            try await interface.expect(405, "\(path)?key=\(key)", "POST", token: "")
            #expect(interface.node.questions.count == 1)
        }
    }

    /// DNS rebinding: the browser thinks that it talks to the site whose name leads here.
    @Test(arguments: ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example", "[::1]"])
    func otherHostsAreRefused(host: String) async throws {
        try await Interface.with { interface in
            try await interface.expect(421, "/api/v1/peers", headers: ["Host": host])
            try await interface.expect(421, "/", headers: ["Host": host])
            let own = "localhost:\(interface.port)"
            try await interface.expect(200, "/api/v1/peers", headers: ["Host": own])
        }
    }

    @Test(arguments: ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1", "file://"])
    func otherOriginsAreRefused(origin: String) async throws {
        try await Interface.with { interface in
            let answer = try await interface.ask("/api/v1/peers", headers: ["Origin": origin])
            #expect(answer.status == 403)
            #expect(answer.headers["access-control-allow-origin"] == nil)
            let own = "http://127.0.0.1:\(interface.port)"
            try await interface.expect(200, "/api/v1/peers", headers: ["Origin": own])
        }
    }

    @Test(arguments: ["cross-site", "same-site"])
    func requestsOfOtherSitesAreRefused(site: String) async throws {
        try await Interface.with { interface in
            try await interface.expect(403, "/api/v1/peers", headers: ["Sec-Fetch-Site": site])
            try await interface.expect(200, "/api/v1/peers", headers: ["Sec-Fetch-Site": "same-origin"])
        }
    }

    @Test func everyAnswerForbidsWhatThePageDoesNotNeed() async throws {
        try await Interface.with { interface in
            for path in ["/", "/main.js", "/api/v1/peers", "/nothing"] {
                let answer = try await interface.ask(path)
                #expect(answer.headers["content-security-policy"]?.hasPrefix("default-src 'none';") == true)
                #expect(answer.headers["x-content-type-options"] == "nosniff")
                #expect(answer.headers["referrer-policy"] == "no-referrer")
            }
        }
    }

    @Test(arguments: [
        "/../etc/passwd", "/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/Page/index.html", "//etc/passwd",
        "/.git/config",
    ])
    func thereAreNoFilesButThePages(path: String) async throws {
        try await Interface.with { interface in
            try await interface.expect(404, path)
        }
    }

    @Test func oversizedBodiesAreRefused() async throws {
        try await Interface.with { interface in
            let body = #"{"path":"/"# + String(repeating: "a", count: 70_000) + #""}"#
            try await interface.expect(413, "/api/v1/published", "POST", body: body)
            #expect(interface.node.questions == [])
        }
    }

    /// Two readers of one connection must not see different requests in it.
    @Test(arguments: [
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "Host: evil.example\r\nContent-Length: 0\r\n\r\n", "Content-Length: -1\r\n\r\n",
        "Content-Length : 3\r\n\r\nabc", "X: a\r\n b\r\nY\r\n\r\n",
    ])
    func smuggledHeadersAreRefused(rest: String) async throws {
        try await Interface.with { interface in
            let head = "POST /api/v1/published HTTP/1.1\r\nHost: 127.0.0.1:\(interface.port)\r\n"
            let answer = try await RawExchange.ask(
                "\(head)Authorization: Bearer \(interface.token)\r\n\(rest)", port: interface.port)
            #expect(answer.hasPrefix("HTTP/1.1 400") || answer.isEmpty, "\(answer)")
            #expect(interface.node.questions == [])
        }
    }
}
