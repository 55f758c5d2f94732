package import Directory
import DirectorySQLite
import FoundationEssentials
import Glibc

/// All that makes a network, in one file: from a server that runs as from one that does not.
package enum ServerBackup {
    /// Of the state folder, beside the database. Accounts may stand elsewhere, and are then their keeper's.
    static let required = ["network.key", "network.pem"]
    static let optional = ["credentials.txt"]

    /// Bytes that each may have.
    private static let limit = 64 << 20

    /// Removes what is half made: the process is about to be ended.
    package static func abandon(_ path: String) { WholeFile.abandon(path) }

    /// Makes a file of mode 0600.
    ///
    /// It is another process than the server's that reads, as the server can write into its own folder alone.
    package static func make(of folder: String, to path: String, replacing: Bool) throws(MaintenanceFailure)
        -> StoreTotals
    {
        let database = try database(in: folder)
        if !replacing, access(path, F_OK) == 0 { throw .exists(path: path) }
        do {
            let files = try files(required + optional, in: folder)
            if let missing = required.first(where: { files[$0] == nil }) {
                throw StartFailure.keyMissing(path: "\(folder)/\(missing)")
            }
            let file = try WholeFile(path)
            do {
                let totals = try StoreBackup.make(of: database, into: file.temporary, with: files)
                guard try file.finish(replacing: replacing) else { throw MaintenanceFailure.exists(path: path) }
                return totals
            } catch {
                file.remove()
                throw error
            }
        } catch { throw MaintenanceFailure(error, database: database) }
    }
}

extension ServerBackup {
    /// The path of a state folder's database.
    static func database(in folder: String) throws(MaintenanceFailure) -> String {
        try MaintenanceFailure.refuseElsewhere(folder)
        let path = StateDirectory.databasePath(in: folder)
        guard access(path, F_OK) == 0 || errno != ENOENT else { throw .noState(folder: folder) }
        return path
    }

    /// Those that are there, by name.
    static func files(_ names: [String], in folder: String) throws(StartFailure) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in names { files[name] = try StateFile.read("\(folder)/\(name)", limit: limit) }
        return files
    }
}

extension MaintenanceFailure {
    /// What can be done with a file alone is not done where the folder's may be of long ago.
    static func refuseElsewhere(_ folder: String) throws(MaintenanceFailure) {
        let address: String?
        do { address = try StateDirectory.databaseElsewhere(in: folder) } catch { throw .state(error) }
        if let address { throw .elsewhere(folder: folder, database: address) }
    }

    init(_ error: any Error, database: String) {
        self =
            switch error {
            case let error as MaintenanceFailure: error
            case let error as StartFailure: .state(error)
            case let error as DirectoryStoreError: .database(path: database, error)
            default: .database(path: database, .failed(detail: "\(error)"))
            }
    }
}
