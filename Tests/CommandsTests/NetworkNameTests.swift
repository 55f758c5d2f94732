import Commands
import NodeControl
import PeerNode
import Terminal
import Testing
import Wire

/// Which of the networks that were joined a text names.
@Suite struct NetworkNameTests {
    private static func network(_ server: String, _ digits: String, _ user: String) throws -> JoinedNetwork {
        JoinedNetwork(
            server: try HostPort(parsing: server),
            pin: try #require(NetworkPin(fingerprint: String(repeating: digits, count: 32))),
            user: try #require(UserName(user)))
    }

    private static func joined() throws -> [JoinedNetwork] {
        [
            try network("127.0.0.1:12000", "0a", "hans"), try network("Example.org:1", "1b", "vader"),
            try network("example.org:2", "2c", "vader"), try network("share.net:1", "3d", "hans"),
            try network("share.net:1", "3d", "l@ke"), try network("[2001:db8::1]:1", "3e", "hans"),
        ]
    }

    @Test(arguments: [
        ("127.0.0.1:12000", 0), ("12000", 0), ("127.0.0.1", 0), ("hans@12000", 0), ("0a0a", 0), ("0A0A0A", 0),
        ("EXAMPLE.org:1", 1), ("1b1b1b1b", 1), ("vader@1b1b", 1), ("example.org:2", 2), ("vader@example.org:2", 2),
        ("hans@share.net:1", 3), ("hans@share.net", 3), ("l@ke@share.net:1", 4), ("l@ke@3d3d", 4),
        ("[2001:db8::1]:1", 5), ("2001:db8::1", 5), ("hans@2001:db8::1", 5),
    ]) func names(text: String, index: Int) throws {
        let joined = try Self.joined()
        #expect(try NetworkName(text).meant(among: joined) == joined[index])
    }

    @Test func links() throws {
        let joined = try Self.joined()
        let pin = String(repeating: "1b", count: 32)
        #expect(try NetworkName("bittrickle://example.org:1/\(pin)").meant(among: joined) == joined[1])
        // Another network has been there.
        let other = "bittrickle://example.org:1/\(String(repeating: "2c", count: 32))"
        #expect(throws: NetworkName.Fault.unknown(other, joined: joined)) {
            try NetworkName(other).meant(among: joined)
        }
    }

