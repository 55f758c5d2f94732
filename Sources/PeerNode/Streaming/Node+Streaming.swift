package import NodeControl

/// Files are read while they come.
extension Node: NodeStreaming {
    package func open(name: String, directory: String) async throws(NodeFailure) -> any FileStream {
        try await Streaming(session: member()).open(name, in: directory)
    }
}
