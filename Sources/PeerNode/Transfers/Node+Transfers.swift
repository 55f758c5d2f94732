package import NodeControl

/// The queue of downloads, and what the node gives and takes.
extension Node {
    package func enqueue(_ request: DownloadRequest) async throws(NodeFailure) -> TransferStatus? {
        try await member().transfers.enqueue(request)
    }

    package func transfers() async throws(NodeFailure) -> [TransferStatus] { try await member().transfers.list() }

    package func change(
        transfer: String, _ change: TransferChange
    ) async throws(NodeFailure) -> TransferStatus {
        try await member().transfers.change(transfer, change)
    }

    package func limits() async throws(NodeFailure) -> NodeLimits { try await member().transfers.currentLimits() }

    package func setLimits(_ limits: NodeLimits) async throws(NodeFailure) {
        precondition(limits.arePossible, "faces know the ranges")
        try await member().transfers.set(limits)
    }
}
