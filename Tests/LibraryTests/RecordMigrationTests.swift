import Content
import GRDB
import Library
import TestKit
import Testing
import Wire

/// Records of earlier versions are taken over as they are.
struct RecordMigrationTests {
    /// The tables of the first version, as it made them.
    private static func makeFirst(_ path: String) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 files and their layers") { database in
            try database.execute(
                sql: """
                    CREATE TABLE layer (
                        root BLOB NOT NULL, size INTEGER NOT NULL, piece_length INTEGER NOT NULL, hashes BLOB NOT NULL,
                        PRIMARY KEY (root, size)
                    ) STRICT;
                    CREATE TABLE file (
                        name TEXT NOT NULL PRIMARY KEY, path TEXT NOT NULL, device INTEGER NOT NULL,
                        inode INTEGER NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
                        changed INTEGER NOT NULL, root BLOB NOT NULL, publication INTEGER UNIQUE,
                        FOREIGN KEY (root, size) REFERENCES layer (root, size)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX file_content ON file (root, size);
                    CREATE INDEX file_path ON file (path);
                    INSERT INTO layer VALUES (zeroblob(32), 0, 16384, x'');
                    INSERT INTO file VALUES ('published', '/a', 1, 2, 0, 4, 5, zeroblob(32), 7);
                    INSERT INTO file VALUES ('never', '/b', 1, 3, 0, 4, 5, zeroblob(32), NULL);
                    """)
        }
        let database = try DatabasePool(path: path)
        try migrator.migrate(database)
        try database.close()
    }

    /// What has a publication is taken to be with the directory as it is here.
    @Test func theFirstVersionsFilesAreKept() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("published.sqlite")
        try Self.makeFirst(path)
        let (record, setAside) = try PublishedFiles.open(path: path)
        #expect(setAside == nil)
        let files = try await record.all()
        #expect(files.map(\.name.text) == ["never", "published"])
        #expect(files.map(\.publication?.rawValue) == [nil, 7])
        #expect(files.map(\.content) == [.empty, .empty])
        #expect(files.map(\.agreed) == [nil, .empty])
        #expect(files.map(\.offered) == [[], []])
        let next = try PublishedFilesTests.sample("never", bytes: [1])
        try await record.store([next])
        #expect(try await record.file(named: next.file.name)?.offered == [.empty])
    }
}
