package import NIOCore
import NIOHTTP1
package import NodeControl
import Synchronization

/// A node of another process, by its Unix socket: the daemon's, or that of a command which came first; and when that ends, the
/// one that has its place.
package final class RemoteNode: NodeControl {
    let client: ControlClient
    /// What relative paths start from; absolute.
    private let workingFolder: String
    /// For what a node that works answers at once, however slow the machine.
    private let patience: TimeAmount
    private let examinationLimit: TimeAmount

    /// - Parameters:
    ///   - examinationLimit: In which a node that works has examined all there is, also on a slow machine.
    ///   - renew: Returns when another node answers at the socket, where the one that did has ended. With it calls go on there
    ///     that may be made twice, or that nobody heard; without it they throw ``NodeFailure/nodeAway``. All others throw
    ///     ``NodeFailure/nodeLeft``.
    package init(
        socket: String, workingFolder: String, patience: TimeAmount = .seconds(8),
        examinationLimit: TimeAmount = .seconds(30), renew: (@Sendable () async throws(NodeFailure) -> Void)? = nil
    ) {
        client = ControlClient(socket: socket, renew: renew)
        self.workingFolder = workingFolder
        self.patience = patience
        self.examinationLimit = examinationLimit
    }

    /// How a node takes it that somebody comes.
    package enum Reception: Hashable, Sendable {
        /// It is there, and stays for now.
        case answered
        /// It is not there, or about to end.
        case away
        /// It takes connections and says nothing, as one does that was stopped.
        case silent
    }

    /// Asks for no more than a sign of life.
    package var reception: Reception { get async { await client.reception(within: patience) } }

    /// Has it leave for one that stays, and says whether it does; whoever used it goes on with that.
    package func giveWay() async -> Bool {
        do throws(NodeFailure) { try await client.perform(.POST, "/give-way") } catch {
            // It may have ended before it could say so.
            return [.nodeAway, .nodeLeft].contains(error)
        }
        return true
    }

    /// Where a browser finds the node's page; nil where it has none.
    package func webAddress() async throws(NodeFailure) -> String? {
        try? await client.get("/web", as: WebAddress.self).url
    }

    /// A path as the other process understands it.
    func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "\(workingFolder)/\(path)" }

    static func part(_ name: String) -> String { PercentEncoding.encode(name) }
}

// MARK: NodeMembership

extension RemoteNode {
    package func checkInvitation(_ invite: String, user: String?) async throws(NodeFailure) { throw try await inUse() }

    package func join(invite: String, user: String, password: String) async throws(NodeFailure) {
        throw try await inUse()
    }

    package func signIn(user: String, password: String) async throws(NodeFailure) { throw try await inUse() }

    /// It is somebody's already: this asks whether it is his.
    package func signInAgain(user: String) async throws(NodeFailure) {
        guard try await status().member != user else { return }
        throw try await inUse()
    }

    private func inUse() async throws(NodeFailure) -> NodeFailure {
        .onlineElsewhere(user: try await status().member, place: "another program on this computer")
    }

    package func status() async throws(NodeFailure) -> NodeStatus {
        try await client.get("/status", as: StatusBody.self).status
    }

    /// The same where it comes at once; for who goes on without it.
    package func promptStatus() async -> NodeStatus? {
        try? await client.call(.GET, "/status", as: StatusBody.self, patience: patience).status
    }

    /// Throws ``NodeFailure/nodeAway`` for a node that hangs, too.
    package func examine(_ request: ExaminationRequest) async throws(NodeFailure) -> Examination {
        var request = request
        request.directory = request.directory.map(absolute)
        return try await client.call(
            .POST, "/examinations", request, as: Examination.self, patience: examinationLimit)
    }

    package func activePeers() async throws(NodeFailure) -> [String] {
        try await client.get("/peers", as: PeersBody.self).peers
    }

    package func openLinks() async throws(NodeFailure) -> [OpenLink] {
        try await client.get("/links", as: LinksBody.self).links
    }

    /// The node stays; only the connection to it ends.
    package func leave() async {
        await client.close()
    }

    package var notices: AsyncStream<NodeNotice> {
        let (stream, continuation) = AsyncStream.makeStream(of: NodeNotice.self, bufferingPolicy: .bufferingNewest(256))
        // unstructured: a stream has no parent; whoever stops listening ends it
        let reading = Task {
            defer { continuation.finish() }
            try await client.events { name, value in
                guard name == "notice", let notice = try? JSON.decode(NodeNotice.self, from: value) else { return }
                continuation.yield(notice)
            }
        }
        continuation.onTermination = { _ in reading.cancel() }
        return stream
    }
}

// MARK: NodePublishing, NodeSearching, NodeInterchange, NodeUploads

extension RemoteNode {
    package func published() async throws(NodeFailure) -> [PublishedFile] {
        try await client.get("/published", as: PublishedBody.self).published
    }

