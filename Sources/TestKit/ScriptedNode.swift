import FoundationEssentials
package import NodeControl
import Synchronization

/// A node that answers what a test told it, and remembers what it was asked.
package final class ScriptedNode: NodeControl, NodeUploads, NodeStreaming {
    package struct Script: Sendable {
        package var signIns: [NodeFailure?]
        package var joinings: [NodeFailure?]
        package var invitations: [NodeFailure?]
        package var peers: Result<[String], NodeFailure>
        package var links: [OpenLink] = []
        package var published: Result<[PublishedFile], NodeFailure>
        package var folder: FolderContents?
        package var replaced: String?
        package var publication: Result<PublishedFile, NodeFailure>
        package var unpublication: NodeFailure?
        package var found: Result<[String], NodeFailure>
        package var download: Result<DownloadOutcome, NodeFailure>
        package var torrent: Result<ExportedTorrent, NodeFailure>
        package var identity: Result<ExportedIdentity, NodeFailure>
        package var enqueued: Result<[TransferStatus], NodeFailure>
        package var transfers: [TransferStatus]
        package var change: Result<TransferStatus, NodeFailure>
        package var limits: NodeLimits
        package var sharing: NodeFailure?
        package var shares: [ShareStatus] = []
        package var administration = ScriptedAdministration()
        package var keeping = ScriptedKeeping()
        package var listings: Result<FoundListings, NodeFailure>
        package var asking: NodeFailure?
        package var isServerThere = true
        /// Why nobody is signed in any more; nil while somebody is.
        package var leaving: NodeFailure?
        package var asks = Asks(ofOthers: [], own: [])
        /// What is told of a download before it ends.
        package var progress: [NodeProgress] = []
        /// Downloads take until they are cancelled.
        package var downloadsHang: Bool

        package init(
            signIns: [NodeFailure?] = [],
            joinings: [NodeFailure?] = [],
            invitations: [NodeFailure?] = [],
            peers: Result<[String], NodeFailure> = .success([]),
            published: Result<[PublishedFile], NodeFailure> = .success([]),
            folder: FolderContents? = nil,
            replaced: String? = nil,
            publication: Result<PublishedFile, NodeFailure> = .success(PublishedFile(name: "a", size: 1, root: nil)),
            unpublication: NodeFailure? = nil,
            found: Result<[String], NodeFailure> = .success([]),
            download: Result<DownloadOutcome, NodeFailure> = .failure(.notFound(name: "a", absent: [])),
            torrent: Result<ExportedTorrent, NodeFailure> = .failure(.notFound(name: "a", absent: [])),
            identity: Result<ExportedIdentity, NodeFailure> = .failure(.foreignIdentity(folder: "/here")),
            enqueued: Result<[TransferStatus], NodeFailure> = .success([]),
            transfers: [TransferStatus] = [],
            change: Result<TransferStatus, NodeFailure> = .failure(.noSuchTransfer("a")),
            limits: NodeLimits = NodeLimits(),
            listings: Result<FoundListings, NodeFailure> = .success(FoundListings(listings: [], isComplete: true)),
            downloadsHang: Bool = false
        ) {
            self.signIns = signIns
            self.joinings = joinings
            self.invitations = invitations
            self.peers = peers
            self.published = published
            self.folder = folder
            self.replaced = replaced
            self.publication = publication
            self.unpublication = unpublication
            self.found = found
            self.download = download
            self.torrent = torrent
            self.identity = identity
            self.enqueued = enqueued
            self.transfers = transfers
            self.change = change
            self.limits = limits
            self.listings = listings
            self.downloadsHang = downloadsHang
        }
    }

    package let notices: AsyncStream<NodeNotice>
    private let script: Mutex<Script>
    private let asked = Mutex<[String]>([])
    /// A value for each download that has begun.
    package let downloads: AsyncStream<Void>
    private let begun: AsyncStream<Void>.Continuation
    /// A value for each of these that was cancelled.
    package let endings: AsyncStream<Void>
    private let ended: AsyncStream<Void>.Continuation

    package init(_ script: Script = Script()) {
        self.script = Mutex(script)
        notices = AsyncStream { $0.finish() }
        (downloads, begun) = AsyncStream.makeStream()
        (endings, ended) = AsyncStream.makeStream()
    }

    package var questions: [String] { asked.withLock { $0 } }

    func note(_ question: String) { asked.withLock { $0.append(question) } }
    var answers: Script { script.withLock { $0 } }

    package func signIn(user: String, password: String) async throws(NodeFailure) {
        note("signIn \(user) \(password)")
        let failure = script.withLock { $0.signIns.isEmpty ? nil : $0.signIns.removeFirst() }
        if let failure { throw failure }
    }

    package func signInAgain(user: String) async throws(NodeFailure) {
        note("signInAgain \(user)")
        let failure = script.withLock { $0.signIns.isEmpty ? nil : $0.signIns.removeFirst() }
        if let failure { throw failure }
    }

    package func checkInvitation(_ invite: String, user: String?) async throws(NodeFailure) {
        note("checkInvitation \(invite) \(user ?? "-")")
        let failure = script.withLock { $0.invitations.isEmpty ? nil : $0.invitations.removeFirst() }
        if let failure { throw failure }
    }

    package func join(invite: String, user: String, password: String) async throws(NodeFailure) {
        note("join \(invite) \(user) \(password)")
        let failure = script.withLock { $0.joinings.isEmpty ? nil : $0.joinings.removeFirst() }
        if let failure { throw failure }
    }

    package func status() async throws(NodeFailure) -> NodeStatus {
        if let failure = answers.leaving { throw failure }
        return NodeStatus(
            member: "hans", server: "example.org:12000", fingerprint: "0123", isServerThere: answers.isServerThere,
            port: 35_485)
    }

    package func activePeers() async throws(NodeFailure) -> [String] {
        note("activePeers")
        return try answers.peers.get()
    }

    package func openLinks() async throws(NodeFailure) -> [OpenLink] { answers.links }

    package func leave() async { note("leave") }

    package func published() async throws(NodeFailure) -> [PublishedFile] {
        note("published")
        return try answers.published.get()
    }

    package func publish(
        path: String, to audience: Audience?, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Publishing {
        note("publish \(path)\(Self.words(audience))")
        return Publishing(
            file: try answers.publication.get(), folder: answers.folder, replaced: answers.replaced)
    }

    package func unpublish(name: String) async throws(NodeFailure) {
        note("unpublish \(name)")
        if let failure = answers.unpublication { throw failure }
    }

    package func exportTorrent(name: String, to path: String) async throws(NodeFailure) -> ExportedTorrent {
        note("exportTorrent \(name) \(path)")
        return try answers.torrent.get()
    }

    package func importTorrent(
        path: String, content: String?, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Publishing {
        note("importTorrent \(path) \(content ?? "-")")
        return Publishing(file: try answers.publication.get(), folder: answers.folder)
    }

    package func exportIdentity(to folder: String, days: Int) async throws(NodeFailure) -> ExportedIdentity {
        note("exportIdentity \(folder) \(days)")
        return try answers.identity.get()
    }

    package func upload(
        _ bytes: any AsyncSequence<[UInt8], any Error> & Sendable, as name: String, in directory: String,
        to audience: Audience?
    ) async throws(NodeFailure) -> Publishing {
        if audience != nil, let failure = answers.asking { throw failure }
        var sum = 0
        do {
            for try await part in bytes { sum = part.reduce(sum) { $0 + Int($1) } }
        } catch { throw .notWritten(path: "\(directory)/\(name)", reason: "cut off") }
        note("upload \(name) \(directory) \(sum)\(Self.words(audience))")
        return Publishing(file: try answers.publication.get())
    }

    /// A million bytes that count, in parts.
    package func open(name: String, directory: String) async throws(NodeFailure) -> any FileStream {
        note("open \(name) \(directory)")
        if case .failure(let failure) = answers.download, name == "missing" { throw failure }
        return CountingStream(name: name)
    }

    private struct CountingStream: FileStream {
        let name: String
        let size: Int64 = 1_000_000

        func read(at offset: Int64, upTo length: Int) async throws(NodeFailure) -> [UInt8] {
            let end = min(size, offset + Int64(min(length, 100_000)))
            return (offset..<max(offset, end)).map { UInt8($0 % 251) }
        }

        func close() async {}
    }

    package func enqueue(_ request: DownloadRequest) async throws(NodeFailure) -> [TransferStatus] {
        note("enqueue \(request.name) \(request.output ?? "-") \(request.directory)")
        return try answers.enqueued.get()
    }

    package func transfers() async throws(NodeFailure) -> [TransferStatus] {
        answers.transfers
    }

    package func change(transfer: String, _ change: TransferChange) async throws(NodeFailure) -> TransferStatus {
        note("change \(transfer) \(change)")
        return try answers.change.get()
    }

    package func pieces(of transfer: String) async throws(NodeFailure) -> PieceMap {
        note("pieces \(transfer)")
        return PieceMap(
            pieceCount: 9, pieceLength: 16_384, states: Data([0xFF, 0x80]),
            sources: [PieceMap.Source(member: "yoda", path: .direct, pieces: Data([0xF0, 0]))])
    }

    package func limits() async throws(NodeFailure) -> NodeLimits { answers.limits }

    package func setLimits(_ limits: NodeLimits) async throws(NodeFailure) {
        note("setLimits")
        script.withLock { $0.limits = limits }
    }

    package func search(_ terms: SearchTerms) async throws(NodeFailure) -> [String] {
        note("search \(Self.text(of: terms))")
        return try answers.found.get()
    }

    package func share(path: String, to audience: Audience?) async throws(NodeFailure) {
        note("share \(path)\(Self.words(audience))")
        if let failure = answers.sharing { throw failure }
    }

    package func unshare(path: String) async throws(NodeFailure) {
        note("unshare \(path)")
        if let failure = answers.sharing { throw failure }
    }

    package func shares() async throws(NodeFailure) -> [ShareStatus] { answers.shares }

    /// The words, and the rest where there is any.
    private static func text(of terms: SearchTerms) -> String {
        var plain = SearchTerms(words: terms.words)
        if terms == plain { return terms.words.joined(separator: "|") }
        plain.ignoresCase = true
        if terms == plain { return "\(terms.words.joined(separator: "|")) (any case)" }
        return "\(terms)"
    }

    package func listings(matching terms: SearchTerms) async throws(NodeFailure) -> FoundListings {
        note("listings \(Self.text(of: terms))")
        return try answers.listings.get()
    }

    package func browse(member: String, folder: String?) async throws(NodeFailure) -> FoundListings {
        note("browse \(member) \(folder ?? "-")")
        return try answers.listings.get()
    }

    package func download(
        _ request: DownloadRequest, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> DownloadOutcome {
        let waits = request.waits == true ? " waiting" : ""
        let continued = request.isContinued == true ? " continued" : ""
        note("download \(request.name) \(request.output ?? "-") \(request.directory)\(waits)\(continued)")
        for step in answers.progress { progress(step) }
        if answers.downloadsHang {
            begun.yield()
            while !Task.isCancelled { await Task.yield() }
            ended.yield()
            throw .cancelled
        }
        return try answers.download.get()
    }
}
