package import Directory
package import Wire

/// Why a server cannot start: local failures, which ServerCommands turns into sentences and exit codes.
package enum StartFailure: Error, Hashable {
    /// The state directory cannot be made or written.
    case stateDirectory(path: String, errno: Int32)
    /// Another server holds the lock of the state directory.
    case locked(path: String)
    /// A file of the state directory cannot be read or written.
    case file(path: String, errno: Int32)
    /// `network.key` or `network.pem` does not hold what it should.
    case keyUnreadable(path: String)
    case certificateUnreadable(path: String)
    /// The certificate is not the key's.
    case keyMismatch(keyPath: String, certificatePath: String)
    /// One of the two files is there and the other is gone, of a network that has been used.
    case keyMissing(path: String)
    /// The database is of a network whose key is not in this folder.
    case keyElsewhere(path: String, database: String)
    /// What the server keeps is in a database of many servers, as this file says, and it was not asked to use that.
    case storeElsewhere(path: String, database: String)
    /// The key belongs to somebody else, so that its permissions cannot be tightened.
    case keyTooOpen(path: String, mode: UInt32)
    case database(path: String, DirectoryStoreError)
    /// The database is there, but shorter than any that was ever made.
    case databaseEmptied(path: String)
    case portTaken(Transport, port: Int)
    /// A port below 1024, or an address, that this user may not bind.
    case portForbidden(Transport, port: Int)
    case addressUnavailable(host: String, reason: String)
    /// Where metrics were to be served.
    case metricsUnavailable(host: String, port: Int, reason: String)
    /// Where connections were to be relayed; nil for all addresses of this machine.
    case relayUnavailable(host: String?, port: Int, reason: String)
    /// The network's certificate, which a relay on another machine goes by, is not there.
    case noCertificate(path: String)
    /// There are accounts of the credentials file, and it is gone.
    case noCredentials(path: String)
    case credentialsUnreadable(path: String, errno: Int32)
    case credentialsWithoutAccounts(path: String)
}
