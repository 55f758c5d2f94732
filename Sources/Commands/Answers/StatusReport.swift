import NodeControl
import Terminal

/// What `status` says.
struct StatusReport: Codable, Hashable, Sendable {
    var member: String
    /// `host:port`
    var server: String
    /// Where that is, or the one of the network's servers that is in its place; nil where it says so itself.
    var at: String?
    var fingerprint: String
    var isServerThere: Bool
    /// Of TCP, where others reach this computer.
    var port: Int
    /// By which it goes out; nil for none.
    var proxy: String?
    /// How many others are online. Nil where the server does not say.
    var peers: Int?
    /// A folder counts as one, also one that is shared. Nil where the server does not say.
    var published: Int?
    /// Folders that are shared from this computer, and the files in them.
    var shares: Int
    var sharedFiles: Int
    /// Downloads by what they do.
    var active: Int
    var queued: Int
    var waiting: Int
    var paused: Int
    var failed: Int
    var finished: Int
    var limits: NodeLimits

    init(
        node: NodeStatus, peers: Int?, published: Int?, shares: [ShareStatus], transfers: [TransferStatus],
        limits: NodeLimits
    ) {
        member = node.member
        server = node.server
        at = node.at
        fingerprint = node.fingerprint
        isServerThere = node.isServerThere
        port = node.port
        proxy = node.proxy
        self.peers = peers
        self.published = published
        self.shares = shares.count
        sharedFiles = shares.map(\.fileCount).reduce(0, +)
        active = transfers.count { $0.state == .active }
        queued = transfers.count { $0.state == .queued }
        waiting = transfers.count { $0.state == .waiting }
        paused = transfers.count { $0.state == .paused }
        finished = transfers.count { $0.state == .finished }
        failed = transfers.count - active - queued - waiting - paused - finished
        self.limits = limits
    }

    var lines: [String] {
        let states = [
            ("active", active), ("queued", queued), ("waiting", waiting), ("paused", paused), ("failed", failed),
            ("finished", finished),
        ]
        let downloads = states.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
        let unknown = "not known"
        let folders = HumanUnits.counted(shares, "folder")
        let shared =
            shares == 0 ? "" : ", and \(HumanUnits.counted(sharedFiles, "file")) in \(folders) shared from here"
        var lines = [
            "member:     \(SafeText(member))",
            "server:     \(SafeText(server))\(at.map { " (at \(SafeText($0)))" } ?? "")\(isServerThere ? "" : " (does not answer)")",
            "network:    \(SafeText(fingerprint))",
            "listening:  TCP port \(port)",
        ]
        if let proxy { lines.append("proxy:      \(SafeText(proxy))") }
        return lines + [
            "online:     \(peers.map { HumanUnits.counted($0, "other") } ?? unknown)",
            "published:  \(published.map { "\($0)" } ?? unknown)\(shared)",
            "downloads:  \(downloads.isEmpty ? "none" : downloads)",
            "up:         \(DialogueLines.limitText(limits.upward))\(limits.upward == 0 ? " (nothing is served)" : "")",
            "down:       \(DialogueLines.limitText(limits.downward))",
        ]
    }
}