    /// Fewer than four digits are no beginning of a fingerprint.
    @Test(arguments: [
        "", "@", "hans@", "@12000", "hans", "0a0", "ffff", "12001", "example.org:3", "hans@example.org:1",
        "vader@share.net:1", "example", "share.net:1:1", "a b",
    ]) func unknown(text: String) throws {
        let joined = try Self.joined()
        #expect(throws: NetworkName.Fault.unknown(text, joined: joined)) {
            try NetworkName(text).meant(among: joined)
        }
        #expect(throws: NetworkName.Fault.unknown(text, joined: [])) { try NetworkName(text).meant(among: []) }
    }

    @Test(arguments: [
        ("example.org", [1, 2]), ("vader@example.org", [1, 2]), ("share.net:1", [3, 4]), ("share.net", [3, 4]),
        ("3d3d", [3, 4]),
    ]) func ambiguous(text: String, indices: [Int]) throws {
        let joined = try Self.joined()
        #expect(throws: NetworkName.Fault.ambiguous(text, among: indices.map { joined[$0] })) {
            try NetworkName(text).meant(among: joined)
        }
    }

    /// What is shown for each names it.
    @Test func texts() throws {
        let joined = try Self.joined()
        let texts = joined.map { NetworkName.text(of: $0, among: joined) }
        #expect(
            texts == [
                "127.0.0.1:12000", "Example.org:1", "example.org:2", "hans@share.net:1", "l@ke@share.net:1",
                "[2001:db8::1]:1",
            ])
        for (text, network) in zip(texts, joined) { #expect(try NetworkName(text).meant(among: joined) == network) }
    }

    @Test func sentences() throws {
        let joined = try Self.joined()
        let unknown = Message(NetworkName.Fault.unknown("x\u{1B}[2J", joined: joined))
        #expect(unknown.exitStatus == .usage)
        #expect(
            unknown.text.hasSuffix(
                """
                is none of the networks that you joined.
                You joined:
                  127.0.0.1:12000
                  Example.org:1
                  example.org:2
                  hans@share.net:1
                  l@ke@share.net:1
                  [2001:db8::1]:1
                """))
        #expect(!unknown.text.contains("\u{1B}"))
        let several = Message(.ambiguous("example.org", among: [joined[1], joined[2]]), from: "BITTRICKLE_NETWORK")
        #expect(several.exitStatus == .usage)
        #expect(
            several.text == """
                "example.org", which BITTRICKLE_NETWORK says, stands for several networks that you joined.
                Say which:
                  vader@Example.org:1
                  vader@example.org:2
                """)
        let many = Array(repeating: joined[0], count: 30)
        #expect(Message(.unknown("x", joined: many)).text.hasSuffix("\n  and more: bittrickle networks"))
    }

    @Test(arguments: [
        (["get", "x"], 0), (["--json", "get"], 1), (["-q", "-vv", "-y", "get"], 3),
        (["-yq", "get"], 1), (["-yx", "get"], 0), (["--network", "a", "get"], 2),
        (["-n", "a", "--json", "get", "--yes"], 3), (["--network=a", "get"], 1), (["--network"], 1), ([], 0),
        (["--", "get"], 0), (["--log-level", "debug"], 0), (["--json", "--colour", "get"], 1), (["12000"], 0),
        (["-n", "--json", "get"], 2),
    ]) func wordsBeforeTheCommand(words: [String], count: Int) {
        #expect(StartOptions.count(in: words) == count)
    }

    /// One of the program's own takes some of them, as the shell's commands take all.
    @Test(arguments: [
        ("leave", ["-n", "a:1", "-y"], nil), ("leave", ["--network=a:1", "--yes"], nil), ("leave", ["-n"], nil),
        ("leave", ["-n", "-q", "-v"], "-v"), ("networks", ["--json"], nil), ("networks", ["--json", "-vv"], "-vv"),
        ("join", ["--network=a:1"], "--network"), ("man", ["-n", "a:1"], "-n"), ("forget", [], nil),
    ]) func whatAnOwnCommandTakes(command: String, words: [String], refused: String?) throws {
        let form = try #require(Program.form.command(command))
        #expect(StartOptions.refused(among: words, by: form) == refused)
    }

    /// Before the command they mean what they mean behind it, and the shell knows no other network.
    @Test func commandsSayInWhich() throws {
        let before = try Command(.get, arguments: ["--json", "--network", "a:1", "x", "-o", "-n"])
        #expect(before.network == "a:1" && before.manner.isJSON)
        #expect(before.action == .get(names: ["x"], output: "-n"))
        #expect(try Command(.get, arguments: ["x", "-n", "a:1", "--output", "-n", "--json"]) == before)
        #expect(try Command(.search, arguments: ["x", "--network=a:1"]).network == "a:1")
        #expect(
            try Command(.search, arguments: ["--", "--network"]).action == .search(SearchTerms(words: ["--network"])))
        #expect(throws: Misunderstanding.self) { try Command(.peers, arguments: ["-n", "a", "--network", "b"]) }
        #expect(throws: Misunderstanding.self) { try Command(.peers, arguments: ["--network"]) }
        #expect(throws: Misunderstanding.unknownOption(.get, "--network")) {
            try Command(parsing: "get x --network a:1", home: nil)
        }
        #expect(try Command(parsing: "search -n", home: nil)?.action == .search(SearchTerms(words: ["-n"])))
        #expect(try Command(parsing: "search -n", home: nil)?.network == nil)
    }
}
