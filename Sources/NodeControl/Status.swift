/// Who a node is, and where.
package struct NodeStatus: Codable, Hashable, Sendable {
    package var member: String
    /// `host:port` of the directory.
    package var server: String
    /// Of the network's key.
    package var fingerprint: String
    package var isServerThere: Bool
    /// Of TCP, where others reach it.
    package var port: Int

    package init(member: String, server: String, fingerprint: String, isServerThere: Bool, port: Int) {
        self.member = member
        self.server = server
        self.fingerprint = fingerprint
        self.isServerThere = isServerThere
        self.port = port
    }
}
