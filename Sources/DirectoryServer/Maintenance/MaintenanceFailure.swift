package import Directory

/// Why a backup was not made, not put back, or is none: local failures, as ``StartFailure``.
package enum MaintenanceFailure: Error, Hashable {
    /// There is no server's state in the folder.
    case noState(folder: String)
    /// What the server keeps is not in the folder, but in a database of many servers.
    case elsewhere(folder: String, database: String)
    /// The file for the backup is there already.
    case exists(path: String)
    /// The folder has something of a network already: that file.
    case inUse(path: String)
    /// There is no such file.
    case noFile(path: String)
    /// Something, but no backup of this program.
    case noBackup(path: String)
    /// Cut off, or with other bytes in it.
    case damaged(path: String)
    /// What is in the backup does not hold.
    case faulty(path: String, faults: [String])
    case database(path: String, DirectoryStoreError)
    /// Of the state folder, its lock or a file.
    case state(StartFailure)
}
