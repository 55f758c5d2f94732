package import Directory
import DirectorySQLite

/// Looks at all that a server keeps, whether it runs or not.
package enum ServerCheck {
    package struct Finding: Sendable {
        /// Sentences; none where all is in order.
        package let faults: [String]
        package let totals: StoreTotals
    }

    package static func look(at folder: String) throws(MaintenanceFailure) -> Finding {
        let database = try ServerBackup.database(in: folder)
        do {
            let files = try ServerBackup.files(ServerBackup.required, in: folder)
            let missing = ServerBackup.required.filter { files[$0] == nil }.map { "\($0) is not there." }
            let check = try StoreCheck(path: database)
            var faults = missing.isEmpty ? ServerRestore.keyFaults(files) : missing
            if let mode = FileStamp(path: "\(folder)/network.key")?.mode, mode & 0o077 != 0 {
                faults.append("Others can read network.key: its mode is 0\(String(mode, radix: 8)).")
            }
            return Finding(faults: faults + check.damage + check.faults, totals: check.totals)
        } catch { throw MaintenanceFailure(error, database: database) }
    }
}
