import Directory
import GRDB
import Wire

/// Rows of `publication` as the index has them.
enum IndexedRow {
    /// Nil where there is none, or it was removed with what stands above it.
    static func fetch(_ id: Int64, _ db: Database) throws -> IndexedPublication? {
        let sql = """
            SELECT owner, top, name, size, length, visibility, published FROM publication
            WHERE id = ? AND \(DirectorySQLite.isKept)
            """
        guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id]) else { return nil }
        let top: Int64? = row["top"]
        let visibility: Int64 = row["visibility"]
        return IndexedPublication(
            id: PublicationID(rawValue: id), top: PublicationID(rawValue: top ?? id), owner: row["owner"],
            name: try row.fileName("name"), size: row.size(), time: row["published"],
            restriction: visibility == 0 || top != nil
                ? nil : Restriction(isListed: visibility == 2, readers: try readers(of: id, db)))
    }

    private static func readers(of publication: Int64, _ db: Database) throws -> [Restriction.Reader] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT name, expires FROM reader WHERE publication = ?"), arguments: [publication]
        ).map { Restriction.Reader(name: try $0.userName("name"), expires: $0["expires"]) }
    }
}
