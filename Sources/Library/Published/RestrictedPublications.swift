internal import GRDB
package import Wire

/// Which publications are not for everybody, one's own and those by which something was fetched: what is here by none but
/// these is given only to whom the directory gives a ticket. Kept over restarts beside the record of published files. All
/// calls throw ``RecordFailure``.
package struct RestrictedPublications: Sendable {
    private let database: PublishedFiles

    package init(beside database: PublishedFiles) { self.database = database }

    package func all() async throws -> Set<PublicationID> {
        try await database.read { database in
            Set(
                try Int64.fetchAll(database, sql: "SELECT publication FROM restricted").map(
                    PublicationID.init(rawValue:)))
        }
    }

    package func change(add: some Sequence<PublicationID>, remove: some Sequence<PublicationID>) async throws {
        let (add, remove) = (Array(add), Array(remove))
        try await database.write { database in
            for id in add {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO restricted (publication) VALUES (?)", arguments: [id.rawValue])
            }
            for id in remove {
                try database.execute(sql: "DELETE FROM restricted WHERE publication = ?", arguments: [id.rawValue])
            }
        }
    }
}
