/// Why the store did not do what was asked: local failures, for the log and for whoever starts a server.
package enum DirectoryStoreError: Error, Hashable, Sendable {
    /// The file is no store of this program.
    case foreign(path: String)
    /// The file is damaged.
    case corrupt(detail: String)
    /// A newer version of this program wrote it.
    case newerSchema(path: String)
    /// Another process has it open.
    case locked(path: String)
    /// The disk is full.
    case full
    /// The file, its folder or what stands beside it may not be written.
    case forbidden
    /// The database does not answer, or has too much to do: later it may.
    case away(detail: String)
    case failed(detail: String)
}
