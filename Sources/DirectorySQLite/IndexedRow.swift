import Content
import Directory
import GRDB
import Wire

/// Rows of `publication` as the index has them.
enum IndexedRow {
    /// Of those of some publications that there are, and were not removed with what stands above them, in the order of their ids
    /// here. One that cannot be read is not found, and costs the others nothing.
    static func fetch(_ ids: [Int64], _ db: Database) throws -> [IndexedPublication] {
        let sql = """
            \(IDList.wanted)
            SELECT publication.id, owner, top, name, root, size, length, visibility, published
            FROM wanted CROSS JOIN publication ON publication.id = number WHERE \(DirectorySQLite.isKept)
            """
        var found: [IndexedPublication] = []
        found.reserveCapacity(ids.count)
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: ["ids": IDList.text(ids)])
        while let row = try rows.next() {
            if let publication = try? publication(row, db) { found.append(publication) }
        }
        return found
    }

    private static func publication(_ row: Row, _ db: Database) throws -> IndexedPublication {
        let id: Int64 = row["id"]
        let top: Int64? = row["top"]
        let visibility: Int64 = row["visibility"]
        return IndexedPublication(
            id: PublicationID(rawValue: id), top: PublicationID(rawValue: top ?? id), owner: row["owner"],
            name: try row.fileName("name"), size: row.size(), content: try row.hash("root").map(key(of:)),
            time: row["published"],
            restriction: visibility == 0 || top != nil
                ? nil : Restriction(isListed: visibility == 2, readers: try readers(of: id, db)))
    }

    /// Hashes are random all over.
    private static func key(of root: Hash256) -> UInt64 { root.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } | 1 }

    private static func readers(of publication: Int64, _ db: Database) throws -> [Restriction.Reader] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT name, expires FROM reader WHERE publication = ?"), arguments: [publication]
        ).map { Restriction.Reader(name: try $0.userName("name"), expires: $0["expires"]) }
    }
}
