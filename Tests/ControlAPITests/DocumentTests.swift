import ControlAPI
import FoundationEssentials
import Logging
import NodeControl
import TestKit
import Testing

/// `Docs/openapi.json` says what there is, and what is really sent.
@Suite struct DocumentTests {
    private static func document() throws -> JSONValue {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try JSONDecoder().decode(
            JSONValue.self, from: Data(contentsOf: URL(filePath: "/\(root)/Docs/openapi.json")))
    }

    @Test func everyCallIsDocumented() throws {
        let server = ControlServer(
            node: ScriptedNode(),
            configuration: ControlServer.Configuration(version: "", home: nil, downloads: "/") { _ in nil },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let paths = try #require(try Self.document()["paths"])
        let documented = paths.keys.flatMap { path in
            paths[path].map(\.keys)?.map { "\($0.uppercased()) /api/v1\(path)" } ?? []
        }
        // Said in words: they are no JSON.
        let others: Set = ["GET /files/**", "HEAD /files/**", "GET /api/v1/events"]
        #expect(Set(server.calls).subtracting(others) == Set(documented))
    }

    private static let transfer = TransferStatus(
        number: 3, name: "a", path: "/a", state: .failed(.diskFull(path: "/x")), priority: .high, done: 1, total: 2,
        rate: 2.5, sources: 1, waitsFor: ["yoda"], upward: 5_000, downward: 6_000)

    private static var script: ScriptedNode.Script {
        let file = PublishedFile(
            name: "a", size: 1, root: "00", isFolder: true, audience: .only(["yoda"]), path: "/home/me")
        var script = ScriptedNode.Script(
            peers: .success(["yoda"]), published: .success([file]),
            folder: FolderContents(
                fileCount: 1, skipped: [SkippedEntry(path: "b", reason: .special)], skippedCount: 1,
                hidden: HiddenFiles(count: 1, paths: [".c"])),
            replaced: "/b", found: .success(["a"]))
        script.links = [OpenLink(member: "yoda", path: .relayed)]
        script.enqueued = .success([transfer])
        script.change = .success(transfer)
        script.transfers = [transfer]
        script.torrent = .success(
            ExportedTorrent(
                name: "a", path: "/t", size: 1, infoHash: "00", ownPort: 1,
                holders: [HolderAddresses(member: "yoda", addresses: ["a:1"])]))
        script.identity = .success(ExportedIdentity(member: "hans", folder: "/i", expiresAt: 5, isRenewal: true))
        script.listings = .success(
            FoundListings(
                listings: [Listing(name: "a", isFolder: false, size: 1, root: "0", owners: ["yoda"])], isComplete: true)
        )
        script.shares = [
            ShareStatus(path: "/home/me", fileCount: 1, unhashedCount: 1, bytesToHash: 1, isAway: true)
        ]
        script.keeping.searches = [
            SavedSearch(name: "a", text: "b", command: "c", newCount: 1, lastRun: 2, isComplete: true)
        ]
        script.keeping.matches = [
            SearchMatch(name: "a", owner: "yoda", isFolder: true, size: 1, root: "00", found: 2)
        ]
        script.keeping.blocked = ["vader"]
        script.keeping.findings = [.udp(milliseconds: 5), .pinWrong("a:1", expected: "0", found: "1")]
        script.keeping.settings = SettingKey.allCases.map { Setting(key: $0, value: "1", source: .commandLine) }
        let invitation = Invitation(id: 1, role: .admin, usesLeft: 2, created: 3, expires: 4)
        script.administration.devices = [
            MemberDevice(id: "00", label: "l", lastSignIn: 1, expires: 2, isOnline: true, isThis: true)
        ]
        script.administration.invitations = [invitation]
        script.administration.invited = .success(NewInvitation(link: "l", invitation: invitation))
        script.administration.members = [
            MemberAccount(
                name: "n", standing: .filed, role: .member, isOnline: true, lastSeen: 1, publicationCount: 2)
        ]
        script.administration.sessions = [
            OnlineSession(member: "m", device: "d", address: "a", since: 1, lastHeard: 2)
        ]
        script.administration.groups = [MemberGroup(name: "g", memberCount: 1)]
        script.administration.groupMembers = ["m"]
        script.administration.publications = [file]
        let ask = AskStatus(id: 1, name: "a", member: "yoda", time: 1, state: .granted)
        script.asks = Asks(ofOthers: [ask], own: [ask])
        return script
    }

    @Test(
        arguments: [
            ("GET", "/status", "/status", nil), ("GET", "/peers", "/peers", nil),
            ("GET", "/links", "/links", nil),
            ("POST", "/examinations", "/examinations", #"{"member":"yoda"}"#),
            ("GET", "/peers/{member}/publications", "/peers/yoda/publications", nil),
            ("GET", "/listings", "/listings?q=a", nil), ("GET", "/search", "/search?q=a", nil),
            ("GET", "/published", "/published", nil), ("PUT", "/uploads/{name}", "/uploads/a", "x"),
            ("GET", "/shares", "/shares", nil), ("GET", "/cautions", "/cautions?path=/home/me", nil),
            ("GET", "/transfers", "/transfers", nil),
            ("POST", "/transfers", "/transfers", #"{"name":"a"}"#),
            ("POST", "/transfers/{transfer}", "/transfers/1", #"{"pause":{}}"#),
            ("GET", "/transfers/{transfer}/pieces", "/transfers/1/pieces", nil), ("GET", "/limits", "/limits", nil),
            ("POST", "/torrents", "/torrents", #"{"name":"a","path":"/t"}"#),
            ("POST", "/identities", "/identities", #"{"folder":"/i","days":1}"#), ("GET", "/devices", "/devices", nil),
            ("GET", "/searches", "/searches", nil), ("PUT", "/searches/{search}", "/searches/a", #"{"text":"a"}"#),
            ("POST", "/searches/{search}/look", "/searches/a/look", nil), ("GET", "/blocked", "/blocked", nil),
            ("GET", "/settings", "/settings", nil),
            ("PUT", "/settings/{key}", "/settings/down", #"{"value":"5000"}"#),
            ("DELETE", "/settings/{key}", "/settings/down", nil),
            ("GET", "/qr", "/qr?text=a", nil), ("GET", "/admin/invites", "/admin/invites", nil),
            ("POST", "/admin/invites", "/admin/invites", #"{"uses":1,"expiresInSeconds":60}"#),
            ("GET", "/admin/users", "/admin/users", nil), ("GET", "/admin/sessions", "/admin/sessions", nil),
            ("GET", "/admin/publications", "/admin/publications?of=a", nil),
            ("GET", "/asks", "/asks", nil), ("GET", "/admin/groups", "/admin/groups", nil),
            ("GET", "/admin/groups/{group}", "/admin/groups/g", nil),
        ] as [(String, String, String, String?)])
    func whatIsSentIsAsDocumented(method: String, path: String, call: String, body: String?) async throws {
        let document = try Self.document()
        let operation = try #require(document["paths"]?[path]?[method.lowercased()])
        let content = operation["responses"]?["200"]?["content"]?["application/json"]
        let schema = try #require(content?["schema"])
        try await Interface.with(Self.script) { interface in
            let answer = try await interface.ask("/api/v1\(call)", method, body: body)
            #expect(answer.status == 200, "\(answer.text)")
            let value = try JSONDecoder().decode(JSONValue.self, from: Data(answer.text.utf8))
            #expect(SchemaCheck(document: document).faults(of: value, against: schema) == [])
        }
    }

    @Test func progressIsAsDocumented() async throws {
        let document = try Self.document()
        let schema = try #require(document.at("components/schemas/Progress"))
        let most = try #require(schema.at("properties/waitsFor/maxItems"))
        let members = (1...9).map { "member\($0)" }
        var script = Self.script
        script.progress = [
            NodeProgress(
                activity: .downloading, name: "a", done: 1, total: 2, rate: nil, sources: 0, paths: [.relayed],
                waitsFor: members)
        ]
        try await Interface.with(script) { interface in
            let answer = try await interface.ask("/api/v1/downloads", "POST", body: #"{"name":"a","directory":"/d"}"#)
            let lines = try answer.text.split(separator: "\n").map {
                try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8))
            }
            let progress = try #require(lines.compactMap { $0["progress"] }.first)
            #expect(SchemaCheck(document: document).faults(of: progress, against: schema) == [])
            let named = try #require(progress["waitsFor"]?.items)
            #expect(named == members.prefix(8).map { .string($0) } && most == .integer(Int64(named.count)))
        }
    }

    @Test func whatIsNotDoneIsAsDocumented() async throws {
        let document = try Self.document()
        let schema = try #require(document.at("components/schemas/NotDone"))
        try await Interface.with { interface in
            for (path, method, status) in [
                ("/nothing", "GET", 404), ("/peers", "DELETE", 405), ("/limits", "PUT", 400),
            ] {
                let answer = try await interface.ask("/api/v1\(path)", method)
                #expect(answer.status == status)
                if status == 405 { #expect(answer.headers["allow"] == "GET") }
                let value = try JSONDecoder().decode(JSONValue.self, from: Data(answer.text.utf8))
                #expect(SchemaCheck(document: document).faults(of: value, against: schema) == [])
            }
        }
    }
}
