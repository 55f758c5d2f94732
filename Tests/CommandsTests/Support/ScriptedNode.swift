import NodeControl
import Synchronization

/// A node that answers what a test told it, and remembers what it was asked.
final class ScriptedNode: NodeControl {
    struct Script: Sendable {
        var signIns: [NodeFailure?] = []
        var joinings: [NodeFailure?] = []
        var peers: Result<[String], NodeFailure> = .success([])
        var published: Result<[PublishedFile], NodeFailure> = .success([])
        var folder: FolderContents?
        var replaced: String?
        var publication: Result<PublishedFile, NodeFailure> = .success(PublishedFile(name: "a", size: 1, root: nil))
        var unpublication: NodeFailure?
        var found: Result<[String], NodeFailure> = .success([])
        var download: Result<DownloadOutcome, NodeFailure> = .failure(.notFound(name: "a", absent: []))
        var torrent: Result<ExportedTorrent, NodeFailure> = .failure(.notFound(name: "a", absent: []))
        var identity: Result<ExportedIdentity, NodeFailure> = .failure(.foreignIdentity(folder: "/here"))
        var enqueued: Result<TransferStatus?, NodeFailure> = .success(nil)
        var transfers: [TransferStatus] = []
        var change: Result<TransferStatus, NodeFailure> = .failure(.noSuchTransfer("a"))
        var limits = NodeLimits()
        var listings: Result<FoundListings, NodeFailure> = .success(FoundListings(listings: [], isComplete: true))
        var sharing: NodeFailure?
        var shares: [ShareStatus] = []
        /// Downloads take until they are cancelled.
        var downloadsHang = false
    }

    let notices: AsyncStream<NodeNotice>
    private let script: Mutex<Script>
    private let asked = Mutex<[String]>([])
    /// A value for each download that has begun.
    let downloads: AsyncStream<Void>
    private let begun: AsyncStream<Void>.Continuation

    init(_ script: Script = Script()) {
        self.script = Mutex(script)
        notices = AsyncStream { $0.finish() }
        (downloads, begun) = AsyncStream.makeStream()
    }

    var questions: [String] { asked.withLock { $0 } }

    private func note(_ question: String) { asked.withLock { $0.append(question) } }
    private var answers: Script { script.withLock { $0 } }

    func signIn(user: String, password: String) async throws(NodeFailure) {
        note("signIn \(user) \(password)")
        let failure = script.withLock { $0.signIns.isEmpty ? nil : $0.signIns.removeFirst() }
        if let failure { throw failure }
    }

    func signInAgain(user: String) async throws(NodeFailure) {
        note("signInAgain \(user)")
        let failure = script.withLock { $0.signIns.isEmpty ? nil : $0.signIns.removeFirst() }
        if let failure { throw failure }
    }

    func join(invite: String, user: String, password: String) async throws(NodeFailure) {
        note("join \(invite) \(user) \(password)")
        let failure = script.withLock { $0.joinings.isEmpty ? nil : $0.joinings.removeFirst() }
        if let failure { throw failure }
    }

    func activePeers() async throws(NodeFailure) -> [String] {
        note("activePeers")
        return try answers.peers.get()
    }

    func leave() async { note("leave") }

    func published() async throws(NodeFailure) -> [PublishedFile] {
        note("published")
        return try answers.published.get()
    }

    func publish(
        path: String, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Publishing {
        note("publish \(path)")
        return Publishing(
            file: try answers.publication.get(), folder: answers.folder, replaced: answers.replaced)
    }

    func unpublish(name: String) async throws(NodeFailure) {
        note("unpublish \(name)")
        if let failure = answers.unpublication { throw failure }
    }

    func exportTorrent(name: String, to path: String) async throws(NodeFailure) -> ExportedTorrent {
        note("exportTorrent \(name) \(path)")
        return try answers.torrent.get()
    }

    func importTorrent(
        path: String, content: String?, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Publishing {
        note("importTorrent \(path) \(content ?? "-")")
        return Publishing(file: try answers.publication.get(), folder: answers.folder)
    }

    func exportIdentity(to folder: String, days: Int) async throws(NodeFailure) -> ExportedIdentity {
        note("exportIdentity \(folder) \(days)")
        return try answers.identity.get()
    }

    func enqueue(_ request: DownloadRequest) async throws(NodeFailure) -> TransferStatus? {
        note("enqueue \(request.name) \(request.output ?? "-") \(request.directory)")
        return try answers.enqueued.get()
    }

    func transfers() async throws(NodeFailure) -> [TransferStatus] {
        answers.transfers
    }

    func change(transfer: String, _ change: TransferChange) async throws(NodeFailure) -> TransferStatus {
        note("change \(transfer) \(change)")
        return try answers.change.get()
    }

    func limits() async throws(NodeFailure) -> NodeLimits { answers.limits }

    func setLimits(_ limits: NodeLimits) async throws(NodeFailure) {
        note("setLimits")
        script.withLock { $0.limits = limits }
    }

    func search(_ substring: String) async throws(NodeFailure) -> [String] {
        note("search \(substring)")
        return try answers.found.get()
    }

    func listings(matching text: String) async throws(NodeFailure) -> FoundListings {
        note("listings \(text)")
        return try answers.listings.get()
    }

    func browse(member: String, folder: String?) async throws(NodeFailure) -> FoundListings {
        note("browse \(member) \(folder ?? "-")")
        return try answers.listings.get()
    }

    func share(path: String) async throws(NodeFailure) {
        note("share \(path)")
        if let failure = answers.sharing { throw failure }
    }

    func unshare(path: String) async throws(NodeFailure) {
        note("unshare \(path)")
        if let failure = answers.sharing { throw failure }
    }

    func shares() async throws(NodeFailure) -> [ShareStatus] { answers.shares }

    func download(
        _ request: DownloadRequest, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> DownloadOutcome {
        note("download \(request.name) \(request.output ?? "-") \(request.directory)")
        if answers.downloadsHang {
            begun.yield()
            while !Task.isCancelled { await Task.yield() }
            throw .cancelled
        }
        return try answers.download.get()
    }
}
