package import NodeControl
import Wire

extension Node {
    package func share(path: String, to audience: Audience?) async throws(NodeFailure) {
        try await member().shares.share(path: path, for: Visibility.of(audience))
    }

    package func unshare(path: String) async throws(NodeFailure) { try await member().shares.unshare(path: path) }

    package func shares() async throws(NodeFailure) -> [ShareStatus] { try await member().shares.statuses() }
}
