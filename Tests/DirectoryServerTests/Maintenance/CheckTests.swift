import Directory
import DirectoryClient
import DirectorySQLite
import DirectoryServer
import FoundationEssentials
import GRDB
import Glibc
import TestKit
import Testing
import Wire

/// What a look at a server's state finds.
struct CheckTests {
    private let fixture: ServerFixture
    private let data: String

    init() async throws {
        fixture = try ServerFixture()
        data = fixture.place.file("data")
        try await fixture.running { server in
            let client = try await connected(to: server.port)
            _ = try await client.signIn(try Device("hans").login("falcon*solo"))
            let ids = try await client.publish([Sample.folder("films")])
            guard case .published(let films)? = ids.first else { throw TestKitError.invalid("\(ids)") }
            _ = try await client.publish([Sample.draft("a", 2, below: films), Sample.draft("b", 1)])
            let vader = try await connected(to: server.port)
            _ = try await vader.signIn(try Device("vader").login("deathstar"))
            for client in [client, vader] { await client.goodbye() }
        }
    }

    private func change(_ sql: String) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { $0.add(function: Lookup.nameKey) }
        let queue = try DatabaseQueue(path: "\(data)/directory.sqlite", configuration: configuration)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA foreign_keys = OFF; \(sql)") }
        try queue.close()
    }

    @Test func whatIsSoundIsSound() async throws {
        #expect(try ServerCheck.look(at: data).faults.isEmpty)
        #expect(try ServerCheck.look(at: data).totals == StoreTotals(members: 2, publications: 3))
        try await fixture.running { _ in
            let finding = try ServerCheck.look(at: data)
            #expect(finding.faults.isEmpty)
        }
    }

    @Test(arguments: [
        (
            "UPDATE account SET publications = 7 WHERE name = 'hans'",
            ["hans is said to have 7 publications, and has 3."]
        ),
        (
            "UPDATE publication SET root = x'00', size = 1 WHERE id = 3",
            ["Publication 3 has a name or a content that cannot be."]
        ),
        ("UPDATE publication SET name = 'a/b' WHERE id = 3", ["Publication 3 has a name or a content that cannot be."]),
        (
            "UPDATE publication SET owner = (SELECT id FROM account WHERE name = 'vader') WHERE id = 2",
            [
                "hans is said to have 3 publications, and has 2.", "vader is said to have 0 publications, and has 1.",
                "Publication 2 stands below one of another member.",
            ]
        ),
        ("UPDATE publication SET top = 3 WHERE id = 2", ["Publication 2 does not know at whose top it stands."]),
        ("UPDATE publication SET top = 1 WHERE id = 3", ["Publication 3 lost what it stands below."]),
        (
            "UPDATE publication SET parent = 2, top = 1 WHERE id = 1",
            ["2 publications stand below nothing that is at the top."]
        ),
        (
            "UPDATE publication SET owner = 99 WHERE id = 3",
            [
                "Row 3 of publication belongs to a row of account that is not there.",
                "hans is said to have 3 publications, and has 2.",
            ]
        ),
        ("DELETE FROM lookup_first WHERE id = 3", ["Publication 3 is not found by its name or by its content."]),
        (
            "DELETE FROM lookup_first WHERE key = name_key('b')",
            ["Publication 3 is not found by its name or by its content."]
        ),
        (
            "INSERT INTO lookup_last (key, id) VALUES (x'0011223344556677', 99)",
            ["Keys that lead to no publication: 1."]
        ),
        ("INSERT INTO member_group (name) VALUES ('hans')", ["hans is a member and a group."]),
        (
            "UPDATE account SET name = 'two words' WHERE name = 'vader'",
            ["An account has a name that nobody can have: \"two words\"."]
        ),
    ]) func whatDoesNotHoldIsFound(sql: String, faults: [String]) throws {
        try change(sql)
        #expect(try ServerCheck.look(at: data).faults == faults)
    }

    @Test func manyFaultsAreCounted() throws {
        try change(
            """
            WITH RECURSIVE n (i) AS (VALUES (1000) UNION ALL SELECT i + 1 FROM n WHERE i < 1149)
            INSERT INTO account (name, origin, last_seen, publications) SELECT 'x' || i, 0, 0, 1 FROM n
            """)
        let faults = try ServerCheck.look(at: data).faults
        #expect(faults.count == 101)
        #expect(faults.last == "50 more of the kind are not listed.")
    }

    @Test func theKeyIsLookedAt() throws {
        chmod("\(data)/network.key", 0o644)
        #expect(try ServerCheck.look(at: data).faults == ["Others can read network.key: its mode is 0644."])
        unlink("\(data)/network.key")
        #expect(try ServerCheck.look(at: data).faults == ["network.key is not there."])
        try Data("nothing".utf8).write(to: URL(filePath: "\(data)/network.key"))
        chmod("\(data)/network.key", 0o600)
        #expect(try ServerCheck.look(at: data).faults == ["network.key does not hold the network's key."])
    }

    @Test func aDamagedFileIsFound() throws {
        let path = "\(data)/directory.sqlite"
        var bytes = try Data(contentsOf: URL(filePath: path))
        for index in 8_192..<bytes.count { bytes[index] = bytes[index] &+ 1 }
        try bytes.write(to: URL(filePath: path))
        let isFound: Bool
        do { isFound = try !ServerCheck.look(at: data).faults.isEmpty } catch { isFound = true }
        #expect(isFound)
    }

    @Test func whereThereIsNothingItSaysSo() {
        #expect(throws: MaintenanceFailure.noState(folder: "/no/such/folder")) {
            try ServerCheck.look(at: "/no/such/folder")
        }
    }
}
