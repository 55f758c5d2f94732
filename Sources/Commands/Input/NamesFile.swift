import FoundationEssentials
import Glibc
import PeerNode

/// The names that the Tab key offers, kept for a member from one command to the next; readable by their owner only.
///
/// They are a convenience: what cannot be read or written is not worth a word.
package struct NamesFile: Sendable {
    /// Longer ones are not read.
    private static let mostBytes = 4 << 20

    private let path: String

    package init(path: String) { self.path = path }

    init(of local: LocalNode) { path = local.names }

    init(of network: JoinedNetwork, state: String) {
        self.init(of: LocalNode(stateDirectory: state, network: network.pin, member: network.user))
    }

    /// The one of all networks that former versions kept.
    static func removeFormer(state: String) { NamesFile(path: "\(state)/names").remove() }

    package func load() -> Names.Kept? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_size <= Self.mostBytes else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
        let count = read(descriptor, &bytes, bytes.count)
        guard count == bytes.count else { return nil }
        return try? JSONDecoder().decode(Names.Kept.self, from: Data(bytes))
    }

    func remove() { unlink(path) }

    /// Replaces what is there, in the member's folder, which must be there.
    package func save(_ names: Names.Kept) {
        guard let bytes = (try? JSONEncoder().encode(names)).map({ Array($0) }), bytes.count <= Self.mostBytes else {
            return
        }
        let temporary = "\(path).\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return }
        let isWhole = write(descriptor, bytes, bytes.count) == bytes.count
        close(descriptor)
        if !isWhole || rename(temporary, path) != 0 { unlink(temporary) }
    }
}
