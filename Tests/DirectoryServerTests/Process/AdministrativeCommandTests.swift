import DirectoryClient
import NetworkTestKit
import TestKit
import Testing
import Wire

/// `bittrickle-server users`, `sessions`, `publications` and `groups`, against a server that runs.
struct AdministrativeCommandTests {
    private let place: ServerPlace

    init() throws { place = try ServerPlace() }

    /// With lando, who joined and is signed in.
    private func running(_ body: () async throws -> Void) async throws {
        let server = try await place.start(["0", "--host", "127.0.0.1"])
        try await server.output.expect("bittrickle://")
        let port = try await server.ports.first(.udp)
        let line = try await place.run("invite", "--json").output
        let link = try #require(line.firstMatch(of: /bittrickle:[^"]+/)).output
        let client = try await connected(to: UInt16(port))
        try await client.join(
            Join(
                invite: try InviteLink(parsing: link).secret, user: try Sample.user("lando"),
                password: Array("cloud city".utf8), attempt: [UInt8](repeating: 1, count: Join.attemptByteCount)))
        _ = try await client.signIn(try Device("lando").login("cloud city"))
        _ = try await client.publish([Sample.draft("a.pdf", 1023), Sample.draft("b", nil)])
        try await body()
        await client.goodbye()
    }

    @Test func listsAreTablesOrObjects() async throws {
        try await running {
            let users = try await place.run("users").output
            let plain = users.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(plain.first == ["NAME", "ROLE", "HOW", "PUBLISHED", "LAST", "SEEN"])
            #expect(
                plain.dropFirst().map { $0.prefix(4) } == [
                    ["hans", "member", "credentials.txt", "0"], ["lando", "member", "invited", "2"],
                ])
            #expect(plain.last?.last == "online")
            let objects = try await place.run("users", "--json").output.split(separator: "\n")
            #expect(
                objects.first
                    == #"{"isOnline":false,"publications":0,"role":"member","standing":"filed","user":"hans"}"#)
            #expect(objects.count == 2)
            #expect(
                try await place.run("publications", "lando").output
                    == "SIZE        NAME\n1.00 KiB    a.pdf\nnot hashed  b\n")
            let sessions = try await place.run("sessions", "--json").output
            #expect(sessions.contains(#""address":"127.0.0.1","label":"test""#))
            #expect(try await place.run("groups").output == "There is no group\n")
            #expect(try await place.run("invite", "--list").output == "No invitation is open\n")
        }
    }

    @Test func changesAreMade() async throws {
        try await running {
            #expect(try await place.run("users", "--role", "lando", "admin").output == "lando is an admin now\n")
            let refused = try await place.run("users", "--disable", "lando", exits: 64)
            #expect(refused.errors.hasPrefix("bittrickle-server: Nobody else administers the network.\n"))
            let filed = try await place.run("users", "--remove", "hans", exits: 64)
            #expect(filed.errors.contains("stands in credentials.txt"))
            let given = try await place.run("users", "--password", "lando", input: "kessel run\n")
            #expect(given.output == "lando has a new password, and is signed out\n")
            #expect(try await place.run("sessions").output == "Nobody is signed in\n")
            let short = try await place.run("users", "--password", "lando", input: "short\n", exits: 64)
            #expect(short.errors.contains("Passwords have 8 to 256 bytes."))
            try place.write("another one\n", "new.txt")
            _ = try await place.run("users", "--password", "lando", "--password-file", "new.txt")
            #expect(try await place.run("groups", "--add", "jedi").output == "The group jedi is made\n")
            _ = try await place.run("groups", "--of", "jedi", "--put", "lando", "hans")
            #expect(try await place.run("groups").output == "GROUP  MEMBERS\njedi   2\n")
            #expect(
                try await place.run("groups", "--of", "jedi", "--json").output
                    == "{\"user\":\"hans\"}\n{\"user\":\"lando\"}\n")
            #expect(try await place.run("publications", "lando", "--take-down", "b").output == "b is taken down\n")
            let missing = try await place.run("publications", "lando", "--take-down", "b", exits: 64)
            #expect(missing.errors.contains("lando does not publish b."))
        }
    }

    @Test func withoutAServerItSaysSo() async throws {
        let errors = try await place.run("users", exits: 69).errors
        #expect(errors.hasPrefix("bittrickle-server: No server can be asked on the state directory bittrickle-data.\n"))
    }
}
