import Content
import Directory
import DirectorySQLite
import GRDB
import TestKit
import Testing
import Wire

/// Names and contents are found whichever table their keys are in, and nothing else is.
struct LookupTests {
    private let folder: TemporaryDirectory
    private var path: String { folder.file("directory.sqlite") }

    init() throws { folder = try TemporaryDirectory() }

    private func keys() async throws -> [String: Int] {
        let queue = try DatabaseQueue(path: path)
        return try await queue.read { db in
            var counts: [String: Int] = [:]
            for table in ["lookup_first", "lookup_second", "lookup_last"] {
                counts[table] = try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)")
            }
            return counts
        }
    }

    private struct Entry: Hashable {
        var name: String
        var seed: Int?
    }

    @Test func whatAPlainListHasIsFound() async throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        let store = try DirectorySQLite(
            path: path, presence: PresenceView(), lookup: LookupLevels.Limits(first: 8, second: 32))
        let (hans, leia) = (try Sample.user("hans"), try Sample.viewer("leia"))
        guard case .published(let top)? = try await store.publish([Sample.folder("all")], by: hans, limit: 9_999).first
        else { throw TestKitError.invalid("no folder") }
        var model: [PublicationID: Entry] = [:]
        for step in 0..<300 {
            let some = Array(model.keys.sorted().shuffled(using: &random).prefix(Int.random(in: 1...6, using: &random)))
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                _ = try await store.withdraw(some, by: hans)
                for id in some { model[id] = nil }
            case 1:
                let names = some.map { _ in "moved \(Int.random(in: 0..<400, using: &random))" }
                let arrangements = try zip(some, names).map { id, name in
                    Arrangement(id: id, parent: top, name: try Sample.file(name))
                }
                let isDone = try await store.arrange(arrangements, by: hans)
                for ((id, name), isDone) in zip(zip(some, names), isDone) where isDone { model[id]?.name = name }
            default:
                var names = some.compactMap { model[$0]?.name }
                names += (0..<4).map { _ in "file \(Int.random(in: 0..<400, using: &random))" }
                let entries = Set(names).map { name in
                    Entry(name: name, seed: Bool.random(using: &random) ? Int.random(in: 0..<60, using: &random) : nil)
                }
                let results = try await store.publish(
                    entries.map { try Sample.draft($0.name, $0.seed, below: top) }, by: hans, limit: 9_999)
                for (entry, result) in zip(entries, results) {
                    guard case .published(let id) = result else { throw TestKitError.invalid("\(result)") }
                    model[id] = entry
                }
            }
            guard step % 10 == 0 else { continue }
            for name in Set(model.values.map(\.name)).union(["file 1", "moved 1"]) {
                let found = try await store.findings(named: Sample.file(name), for: leia, after: nil, limit: 9)
                #expect(
                    found.map(\.publication) == model.filter { $0.value.name == name }.keys.sorted(),
                    "seed \(seed), step \(step), \(name)")
            }
            for number in 0..<60 {
                let found = try await store.publishers(of: Sample.content(number), limit: 9)
                let isThere = model.values.contains { $0.seed == number }
                #expect(found == (isThere ? [hans] : []), "seed \(seed), step \(step), content \(number)")
            }
        }
        #expect(try await keys().values.allSatisfy { $0 > 0 }, "seed \(seed)")
        try store.close()
        #expect(try StoreCheck(path: path).faults == [], "seed \(seed)")
    }

    @Test func aStoreOfBeforeIsBroughtToThisForm() async throws {
        let first = try DirectorySQLite(path: path, presence: PresenceView())
        let hans = try Sample.user("hans")
        let drafts = [try Sample.draft("a", 1), try Sample.draft("b", nil), try Sample.draft("c", 1)]
        _ = try await first.publish(drafts, by: hans, limit: 9)
        try first.close()
        try await DatabaseQueue(path: path).write { db in
            try db.execute(
                sql: """
                    DROP TRIGGER publication_entered; DROP TRIGGER publication_left;
                    DROP TRIGGER publication_renamed; DROP TRIGGER publication_changed;
                    DROP VIEW lookup; DROP TABLE lookup_first; DROP TABLE lookup_second; DROP TABLE lookup_last;
                    CREATE INDEX publication_name ON publication (name, owner);
                    CREATE INDEX publication_content ON publication (root, size) WHERE root IS NOT NULL;
                    DELETE FROM grdb_migrations WHERE identifier = '9'
                    """)
        }
        let second = try DirectorySQLite(path: path, presence: PresenceView())
        #expect(try await keys() == ["lookup_first": 0, "lookup_second": 0, "lookup_last": 5])
        let found = try await second.findings(named: Sample.file("b"), for: Sample.viewer("leia"), after: nil, limit: 9)
        #expect(found.map(\.publication.rawValue) == [2])
        #expect(try await second.publishers(of: Sample.content(1), limit: 9) == [hans])
        try second.close()
        #expect(try StoreCheck(path: path).faults == [])
    }
}
