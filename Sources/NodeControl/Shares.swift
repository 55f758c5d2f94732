/// Folders that are watched: what is in them is published, file by file, as it is at any moment.
package protocol NodeShares: Sendable {
    /// Begins to share a folder under its last path component. What is in it appears in the network by name soon, and
    /// is hashed when somebody asks for it, or when there is time. Of a folder that is shared already only the audience is
    /// changed.
    ///
    /// - Parameter audience: As in ``NodePublishing/publish(path:to:progress:)``.
    func share(path: String, to audience: Audience?) async throws(NodeFailure)
    /// Shares it no longer. Throws ``NodeFailure/notShared(path:)`` where it is not.
    ///
    /// - Parameter path: Of the folder, or its name in the network.
    func unshare(path: String) async throws(NodeFailure)
    /// By path.
    func shares() async throws(NodeFailure) -> [ShareStatus]
}

/// How far a shared folder has come.
package struct ShareStatus: Codable, Hashable, Sendable {
    /// Absolute.
    package var path: String
    /// Files in it, as far as it was looked at.
    package var fileCount: Int
    /// Of these, the ones that are listed by name only.
    package var unhashedCount: Int
    package var bytesToHash: Int64
    /// It is not there, as when its disk is away: what is in it stays published, and nobody is told of it until it is back.
    package var isAway: Bool
    package var audience: Audience

    package init(
        path: String, fileCount: Int, unhashedCount: Int, bytesToHash: Int64, isAway: Bool,
        audience: Audience = .everybody
    ) {
        self.path = path
        self.fileCount = fileCount
        self.unhashedCount = unhashedCount
        self.bytesToHash = bytesToHash
        self.isAway = isAway
        self.audience = audience
    }
}
