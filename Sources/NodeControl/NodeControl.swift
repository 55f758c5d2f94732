/// What a face (shell, one-shot command, web page) may ask of a running peer.
///
/// A protocol a subject, so that a face can say what it needs. All values are Codable: the same face
/// will speak to a node in its own process or in a daemon. Every call ends within a bounded time unless
/// its documentation says otherwise, ends early when its task is cancelled, and throws
/// ``NodeFailure`` and nothing else.
package protocol NodeControl: NodeMembership, NodePublishing, NodeSearching, NodeDownloading, NodeTransfers,
    NodeInterchange, NodeBrowsing, NodeShares, NodePermissions, NodeAccount, NodeAdministration, NodeSavedSearches,
    NodeBlocking, NodeSettings, NodeDoctor
{}

package protocol NodeMembership: Sendable {
    /// Throws what ``join(invite:user:password:)`` would for an invitation that is not open or a name that is taken. A server
    /// that cannot be asked so says nothing.
    ///
    /// - Parameter user: Nil where it is only about the invitation.
    func checkInvitation(_ invite: String, user: String?) async throws(NodeFailure)
    /// Makes an account in the network that was contacted, by the secret of an invitation. Logging in comes after it.
    func join(invite: String, user: String, password: String) async throws(NodeFailure)
    /// Logs in; may be asked again after a failure.
    func signIn(user: String, password: String) async throws(NodeFailure)
    /// Logs in without the password, as the device that was logged in here before. Throws `.authenticationFailed` where
    /// that is not possible, or not any more.
    func signInAgain(user: String) async throws(NodeFailure)
    func status() async throws(NodeFailure) -> NodeStatus
    /// Names of the active peers but oneself, in the order of their bytes.
    func activePeers() async throws(NodeFailure) -> [String]
    /// The links that are open, each once a member and way, by member, the best way first.
    func openLinks() async throws(NodeFailure) -> [OpenLink]
    /// Says goodbye to the directory and ends every link. Never fails; waits a second at most.
    func leave() async
    /// What happens without being asked for, from now on, to each who asks; the first is told what nobody has heard yet.
    /// When a reader lags, the oldest are dropped.
    var notices: AsyncStream<NodeNotice> { get }
}

package protocol NodePublishing: Sendable {
    /// One's own publications, asked of the directory.
    func published() async throws(NodeFailure) -> [PublishedFile]
    /// Hashes a file or a folder and publishes it under its last path component. Takes as long as hashing takes.
    ///
    /// - Parameter audience: For whom it is; nil leaves that as it was, and is everybody for what is new. Throws
    ///   ``NodeFailure/noSuchReader(_:)`` where nobody has a name of it.
    func publish(
        path: String, to audience: Audience?, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Publishing
    /// Changes for whom something is that is published, or a folder that is shared from here; nothing of it is read.
    /// Throws `.notPublished` where the name is not published, and ``NodeFailure/noSuchReader(_:)``.
    func show(name: String, to audience: Audience) async throws(NodeFailure)
    /// Throws `.notPublished` where the name is not published.
    func unpublish(name: String) async throws(NodeFailure)
}

/// What other programs that speak BitTorrent need to take part, and what comes from them.
package protocol NodeInterchange: Sendable {
    /// Writes the v2 torrent of a publication, one's own or anybody's, with the published name.
    ///
    /// - Parameters:
    ///   - name: as in ``DownloadRequest/name``; one's own publication wins.
    ///   - path: of a file that is not there yet.
    func exportTorrent(name: String, to path: String) async throws(NodeFailure) -> ExportedTorrent
    /// Checks a file or folder that is here against a torrent made elsewhere (v2 or hybrid), and publishes it as one's
    /// own, under the last component of its path. Takes as long as hashing takes.
    ///
    /// - Parameters:
    ///   - path: of the torrent file.
    ///   - content: where the content is, or the folder that holds it; nil for the torrent's name beside its file.
    func importTorrent(
        path: String, content: String?, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Publishing
    /// Writes `certificate.pem` and `key.pem` into a folder, which is made where it is missing in one that is there: with
    /// these a program is this member to the others. Where both are there from before, the certificate alone is renewed.
    ///
    /// - Parameter days: how long they are to be good: from 1 to 90.
    func exportIdentity(to folder: String, days: Int) async throws(NodeFailure) -> ExportedIdentity
}

package protocol NodeSearching: Sendable {
    /// Distinct names, of active peers' files but one's own, that are looked for, by name; those of folders have a slash behind
    /// them.
    func search(_ terms: SearchTerms) async throws(NodeFailure) -> [String]
}

extension NodeSearching {
    /// For one text, as it stands.
    package func search(_ text: String) async throws(NodeFailure) -> [String] {
        try await search(SearchTerms(words: [text]))
    }
}

package protocol NodeDownloading: Sendable {
    /// Fetches a file and returns when it stands whole and synced under its name, which may take as long
    /// as it takes. It begins at once, whatever is in the queue, and is a transfer there: of one that is there already the end
    /// is waited for. When those leave who give it, it waits for them and others, and says so (``NodeProgress/waitsFor``), as
    /// long as anybody is away who published it. When the task is cancelled, the
    /// transfer is paused, unless it went on in the background before; what is verified is kept also when the sources go.
    /// Throws ``NodeFailure/pausedElsewhere(name:)`` or ``NodeFailure/cancelledElsewhere(name:)`` where that is done to the
    /// transfer meanwhile.
    /// Throws ``NodeFailure/queuedAlready(number:path:)`` where a transfer has the same content for the same folder under
    /// another name. A folder that others share goes file by file, and what stands there in its place is left: throws
    /// ``NodeFailure/filesMissing(name:missing:of:first:)`` where some of it did not come, be it
    /// that it was paused or cancelled meanwhile.
    func download(
        _ request: DownloadRequest, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> DownloadOutcome
}

/// The queue of downloads, which outlasts the program: what was not finished goes on after the next login.
package protocol NodeTransfers: Sendable {
    /// Puts a download into the queue, and returns as soon as it is known what is meant: it goes on by itself. A
    /// folder that others share goes file by file, each a transfer. Empty where all of it stands there already.
    /// What only those have who are away is waited for, where they have hashed it.
    func enqueue(_ request: DownloadRequest) async throws(NodeFailure) -> [TransferStatus]
    /// All, in the order of their turns; finished ones last.
    func transfers() async throws(NodeFailure) -> [TransferStatus]
    /// Changes a transfer, and says how it is then.
    ///
    /// - Parameter transfer: Its number, or its published name where only one has it.
    func change(transfer: String, _ change: TransferChange) async throws(NodeFailure) -> TransferStatus
    /// - Parameter transfer: as for ``change(transfer:_:)``.
    func pieces(of transfer: String) async throws(NodeFailure) -> PieceMap
    func limits() async throws(NodeFailure) -> NodeLimits
    /// Sets all limits; values out of their ranges are a fault of the caller.
    func setLimits(_ limits: NodeLimits) async throws(NodeFailure)
}
