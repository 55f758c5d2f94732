import Content
import FoundationEssentials
package import NodeControl
import Transfer
import Wire

/// The queue of downloads, and what the node gives and takes.
extension Node {
    package func enqueue(_ request: DownloadRequest) async throws(NodeFailure) -> [TransferStatus] {
        let transfers = try member().transfers
        do throws(NodeFailure) {
            return try await transfers.enqueue(request).map { [$0] } ?? []
        } catch .sharedFolder(let name) {
            return try await FolderOfOthersDownload(request, of: name, transfers).enqueue()
        }
    }

    package func transfers() async throws(NodeFailure) -> [TransferStatus] { try await queue().list() }

    package func change(
        transfer: String, _ change: TransferChange
    ) async throws(NodeFailure) -> TransferStatus {
        try await queue().change(transfer, change)
    }

    package func pieces(of transfer: String) async throws(NodeFailure) -> PieceMap {
        let session = try member()
        guard let content = try await session.transfers.content(of: transfer),
            let view = await session.swarms[content]?.view()
        else { return .none }
        return PieceMap(
            pieceCount: view.geometry.pieceCount, pieceLength: Int(view.geometry.pieceLength),
            states: Data(view.held),
            sources: view.peers.map { peer in
                PieceMap.Source(member: peer.member.text, path: LinkKind(peer.path), pieces: Data(peer.pieces))
            })
    }

    package func limits() async throws(NodeFailure) -> NodeLimits { try await queue().currentLimits() }

    package func setLimits(_ limits: NodeLimits) async throws(NodeFailure) {
        precondition(limits.arePossible, "faces know the ranges")
        try await queue().set(limits)
    }
}
