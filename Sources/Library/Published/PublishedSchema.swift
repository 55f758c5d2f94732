internal import GRDB

/// The tables of ``PublishedFiles``. Steps that were released are never edited: a new one follows.
enum PublishedSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 files and their layers") { database in
            try database.execute(
                sql: """
                    CREATE TABLE layer (
                        root BLOB NOT NULL,
                        size INTEGER NOT NULL,
                        piece_length INTEGER NOT NULL,
                        hashes BLOB NOT NULL,
                        PRIMARY KEY (root, size)
                    ) STRICT;

                    CREATE TABLE file (
                        name TEXT NOT NULL PRIMARY KEY,
                        path TEXT NOT NULL,
                        device INTEGER NOT NULL,
                        inode INTEGER NOT NULL,
                        size INTEGER NOT NULL,
                        modified INTEGER NOT NULL,
                        changed INTEGER NOT NULL,
                        root BLOB NOT NULL,
                        publication INTEGER UNIQUE,
                        FOREIGN KEY (root, size) REFERENCES layer (root, size)
                    ) STRICT, WITHOUT ROWID;

                    CREATE INDEX file_content ON file (root, size);
                    CREATE INDEX file_path ON file (path);
                    """)
        }
        migrator.registerMigration("2 what the directory agreed to") { database in
            // Of what was stored before, nobody noted it. What has a publication was with the directory once; that it
            // is there with this content is the likeliest, and otherwise nothing is overwritten.
            try database.execute(
                sql: """
                    ALTER TABLE file ADD COLUMN agreed_root BLOB;
                    ALTER TABLE file ADD COLUMN agreed_size INTEGER;
                    UPDATE file SET agreed_root = root, agreed_size = size WHERE publication IS NOT NULL;
                    """)
        }
        migrator.registerMigration("3 what was offered and not agreed to") { database in
            try database.execute(
                sql: """
                    CREATE TABLE offered (
                        number INTEGER PRIMARY KEY,
                        name TEXT NOT NULL REFERENCES file (name) ON DELETE CASCADE,
                        root BLOB NOT NULL,
                        size INTEGER NOT NULL,
                        UNIQUE (name, root, size)
                    ) STRICT;
                    """)
        }
        migrator.registerMigration("4 transfers, holdings, hashes and settings") { database in
            try database.execute(sql: transfersAndHoldings)
        }
        migrator.registerMigration("5 folders") { database in
            // The layer of a folder is those of its files of several pieces, one after the other.
            try database.execute(
                sql: """
                    CREATE TABLE folder (
                        root BLOB NOT NULL,
                        size INTEGER NOT NULL,
                        info BLOB NOT NULL,
                        PRIMARY KEY (root, size),
                        FOREIGN KEY (root, size) REFERENCES layer (root, size) ON DELETE CASCADE
                    ) STRICT;

                    ALTER TABLE transfer ADD COLUMN path TEXT NOT NULL DEFAULT '';

                    CREATE TABLE folder_stamps (
                        name TEXT NOT NULL PRIMARY KEY REFERENCES file (name) ON DELETE CASCADE,
                        stamps BLOB NOT NULL
                    ) STRICT;
                    """)
        }
        migrator.registerMigration("6 held folders") { database in
            try database.execute(
                sql: """
                    CREATE TABLE held_folder (
                        path TEXT NOT NULL PRIMARY KEY,
                        root BLOB NOT NULL,
                        size INTEGER NOT NULL,
                        origin INTEGER NOT NULL,
                        stamps BLOB NOT NULL,
                        FOREIGN KEY (root, size) REFERENCES layer (root, size)
                    ) STRICT;
                    CREATE INDEX held_folder_content ON held_folder (root, size);
                    """)
        }
        migrator.registerMigration("7 names of holdings, and dictionaries of folders") { database in
            try database.execute(sql: namesAndDictionaries)
        }
        migrator.registerMigration("8 how large a part of a folder is") { database in
            try database.execute(sql: "ALTER TABLE transfer ADD COLUMN part_size INTEGER;")
        }
        migrator.registerMigration("9 publications that are not for everybody") { database in
            try database.execute(
                sql: """
                    CREATE TABLE restricted (publication INTEGER PRIMARY KEY, void_before INTEGER NOT NULL) STRICT
                    """)
        }
        migrator.registerMigration("10 settings that are texts") { database in
            try database.execute(sql: "ALTER TABLE setting ADD COLUMN text TEXT;")
        }
        migrator.registerMigration("11 whose is what is fetched") { database in
            try database.execute(sql: "ALTER TABLE transfer ADD COLUMN owner TEXT;")
        }
        migrator.registerMigration("12 since when what was cancelled is kept") { database in
            try database.execute(sql: "ALTER TABLE transfer ADD COLUMN cancelled INTEGER;")
        }
        return migrator
    }

    /// `dictionary` has those of folders that are being fetched, by info-hash; the newest have the highest numbers.
    private static let namesAndDictionaries = """
        CREATE TABLE holding_name (
            kind INTEGER NOT NULL,
            root BLOB NOT NULL,
            size INTEGER NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (kind, root, size, name),
            FOREIGN KEY (kind, root, size) REFERENCES holding (kind, root, size) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE dictionary (
            number INTEGER PRIMARY KEY,
            root BLOB NOT NULL UNIQUE,
            info BLOB NOT NULL
        ) STRICT;
        """

    /// `kind` says what `root` and `size` are: 0 for a file, whose layer may be in `layer`. A row of a kind that a
    /// program does not know is left alone.
    private static let transfersAndHoldings = """
        CREATE TABLE transfer (
            number INTEGER PRIMARY KEY,
            place INTEGER NOT NULL,
            priority INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            root BLOB NOT NULL,
            size INTEGER NOT NULL,
            origin INTEGER NOT NULL,
            name TEXT NOT NULL,
            folder TEXT NOT NULL,
            target TEXT NOT NULL,
            state INTEGER NOT NULL,
            failure TEXT,
            verified INTEGER NOT NULL,
            upward INTEGER,
            downward INTEGER,
            UNIQUE (kind, root, size, folder, target)
        ) STRICT;
        CREATE INDEX transfer_content ON transfer (root, size);

        CREATE TABLE holding (
            kind INTEGER NOT NULL,
            root BLOB NOT NULL,
            size INTEGER NOT NULL,
            origin INTEGER NOT NULL,
            path TEXT NOT NULL,
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            PRIMARY KEY (kind, root, size)
        ) STRICT;
        CREATE INDEX holding_content ON holding (root, size);

        CREATE TABLE hashed (
            path TEXT NOT NULL PRIMARY KEY,
            device INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            root BLOB NOT NULL,
            used INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX hashed_content ON hashed (root, size);
        CREATE INDEX hashed_used ON hashed (used);
        INSERT OR IGNORE INTO hashed SELECT path, device, inode, size, modified, changed, root, 0 FROM file;

        CREATE TABLE setting (
            name TEXT NOT NULL PRIMARY KEY,
            value INTEGER
        ) STRICT;
        """
}
