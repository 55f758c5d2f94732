/// Who a node is, and where.
package struct NodeStatus: Codable, Hashable, Sendable {
    package var member: String
    /// `host:port` of the directory.
    package var server: String
    /// Where that is, or the other server of the network at which this node is in its place: `address:port`. Nil where that is
    /// the same as ``server``.
    package var at: String?
    /// Of the network's key.
    package var fingerprint: String
    package var isServerThere: Bool
    /// Of TCP, where others reach it.
    package var port: Int
    /// Through which it goes out, without who uses it; nil where it was started without one.
    package var proxy: String?

    package init(
        member: String, server: String, at: String? = nil, fingerprint: String, isServerThere: Bool, port: Int,
        proxy: String? = nil
    ) {
        self.member = member
        self.server = server
        self.at = at
        self.fingerprint = fingerprint
        self.isServerThere = isServerThere
        self.port = port
        self.proxy = proxy
    }
}
