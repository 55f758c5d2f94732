internal import GRDB

/// The tables of ``SharedFolders``. Steps that were released are never edited: a new one follows.
enum SharesSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 shared folders") { try $0.execute(sql: first) }
        migrator.registerMigration("2 what moved") { try $0.execute(sql: second) }
        // Null where it was never said; otherwise as the directory's messages have it.
        migrator.registerMigration("3 for whom folders are") {
            try $0.execute(sql: "ALTER TABLE share ADD COLUMN visibility BLOB")
        }
        // The directory may have been told of something that was not noted as told.
        migrator.registerMigration("4 what is being told") {
            try $0.execute(sql: "ALTER TABLE share ADD COLUMN telling INTEGER NOT NULL DEFAULT 0")
        }
        return migrator
    }

    /// Few rows are anything but new: they are found among a million that are.
    private static let second = """
        CREATE INDEX entry_unsettled ON entry (id) WHERE untold & \(Untold.unsettled) <> 0;
        """

    /// `root` is null while a file is not hashed, and 32 zeros where it is empty; `info_hash` is the canonical one, by which
    /// peers ask. `parent` is null for a shared folder itself, and for what is lost. A row that was never told to the
    /// directory has no publication. `failed` files could not be read as they are.
    private static let first = """
        CREATE TABLE share (
            number INTEGER PRIMARY KEY,
            path TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL UNIQUE,
            volume INTEGER NOT NULL,
            device INTEGER NOT NULL,
            entry INTEGER NOT NULL,
            files INTEGER NOT NULL DEFAULT 0,
            unhashed INTEGER NOT NULL DEFAULT 0,
            unhashed_bytes INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE entry (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            share INTEGER NOT NULL,
            parent INTEGER REFERENCES entry ON DELETE CASCADE,
            name BLOB NOT NULL,
            is_folder INTEGER NOT NULL,
            inode INTEGER NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            root BLOB,
            info_hash BLOB,
            publication INTEGER,
            untold INTEGER NOT NULL,
            failed INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE UNIQUE INDEX entry_place ON entry (parent, name);
        CREATE INDEX entry_inode ON entry (inode);
        CREATE INDEX entry_untold ON entry (id) WHERE untold <> 0;
        CREATE INDEX entry_unhashed ON entry (id) WHERE root IS NULL AND is_folder = 0 AND failed = 0;
        CREATE INDEX entry_info_hash ON entry (info_hash) WHERE info_hash IS NOT NULL;
        CREATE INDEX entry_publication ON entry (publication) WHERE publication IS NOT NULL;

        -- Of contents of more than one piece.
        CREATE TABLE layer (
            entry INTEGER PRIMARY KEY REFERENCES entry ON DELETE CASCADE,
            hashes BLOB NOT NULL
        ) STRICT;

        -- What the directory is to be told is gone, in this order.
        CREATE TABLE gone (
            number INTEGER PRIMARY KEY,
            publication INTEGER NOT NULL UNIQUE
        ) STRICT;

        CREATE TRIGGER entry_counted AFTER INSERT ON entry WHEN new.is_folder = 0 BEGIN
            UPDATE share SET files = files + 1, unhashed = unhashed + (new.root IS NULL),
                unhashed_bytes = unhashed_bytes + iif(new.root IS NULL, new.size, 0) WHERE number = new.share;
        END;
        CREATE TRIGGER entry_discounted AFTER DELETE ON entry WHEN old.is_folder = 0 BEGIN
            UPDATE share SET files = files - 1, unhashed = unhashed - (old.root IS NULL),
                unhashed_bytes = unhashed_bytes - iif(old.root IS NULL, old.size, 0) WHERE number = old.share;
        END;
        CREATE TRIGGER entry_recounted AFTER UPDATE OF root, size ON entry WHEN new.is_folder = 0 BEGIN
            UPDATE share SET unhashed = unhashed + (new.root IS NULL) - (old.root IS NULL),
                unhashed_bytes = unhashed_bytes + iif(new.root IS NULL, new.size, 0)
                    - iif(old.root IS NULL, old.size, 0)
            WHERE number = new.share;
        END;
        """
}
