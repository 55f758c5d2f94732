package import Directory
package import Wire

/// Whose network a database is of, and how large.
extension DirectoryPostgres {
    /// Nil as long as no server belonged to it.
    package func network() async throws(DirectoryStoreError) -> NetworkPin? {
        try await read { db in
            try db.run("SELECT network FROM bittrickle")[0].optionalHash("network").map { NetworkPin($0) }
        }
    }

    package func totals() async throws(DirectoryStoreError) -> StoreTotals {
        try await read { db in
            let row = try db.run(
                "SELECT count(*) AS members, coalesce(sum(publications), 0)::bigint AS publications FROM account")[0]
            return StoreTotals(members: try row.int("members"), publications: try row.int("publications"))
        }
    }

    /// False where it is another network's.
    package func belong(to network: NetworkPin) async throws(DirectoryStoreError) -> Bool {
        try await write { db in
            _ = try db.run(
                "UPDATE bittrickle SET network = :network WHERE network IS NULL", ["network": .hash(network.hash)])
            return try db.run("SELECT network FROM bittrickle")[0].hash("network") == network.hash
        }
    }
}
