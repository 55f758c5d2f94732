import GRDB

/// The tables, as numbered migrations. One that was released is never edited: a change is a new one.
enum Schema {
    /// `PRAGMA application_id`: "BTdi".
    static let applicationID: Int32 = 0x4254_6469

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: first) }
        migrator.registerMigration("2") { try $0.execute(sql: second) }
        migrator.registerMigration("3") { try $0.execute(sql: third) }
        migrator.registerMigration("4") { try $0.execute(sql: fourth) }
        migrator.registerMigration("5") { try $0.execute(sql: fifth) }
        migrator.registerMigration("6") { try $0.execute(sql: sixth) }
        migrator.registerMigration("7") { try $0.execute(sql: seventh) }
        migrator.registerMigration("8") { try $0.execute(sql: eighth) }
        // It changes no reference, and looking at those of ten million takes long.
        migrator.registerMigration("9", foreignKeyChecks: .immediate) { try $0.execute(sql: LookupSchema.sql) }
        return migrator
    }

    /// seal: tells whether the password is still that of the last login; see AccountsKey. Without the network's key no
    /// password can be tried against it.
    private static let second = """
        ALTER TABLE account ADD COLUMN seal BLOB;
        """

    /// role: 0 member, 1 admin. attempt: SHA-256 of what tells the attempt to join by which an account was made. seal: SHA-256
    /// of the secret of an invite.
    private static let third = """
        ALTER TABLE account ADD COLUMN role INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE account ADD COLUMN attempt BLOB;

        CREATE TABLE invite (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            seal BLOB NOT NULL UNIQUE,
            role INTEGER NOT NULL,
            uses_left INTEGER NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL
        ) STRICT;
        """

    /// top: what stands outermost above it, with which it is active; null at the top. is_parent: it has no content, and others
    /// below it. length: in bytes, of what is not hashed. Trigrams do not tell capitals from small letters any more: whoever
    /// does, compares the names.
    private static let fourth = """
        ALTER TABLE publication ADD COLUMN top INTEGER;
        ALTER TABLE publication ADD COLUMN is_parent INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE publication ADD COLUMN length INTEGER;
        UPDATE publication SET top = (
            WITH RECURSIVE above (id, parent) AS (
                SELECT id, parent FROM publication AS own WHERE own.id = publication.parent
                UNION ALL
                SELECT outer.id, outer.parent FROM publication AS outer JOIN above ON outer.id = above.parent
            )
            SELECT id FROM above WHERE parent IS NULL
        ) WHERE parent IS NOT NULL;

        DROP INDEX publication_place;
        CREATE UNIQUE INDEX publication_place ON publication (owner, coalesce(parent, 0), name);

        DROP TABLE publication_trigram;
        CREATE VIRTUAL TABLE publication_trigram USING fts5 (
            name, content = 'publication', content_rowid = 'id', tokenize = 'trigram', detail = none
        );
        INSERT INTO publication_trigram (publication_trigram) VALUES ('rebuild');
        """

    /// label: how people call a device. signed_in: when it last did. Names of groups and accounts are distinct; members of
    /// groups stand there by name, as those of the credentials file need not have a row.
    private static let fifth = """
        ALTER TABLE account ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE device ADD COLUMN label TEXT NOT NULL DEFAULT '';
        ALTER TABLE device ADD COLUMN signed_in INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE member_group (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE group_member (
            member_group INTEGER NOT NULL REFERENCES member_group ON DELETE CASCADE,
            name TEXT NOT NULL,
            PRIMARY KEY (member_group, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX group_member_name ON group_member (name);
        """

    /// Names are entered into the index together, before each commit, as an index that is told of each by itself writes all of
    /// it each time: until: the last publication that is in it. Publications are counted by whoever inserts them. dropped:
    /// what was removed with more below than goes at once; it has a name that no publication has, no parent, and nobody
    /// sees it or what is below.
    private static let sixth = """
        DROP TRIGGER publication_counted;
        DROP TRIGGER publication_indexed;
        DROP TRIGGER publication_unindexed;
        DROP TRIGGER publication_reindexed;

        CREATE TABLE indexed (until INTEGER NOT NULL) STRICT;
        INSERT INTO indexed (until) SELECT coalesce(max(id), 0) FROM publication;
        CREATE TRIGGER publication_unindexed AFTER DELETE ON publication
        WHEN old.id <= (SELECT until FROM indexed) BEGIN
            INSERT INTO publication_trigram (publication_trigram, rowid, name) VALUES ('delete', old.id, old.name);
        END;
        CREATE TRIGGER publication_reindexed AFTER UPDATE OF name ON publication
        WHEN old.id <= (SELECT until FROM indexed) BEGIN
            INSERT INTO publication_trigram (publication_trigram, rowid, name) VALUES ('delete', old.id, old.name);
            INSERT INTO publication_trigram (rowid, name) VALUES (new.id, new.name);
        END;

        CREATE TABLE dropped (id INTEGER PRIMARY KEY REFERENCES publication ON DELETE CASCADE) STRICT;
        """

    /// visibility, of publications at the top: 0 everybody, 1 some, 2 some, and listed for the others. reader.expires: 0 for
    /// those whom the owner named. holding.restricted: it was fetched by a publication that was not for everybody.
    /// ask.asked: when; once it is answered, when that was. state: 0 open, 1 granted, 2 refused.
    private static let seventh = """
        CREATE TABLE reader (
            publication INTEGER NOT NULL REFERENCES publication ON DELETE CASCADE,
            name TEXT NOT NULL,
            expires INTEGER NOT NULL,
            PRIMARY KEY (publication, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX reader_name ON reader (name);

        ALTER TABLE holding ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE ask (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            publication INTEGER NOT NULL REFERENCES publication ON DELETE CASCADE,
            account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
            asked INTEGER NOT NULL,
            state INTEGER NOT NULL,
            UNIQUE (publication, account)
        ) STRICT;
        CREATE INDEX ask_account ON ask (account);
        """

    /// published: since when, in milliseconds since 1970; 0: not known. Names are looked through in memory. A publication counts
    /// as changed with its readers.
    private static let eighth = """
        DROP TRIGGER publication_unindexed;
        DROP TRIGGER publication_reindexed;
        DROP TABLE indexed;
        DROP TABLE publication_trigram;
        ALTER TABLE publication ADD COLUMN published INTEGER NOT NULL DEFAULT 0;

        CREATE TRIGGER reader_added AFTER INSERT ON reader BEGIN
            UPDATE publication SET visibility = visibility WHERE id = new.publication;
        END;
        CREATE TRIGGER reader_changed AFTER UPDATE ON reader BEGIN
            UPDATE publication SET visibility = visibility WHERE id = new.publication;
        END;
        CREATE TRIGGER reader_removed AFTER DELETE ON reader BEGIN
            UPDATE publication SET visibility = visibility WHERE id = old.publication;
        END;
        """

    private static let first = """
        PRAGMA application_id = \(applicationID);

        -- origin: 0 credentials file (its accounts' passwords are never here), 1 invitation.
        CREATE TABLE account (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            origin INTEGER NOT NULL,
            password BLOB CHECK (origin <> 0 OR password IS NULL),
            last_seen INTEGER NOT NULL,
            publications INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        -- current, previous: seals of resumption tokens, null once revoked.
        CREATE TABLE device (
            id INTEGER PRIMARY KEY,
            account INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
            device BLOB NOT NULL,
            current BLOB,
            previous BLOB,
            expires INTEGER NOT NULL,
            UNIQUE (account, device)
        ) STRICT;

        CREATE TABLE revocation (
            serial INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            issued_before INTEGER NOT NULL
        ) STRICT;

        -- Ids are told to peers, so none is given twice. root and size are null while unhashed.
        CREATE TABLE publication (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            owner INTEGER NOT NULL REFERENCES account ON DELETE CASCADE,
            parent INTEGER REFERENCES publication ON DELETE CASCADE,
            name TEXT NOT NULL,
            visibility INTEGER NOT NULL,
            root BLOB,
            size INTEGER,
            CHECK ((root IS NULL) = (size IS NULL))
        ) STRICT;
        CREATE UNIQUE INDEX publication_place ON publication (owner, name, coalesce(parent, 0));
        CREATE INDEX publication_name ON publication (name, owner);
        CREATE INDEX publication_content ON publication (root, size) WHERE root IS NOT NULL;
        CREATE INDEX publication_parent ON publication (parent) WHERE parent IS NOT NULL;

        -- Contents that a device holds without having published them; origin is the publication that they came by.
        CREATE TABLE holding (
            root BLOB NOT NULL,
            size INTEGER NOT NULL,
            device INTEGER NOT NULL REFERENCES device ON DELETE CASCADE,
            origin INTEGER NOT NULL,
            whole INTEGER NOT NULL,
            PRIMARY KEY (root, size, device)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX holding_device ON holding (device);

        CREATE TRIGGER publication_counted AFTER INSERT ON publication BEGIN
            UPDATE account SET publications = publications + 1 WHERE id = new.owner;
        END;
        CREATE TRIGGER publication_discounted AFTER DELETE ON publication BEGIN
            UPDATE account SET publications = publications - 1 WHERE id = old.owner;
        END;

        CREATE VIRTUAL TABLE publication_trigram USING fts5 (
            name, content = 'publication', content_rowid = 'id', tokenize = 'trigram case_sensitive 1', detail = none
        );
        CREATE TRIGGER publication_indexed AFTER INSERT ON publication BEGIN
            INSERT INTO publication_trigram (rowid, name) VALUES (new.id, new.name);
        END;
        CREATE TRIGGER publication_unindexed AFTER DELETE ON publication BEGIN
            INSERT INTO publication_trigram (publication_trigram, rowid, name) VALUES ('delete', old.id, old.name);
        END;
        CREATE TRIGGER publication_reindexed AFTER UPDATE OF name ON publication BEGIN
            INSERT INTO publication_trigram (publication_trigram, rowid, name) VALUES ('delete', old.id, old.name);
            INSERT INTO publication_trigram (rowid, name) VALUES (new.id, new.name);
        END;
        """
}
