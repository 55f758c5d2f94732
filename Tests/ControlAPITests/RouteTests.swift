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
        ("POST", "/api/v1/transfers/%00", #"{"pause":{}}"#),
        ("PUT", "/api/v1/limits", #"{"slots":0,"active":1}"#),
        ("PUT", "/api/v1/limits", #"{"upward":1,"slots":1,"active":1}"#),
        ("POST", "/api/v1/identities", #"{"folder":"/i","days":0}"#),
        ("POST", "/api/v1/identities", #"{"folder":"i","days":1}"#), ("POST", "/api/v1/imports", #"{"path":"t"}"#),
        ("POST", "/api/v1/torrents", #"{"name":"a","path":"t"}"#), ("GET", "/api/v1/search?sort=colour", ""),
        ("GET", "/api/v1/listings?q=%ff", ""), ("POST", "/api/v1/asks/-1", #"{"answer":"once"}"#),
        ("GET", "/api/v1/listings?least=-1", ""), ("GET", "/api/v1/listings?kind=a/b", ""),
        ("GET", "/api/v1/search?reversed=maybe", ""), ("GET", "/api/v1/search?owner=", ""),
        ("GET", "/api/v1/search?owner=a%20b", ""), ("GET", "/api/v1/listings?owner=abcdefghijklmnopq", ""),
        ("GET", "/api/v1/search?\(String(repeating: "q=a&", count: 17))", ""),
        ("PUT", "/api/v1/uploads/a?locked=perhaps", "x"), ("PUT", "/api/v1/uploads/a?to=%ff", "x"),
        ("GET", "/api/v1/cautions", ""), ("GET", "/api/v1/cautions?path=relative", ""),
        ("GET", "/api/v1/cautions?path=/a%00b", ""),
        ("PUT", "/api/v1/published/a/audience", #"{"readers":[]}"#), ("POST", "/api/v1/audiences", #"{"readers":[]}"#),
    ])
    func whatMakesNoSenseIsRefused(method: String, path: String, body: String) async throws {
        try await Interface.with { interface in
            let answer = try await interface.ask(path, method, body: body.isEmpty ? nil : body)
            #expect(answer.status == 400, "\(answer.text)")
            #expect(answer.text.hasPrefix(#"{"refusal":""#))
            #expect(interface.node.questions == [])
        }
    }

    @Test(arguments: [
        ("/home/me", #""caution":"home","#), ("/home", #""caution":"aroundHome","#), ("/", #""caution":"aroundHome","#),
        ("/home/me/films", ""), ("/home/mew", #""caution":"homeOfOther","#),
        ("/home/mew/.ssh/id_ed25519", #""caution":"hiddenInHomeOfOther","#), ("/home/mew/films", ""),
        ("/root/.ssh", #""caution":"hiddenInHomeOfOther","#),
    ])
    func whatIsPublishedByMistakeIsKnownBefore(path: String, caution: String) async throws {
        try await Interface.with { interface in
            let answer = try await interface.ask("/api/v1/cautions?path=\(path)")
            #expect(answer.text == #"{\#(caution)"place":"\#(path)","unlocked":[]}"#)
        }
    }

    /// By the path of the folder as well as by that of what was published.
    @Test(arguments: [("/music", true), ("/music/film", true), ("/music/other", false), ("/", false)])
    func whatAFolderGivesToMoreIsKnown(path: String, isUnlocked: Bool) async throws {
        let film = PublishedFile(
            name: "film", size: 1, root: nil, audience: .only(["leia"], isListed: false), path: "/music/film")
        var script = ScriptedNode.Script(published: .success([film]))
        script.shares = [
            ShareStatus(path: "/music", fileCount: 1, unhashedCount: 0, bytesToHash: 0, isAway: false)
        ]
        try await Interface.with(script) { interface in
            let answer = try await interface.ask("/api/v1/cautions?path=\(path)")
            #expect(answer.text.contains(#""unlocked":[]"#) != isUnlocked, "\(answer.text)")
            #expect(answer.text.contains(#""name":"film""#) == isUnlocked)
        }
    }

    @Test func longAnswersComeInLines() async throws {
        try await Interface.with { interface in
            let answer = try await interface.ask("/api/v1/published", "POST", body: #"{"path":"/a"}"#)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/x-ndjson")
            #expect(
                answer.text
                    == #"{"result":{"file":{"audience":{"isEverybody":true,"isListed":true,"readers":[]},"isFolder":false,"#
                    + #""name":"a","size":1}}}"# + "\n")
        }
    }

    @Test func failuresHaveAStatusOfTheirOwn() async throws {
        let script = ScriptedNode.Script(
            peers: .failure(.serverAway(address: "x")), published: .failure(.notSignedIn),
            unpublication: .notPublished(name: "a"))
        try await Interface.with(script) { interface in
            try await interface.expect(503, "/api/v1/peers")
            try await interface.expect(409, "/api/v1/published")
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

    @Test(arguments: [
        ("?to=leia&to=the%2Bchoir", " for leia,the+choir"), ("?locked=true", " for  locked"),
        ("?to=leia&locked=true", " for leia locked"), ("?locked=false", ""), ("?other=1", ""),
    ])
    func uploadsSayForWhomTheyAre(query: String, words: String) async throws {
        try await Interface.with { interface in
            let answer = try await interface.ask("/api/v1/uploads/a\(query)", "PUT", body: "\u{1}")
            #expect(answer.status == 200)
            #expect(interface.node.questions == ["upload a /downloads 1\(words)"])
        }
    }

    /// Of a gigabyte that is announced, none is waited for.
    @Test func whoIsUnknownIsSaidBeforeAnyByteComes() async throws {
        var script = ScriptedNode.Script()
        script.asking = .noSuchReader("nobody")
        try await Interface.with(script) { interface in
            let answer = try await RawExchange.ask(
                """
                PUT /api/v1/uploads/a?to=nobody HTTP/1.1\r
                Host: 127.0.0.1:\(interface.port)\r
                Authorization: Bearer \(interface.token)\r
                Content-Length: 1073741824\r
                \r

                """, port: interface.port)
            #expect(answer.hasPrefix("HTTP/1.1 409"))
            let audience = #"{"isEverybody":false,"readers":["nobody"],"isListed":false}"#
            let asked = try await interface.ask("/api/v1/audiences", "POST", body: audience)
            #expect(asked.status == 409 && asked.text == #"{"failure":{"noSuchReader":{"_0":"nobody"}}}"#)
        }
    }

    @Test func forWhomItIsChangesAlone() async throws {
        let audience = #"{"isEverybody":false,"readers":["leia"],"isListed":true}"#
        try await Interface.with { interface in
            let answer = try await interface.ask("/api/v1/published/a%2Fb/audience", "PUT", body: audience)
            #expect(answer.status == 204)
            #expect(interface.node.questions == ["show a/b for leia locked"])
        }
        try await Interface.with(ScriptedNode.Script(unpublication: .notPublished(name: "a"))) { interface in
            let answer = try await interface.ask("/api/v1/published/a/audience", "PUT", body: audience)
            #expect(answer.status == 404)
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
                try await interface.ask("/base.css", token: "").headers["content-type"] == "text/css; charset=utf-8")
        }
    }
}

/// Publications for players.
@Suite struct FileRouteTests {
    @Test(
        arguments: [
            (nil, 200, 0..<1_000_000), ("bytes=0-", 206, 0..<1_000_000), ("bytes=5-9", 206, 5..<10),
            ("bytes=999990-2000000", 206, 999_990..<1_000_000), ("bytes=-7", 206, 999_993..<1_000_000),
            ("bytes=300000-700000", 206, 300_000..<700_001), ("bytes=9-5", 200, 0..<1_000_000),
            ("bytes=7-99999999999999999999", 206, 7..<1_000_000), ("bytes=-99999999999999999999", 206, 0..<1_000_000),
            ("bytes=0-1,4-5", 200, 0..<1_000_000), ("lines=1-2", 200, 0..<1_000_000),
        ] as [(String?, Int, Range<Int>)])
    func rangesAreGiven(range: String?, status: Int, bytes: Range<Int>) async throws {
        try await Interface.with { interface in
            let answer = try await interface.file("/files/a%2Fb%20c.mkv", range: range)
            #expect(answer.status == status)
            #expect(answer.bytes == bytes.map { UInt8($0 % 251) })
            #expect(answer.headers["accept-ranges"] == "bytes")
            #expect(answer.headers["content-type"] == "video/x-matroska")
            if status == 206 {
                #expect(
                    answer.headers["content-range"] == "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/1000000")
            }
            #expect(interface.node.questions == ["open a/b c.mkv /downloads"])
        }
    }

    @Test func theHeadIsThatOfTheWhole() async throws {
        try await Interface.with { interface in
            let headers = ["Range": "bytes=5-9"]
            let answer = try await interface.ask("/files/a%2Fb%20c.mkv", "HEAD", headers: headers)
            #expect(answer.status == 200 && answer.text.isEmpty)
            #expect(answer.headers["content-length"] == "1000000")
            #expect(answer.headers["accept-ranges"] == "bytes" && answer.headers["content-range"] == nil)
            #expect(answer.headers["content-type"] == "video/x-matroska")
            #expect(interface.node.questions == ["open a/b c.mkv /downloads"])
            // The connection goes on with the next request.
            try await interface.expect(200, "/api/v1/peers")
            try await interface.expect(404, "/files/missing", "HEAD")
            try await interface.expect(401, "/files/a", "HEAD", token: "wrong")
            let path = "/files/a"
            try await interface.expect(200, "\(path)?key=\(interface.key(of: path))", "HEAD", token: "")
        }
    }

    /// It would be taken for the next answer.
    @Test(arguments: ["/files/missing", "/api/v1/nothing", "/files/a"])
    func noBodyFollowsAHead(path: String) async throws {
        try await Interface.with { interface in
            let token = path == "/files/a" ? "wrong" : interface.token
            let answer = try await RawExchange.ask(
                """
                HEAD \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(interface.port)\r\nAuthorization: Bearer \(token)\r\n\r\n
                """, port: interface.port)
            #expect(answer.hasPrefix("HTTP/1.1 40") && answer.hasSuffix("\r\n\r\n"), "\(answer)")
            #expect(answer.lowercased().contains("content-length: "))
        }
    }

    @Test(arguments: ["bytes=1000000-", "bytes=99999999999999999999-"])
    func whatIsBehindTheEndIsRefused(range: String) async throws {
        try await Interface.with { interface in
            let answer = try await interface.file("/files/a", range: range)
            #expect(answer.status == 416 && answer.headers["content-range"] == "bytes */1000000")
        }
    }

    /// A page of somebody's in the origin of ours could do whatever ours can.
    @Test(arguments: ["a.html", "a.svg", "a.js", "a.xhtml", "a.pdf", "a", "a.mp4.html"])
    func whatCouldRunIsOnlySaved(name: String) async throws {
        try await Interface.with { interface in
            let answer = try await interface.file("/files/\(name)", range: "bytes=0-0")
            #expect(answer.headers["content-type"] == "application/octet-stream")
            #expect(answer.headers["content-disposition"]?.hasPrefix("attachment") == true)
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["content-security-policy"]?.contains("sandbox") == true)
        }
    }

    @Test func missingOnesAreMissing() async throws {
        try await Interface.with { interface in
            try await interface.expect(404, "/files/missing")
            try await interface.expect(404, "/files/")
            try await interface.expect(401, "/files/a", token: "wrong")
        }
    }

    @Test func invitationsAreDrawn() async throws {
        try await Interface.with { interface in
            #expect(try await interface.ask("/api/v1/qr?text=a").text == #"{"rows":["10"]}"#)
            try await interface.expect(400, "/api/v1/qr?text=b")
        }
    }
}
