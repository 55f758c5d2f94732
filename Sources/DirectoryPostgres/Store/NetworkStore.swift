package import Directory
package import Wire

/// Whose network a database is of.
extension DirectoryPostgres {
    /// Nil as long as no server belonged to it.
    package func network() async throws(DirectoryStoreError) -> NetworkPin? {
        try await read { db in
            try db.run("SELECT network FROM bittrickle")[0].optionalHash("network").map { NetworkPin($0) }
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