    package func publish(
        path: String, to audience: Audience?, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Publishing {
        try await client.lines(
            "/published", OfferBody(path: absolute(path), audience: audience), as: Publishing.self, progress: progress)
    }

    package func show(name: String, to audience: Audience) async throws(NodeFailure) {
        guard !name.isEmpty else { throw .notPublished(name: name) }
        try await client.perform(.PUT, "/published/\(Self.part(name))/audience", audience)
    }

    package func unpublish(name: String) async throws(NodeFailure) {
        guard !name.isEmpty else { throw .notPublished(name: name) }
        try await client.perform(.DELETE, "/published/\(Self.part(name))")
    }

    package func search(_ terms: SearchTerms) async throws(NodeFailure) -> [String] {
        try await client.get("/search?\(SearchParameters.query(terms, Self.part))", as: NamesBody.self).names
    }

    package func listings(matching terms: SearchTerms) async throws(NodeFailure) -> FoundListings {
        try await client.get("/listings?\(SearchParameters.query(terms, Self.part))", as: FoundListings.self)
    }

    package func browse(member: String, folder: String?) async throws(NodeFailure) -> FoundListings {
        let query = folder.map { "?folder=\(Self.part($0))" } ?? ""
        return try await client.get("/peers/\(Self.part(member))/publications\(query)", as: FoundListings.self)
    }

    package func share(path: String, to audience: Audience?) async throws(NodeFailure) {
        try await client.perform(.POST, "/shares", OfferBody(path: absolute(path), audience: audience))
    }

    package func ask(for name: String) async throws(NodeFailure) {
        try await client.perform(.POST, "/asks", NameBody(name: name))
    }

    package func check(_ audience: Audience) async throws(NodeFailure) {
        try await client.perform(.POST, "/audiences", audience)
    }

    package func asks() async throws(NodeFailure) -> Asks { try await client.get("/asks", as: Asks.self) }

    package func answer(ask: Int64, _ verdict: AskVerdict) async throws(NodeFailure) {
        try await client.perform(.POST, "/asks/\(ask)", VerdictBody(answer: verdict))
    }

    package func unshare(path: String) async throws(NodeFailure) {
        let known = path.contains("/") ? [] : try await shares().map(\.path)
        // A word is the name of one in the network, unless it is a folder's that is meant here.
        let isName = !path.contains("/") && !known.contains(absolute(path))
        try await client.perform(.DELETE, "/shares?path=\(Self.part(isName ? path : absolute(path)))")
    }

    package func shares() async throws(NodeFailure) -> [ShareStatus] {
        try await client.get("/shares", as: SharesBody.self).shares
    }

    package func exportTorrent(name: String, to path: String) async throws(NodeFailure) -> ExportedTorrent {
        try await client.call(
            .POST, "/torrents", TorrentBody(name: name, path: absolute(path)), as: ExportedTorrent.self)
    }

    package func importTorrent(
        path: String, content: String?, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> Publishing {
        try await client.lines(
            "/imports", ImportBody(path: absolute(path), content: content.map(absolute)), as: Publishing.self,
            progress: progress)
    }

    package func exportIdentity(to folder: String, days: Int) async throws(NodeFailure) -> ExportedIdentity {
        try await client.call(
            .POST, "/identities", IdentityBody(folder: absolute(folder), days: days), as: ExportedIdentity.self)
    }
}

// MARK: NodeDownloading, NodeTransfers

extension RemoteNode {
    package func download(
        _ request: DownloadRequest, progress: @escaping @Sendable (NodeProgress) -> Void
    ) async throws(NodeFailure) -> DownloadOutcome {
        let request = located(request)
        let hasBegun = Atomic(false)
        let again = {
            var again = request
            // The next node has it from the record, and may be there for nobody else.
            again.waits = true
            if hasBegun.load(ordering: .relaxed) { again.isContinued = true }
            return again
        }
        return try await client.lines("/downloads", request, again: again, as: DownloadOutcome.self) { step in
            if step.activity == .downloading { hasBegun.store(true, ordering: .relaxed) }
            progress(step)
        }
    }

    package func enqueue(_ request: DownloadRequest) async throws(NodeFailure) -> [TransferStatus] {
        try await client.call(.POST, "/transfers", located(request), as: TransfersBody.self).transfers
    }

    private func located(_ request: DownloadRequest) -> DownloadRequest {
        var located = request
        located.directory = absolute(request.directory)
        return located
    }

    package func transfers() async throws(NodeFailure) -> [TransferStatus] {
        try await client.get("/transfers", as: TransfersBody.self).transfers
    }

    package func change(transfer: String, _ change: TransferChange) async throws(NodeFailure) -> TransferStatus {
        guard !transfer.isEmpty else { throw .noSuchTransfer(transfer) }
        return try await client.call(.POST, "/transfers/\(Self.part(transfer))", change, as: TransferStatus.self)
    }

    package func pieces(of transfer: String) async throws(NodeFailure) -> PieceMap {
        guard !transfer.isEmpty else { throw .noSuchTransfer(transfer) }
        return try await client.get("/transfers/\(Self.part(transfer))/pieces", as: PieceMap.self)
    }

    package func limits() async throws(NodeFailure) -> NodeLimits {
        try await client.get("/limits", as: NodeLimits.self)
    }

    package func setLimits(_ limits: NodeLimits) async throws(NodeFailure) {
        try await client.perform(.PUT, "/limits", limits)
    }
}
