import FoundationEssentials
import Glibc
import Logging
import NodeControl
import PeerNode
import Wire

/// A member without a face, for `make bench-share`: reads a question a line, and answers each with a line, so that what a
/// node does with a large library can be measured from outside.
@main struct ShareBench {
    private static let usage = "share-bench HOST:PORT MEMBER PASSWORD STATE-FOLDER"

    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count == 4, let server = try? HostPort(parsing: words[0]) else {
            say(usage)
            return
        }
        let configuration = NodeConfiguration(server: server, stateDirectory: words[3])
        let node = Node(
            configuration, logger: Logger(label: "share-bench") { StreamLogHandler.standardError(label: $0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await node.run() }
            guard try await node.connect().trusted != nil else {
                say("the network is not known")
                return await node.leave()
            }
            try await node.signIn(user: words[1], password: words[2])
            say("ready")
            while let line = readLine() {
                do throws(NodeFailure) { say(try await answer(line, node, words[3])) } catch { say("failed: \(error)") }
            }
            await node.leave()
        }
    }

    /// At once: whoever asked waits for the line.
    private static func say(_ text: String) {
        let line = Array("\(text)\n".utf8)
        _ = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
    }

    private static func answer(_ line: String, _ node: Node, _ folder: String) async throws(NodeFailure) -> String {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count > 1 ? words[1] : ""
        switch words.first {
        case "share":
            try await node.share(path: rest)
            return "ok"
        case "unshare":
            try await node.unshare(path: rest)
            return "ok"
        case "status": return json(try await node.shares())
        case "search": return json(try await node.listings(matching: rest).listings.map(\.name))
        case "get":
            let outcome = try await node.download(DownloadRequest(name: rest, directory: folder)) { _ in }
            return json(outcome)
        default: return "share PATH, unshare PATH, status, search TEXT or get NAME"
        }
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "unsayable"
    }
}
