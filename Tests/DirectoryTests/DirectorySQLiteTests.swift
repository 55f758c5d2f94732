import Content
import Directory
import DirectorySQLite
import FoundationEssentials
import GRDB
import TestKit
import Testing
import Wire

@Suite struct DirectorySQLiteTests {
    @Test(arguments: StoreContract.cases)
    func contract(_ contract: StoreContract.Case) async throws {
        let folder = try TemporaryDirectory()
        let presence = PresenceView()
        let store = try DirectorySQLite(path: folder.file("directory.sqlite"), presence: presence)
        try await contract.run(StoreContract.Subject(store: store, presence: presence))
        try store.close()
    }

    @Test func whatWasAcknowledgedIsThereWhenOpenedAgain() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("directory.sqlite")
        let hans = try Sample.user("hans")
        let store = try DirectorySQLite(path: path, presence: PresenceView())
        let results = try await store.publish([Sample.draft("a", 1)], by: hans, limit: 9)
        // Opened beside the first, without closing it: as after a crash, all is in the write-ahead log.
        let other = try DirectorySQLite(path: path, presence: PresenceView())
        let publications = try await other.publications(of: hans, after: nil, limit: 9)
        #expect(publications.map { .published($0.id) } == results)
        try store.close()
        try other.close()
    }

    @Test func aRemovalInPortionsGoesOnAfterARestart() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("directory.sqlite")
        let hans = try Sample.user("hans")
        let first = try DirectorySQLite(path: path, presence: PresenceView())
        guard
            case .published(let top)? = try await first.publish(
                [Sample.folder("music")], by: hans, limit: 10_000
            ).first
        else { throw DirectoryStoreError.failed(detail: "no folder") }
        let drafts = try (0..<1_000).map { try Sample.draft("song \($0)", 1, below: top) }
        _ = try await first.publish(drafts, by: hans, limit: 10_000)
        #expect(try await first.unpublish([Sample.file("music")], by: hans) == [top])
        #expect(try await first.dropRemains(limit: 100) > 0)
        let half = try await first.memberRecords(after: nil, limit: 9).map(\.publications)
        #expect(half == [901])
        try first.close()
        let second = try DirectorySQLite(path: path, presence: PresenceView())
        #expect(try await second.publications(of: hans, after: nil, limit: 9).isEmpty)
        while try await second.dropRemains(limit: 100) > 0 {}
        #expect(try await second.memberRecords(after: nil, limit: 9).map(\.publications) == [0])
        try second.close()
    }

    @Test func aFileThatIsNoDatabaseIsRefused() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("directory.sqlite")
        try Data("Dear diary, today I was taken for a database, and that for many hundreds of bytes.".utf8)
            .write(to: URL(filePath: path))
        #expect(throws: DirectoryStoreError.foreign(path: path)) {
            try DirectorySQLite(path: path, presence: PresenceView())
        }
    }

    @Test func whyItCannotBeOpenedIsSaid() throws {
        let folder = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: folder.file("taken"), withIntermediateDirectories: false)
        for (path, cause) in [("taken", "Is a directory"), ("missing/directory.sqlite", "No such file or directory")] {
            #expect(throws: DirectoryStoreError.failed(detail: "it cannot be opened: \(cause)")) {
                try DirectorySQLite(path: folder.file(path), presence: PresenceView())
            }
        }
    }

    @Test func aDamagedFileIsRefused() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("directory.sqlite")
        let store = try DirectorySQLite(path: path, presence: PresenceView())
        for part in 0..<10 {
            let drafts = try (0..<100).map { try Sample.draft("a name \(part) \($0)") }
            _ = try await store.publish(drafts, by: Sample.user("hans"), limit: 10_000)
        }
        try store.close()
        var bytes = try Data(contentsOf: URL(filePath: path))
        for index in 8_192..<bytes.count { bytes[index] = bytes[index] &+ 1 }
        try bytes.write(to: URL(filePath: path))
        #expect {
            try DirectorySQLite(path: path, presence: PresenceView())
        } throws: { error in
            guard case DirectoryStoreError.corrupt = error else { return false }
            return true
        }
    }

    @Test func aFileOfANewerVersionIsRefused() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("directory.sqlite")
        try DirectorySQLite(path: path, presence: PresenceView()).close()
        try DirectorySQLite(path: path, presence: PresenceView()).close()
        try DatabaseQueue(path: path).write { db in
            try db.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('1000')")
        }
        #expect(throws: DirectoryStoreError.newerSchema(path: path)) {
            try DirectorySQLite(path: path, presence: PresenceView())
        }
    }

    @Test func aDatabaseOfAnotherProgramIsRefused() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("directory.sqlite")
        try DatabaseQueue(path: path).write { db in try db.execute(sql: "CREATE TABLE diary (day TEXT)") }
        #expect(throws: DirectoryStoreError.foreign(path: path)) {
            try DirectorySQLite(path: path, presence: PresenceView())
        }
    }

    @Test func noPasswordOfTheCredentialsFileCanBeStored() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("directory.sqlite")
        try DirectorySQLite(path: path, presence: PresenceView()).close()
        #expect(throws: DatabaseError.self) {
            try DatabaseQueue(path: path).write { db in
                try db.execute(
                    sql: "INSERT INTO account (name, origin, password, last_seen) VALUES ('hans', 0, x'00', 0)")
            }
        }
    }

    @Test func aFileThatStaysLockedIsWaitedForThenToldAndHarmsNothing() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("directory.sqlite")
        let store = try DirectorySQLite(path: path, presence: PresenceView(), patience: 0.05)
        let hans = try Sample.user("hans")
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        try await other.writeWithoutTransaction { db in try db.beginTransaction(.immediate) }
        let waited = await ContinuousClock().measure {
            await #expect(throws: DirectoryStoreError.locked(path: path)) {
                try await store.publish([Sample.draft("a")], by: hans, limit: 9)
            }
        }
        #expect(waited >= .milliseconds(50))
        try await other.writeWithoutTransaction { db in try db.rollback() }
        #expect(try await store.publish([Sample.draft("a")], by: hans, limit: 9).count == 1)
        try store.close()
    }

    @Test func aFailedChangeCostsTheOthersOfItsTransactionNothing() async throws {
        let folder = try TemporaryDirectory()
        let store = try DirectorySQLite(path: folder.file("directory.sqlite"), presence: PresenceView())
        let entry = HolderEntry(content: .empty, origin: PublicationID(rawValue: 1), isWhole: true)
        let results = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        let user = try Sample.user("user\(number)")
                        if number % 2 == 0 {
                            // This device never signed in.
                            return try await store.hold(
                                add: [entry], remove: [], user: user, device: Sample.device(1), limit: 9)
                        }
                        return try await store.publish([Sample.draft("a")], by: user, limit: 9).count == 1
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(results == 100)
        #expect(try await store.sightings(since: 0).count == 100)
        try store.close()
    }
}
