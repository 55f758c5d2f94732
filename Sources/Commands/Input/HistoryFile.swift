import FoundationEssentials
import Glibc

/// The commands typed before, one a line, readable by their owner only. Several shells may append at once.
package struct HistoryFile: Sendable {
    /// Lines kept from one start to the next.
    package static let most = 1000

    private let path: String

    package init(path: String) { self.path = path }

    /// `$XDG_STATE_HOME/bittrickle/history`
    package static func standard(environment: [String: String]) -> HistoryFile? {
        if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") {
            return HistoryFile(path: "\(state)/bittrickle/history")
        }
        return environment["HOME"].map { HistoryFile(path: "\($0)/.local/state/bittrickle/history") }
    }

    /// The newest ``most`` lines, oldest first; the file is cut to them where it has grown far beyond.
    package func load() -> [String] {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return [] }
        let all = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        let newest = Array(all.suffix(Self.most))
        if all.count > 2 * Self.most { replace(with: newest) }
        return newest
    }

    /// A history that cannot be written is not worth a word to a person who shares files.
    package func append(_ line: String) {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        if mkdir(folder, 0o700) != 0, errno == ENOENT {
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        fchmod(descriptor, 0o600)
        let bytes = Array((line + "\n").utf8)
        _ = write(descriptor, bytes, bytes.count)
    }

    private func replace(with lines: [String]) {
        let temporary = "\(path).\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        let isWhole = write(descriptor, bytes, bytes.count) == bytes.count
        close(descriptor)
        if !isWhole || rename(temporary, path) != 0 { unlink(temporary) }
    }
}
