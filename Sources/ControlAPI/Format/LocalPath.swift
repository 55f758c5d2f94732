import Hummingbird

/// Paths in requests are those of the node's computer. The node's working folder means nothing to whoever asks.
enum LocalPath {
    static func checked(_ path: String) throws -> String {
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
            throw HTTPError(.badRequest, message: "paths are absolute")
        }
        return path
    }
}
