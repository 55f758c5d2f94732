internal import GRDB
package import Wire

/// Which publications are not for everybody, one's own and those by which something was fetched: what is here by one of
/// these is given only to whom the directory gives a ticket. Kept over restarts beside the record of published files. All
/// calls throw ``RecordFailure``.
package struct RestrictedPublications: Sendable {
    private let database: PublishedFiles

    package init(beside database: PublishedFiles) { self.database = database }

    /// For each, since when it is for whom it is, in milliseconds since 1970: older tickets are void.
    package func all() async throws -> [PublicationID: Int64] {
        try await database.read { database in
            var all: [PublicationID: Int64] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT publication, void_before FROM restricted") {
                all[PublicationID(rawValue: row["publication"])] = row["void_before"]
            }
            return all
        }
    }

    /// - Parameter current: What they are when it is written.
    package func keep(
        _ publications: [PublicationID], as current: @escaping @Sendable () -> [PublicationID: Int64]
    ) async throws {
        try await database.write { database in
            let current = current()
            for id in publications {
                if let time = current[id] {
                    try database.execute(
                        sql: "INSERT OR REPLACE INTO restricted (publication, void_before) VALUES (?, ?)",
                        arguments: [id.rawValue, time])
                } else {
                    try database.execute(
                        sql: "DELETE FROM restricted WHERE publication = ?", arguments: [id.rawValue])
                }
            }
        }
    }
}
