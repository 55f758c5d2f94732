package import Directory
import GRDB

extension DirectorySQLite {
    /// What the publications are counted by is kept with the accounts.
    package func totals() async throws(DirectoryStoreError) -> StoreTotals { try await read { try StoreTotals($0) } }
}

extension StoreTotals {
    init(_ db: Database) throws {
        let sql = "SELECT count(*) AS members, coalesce(sum(publications), 0) AS publications FROM account"
        let row = try Row.fetchOne(db.cachedStatement(sql: sql))
        self.init(members: row?["members"] ?? 0, publications: row?["publications"] ?? 0)
    }
}
