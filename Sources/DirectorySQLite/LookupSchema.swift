/// The tables of ``Lookup``, which take the place of indexes of names and contents (migration 9).
enum LookupSchema {
    private static let tables = ["lookup_first", "lookup_second", "lookup_last"]

    /// What there is goes into the last table at once. Triggers keep it right, whoever changes `publication`: a connection that
    /// does needs `name_key`.
    static let sql = """
        \(tables.map(table).joined())
        CREATE VIEW lookup (key, id) AS \(tables.map { "SELECT key, id FROM \($0)" }.joined(separator: " UNION ALL "));

        INSERT INTO lookup_last (key, id) SELECT key, id FROM (
            SELECT name_key(name) AS key, id FROM publication
            UNION ALL SELECT substr(root, 1, 8), id FROM publication WHERE root IS NOT NULL
        ) ORDER BY key, id;
        DROP INDEX publication_name;
        DROP INDEX publication_content;

        CREATE TRIGGER publication_entered AFTER INSERT ON publication BEGIN
            \(entry("name_key(new.name)"))
            \(entry("substr(new.root, 1, 8)"))
        END;
        CREATE TRIGGER publication_left AFTER DELETE ON publication BEGIN
            \(removal("name_key(old.name), substr(old.root, 1, 8)"))
        END;
        CREATE TRIGGER publication_renamed AFTER UPDATE OF name ON publication WHEN old.name <> new.name BEGIN
            \(removal("name_key(old.name)"))
            \(entry("name_key(new.name)"))
        END;
        CREATE TRIGGER publication_changed AFTER UPDATE OF root ON publication WHEN old.root IS NOT new.root BEGIN
            \(removal("substr(old.root, 1, 8)"))
            \(entry("substr(new.root, 1, 8)"))
        END;
        """

    private static func table(_ name: String) -> String {
        """
        CREATE TABLE \(name) (
            key BLOB NOT NULL,
            id INTEGER NOT NULL,
            PRIMARY KEY (key, id)
        ) STRICT, WITHOUT ROWID;

        """
    }

    /// What has no content has no key of it.
    private static func entry(_ key: String) -> String {
        "INSERT OR IGNORE INTO lookup_first (key, id) SELECT key, new.id FROM (SELECT \(key) AS key) WHERE key IS NOT NULL;"
    }

    private static func removal(_ keys: String) -> String {
        tables.map { "DELETE FROM \($0) WHERE id = old.id AND key IN (\(keys));" }.joined(separator: "\n")
    }
}
