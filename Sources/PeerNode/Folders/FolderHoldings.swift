import Content
import DirectoryClient
import Library
import Logging
import Synchronization
import Wire

/// Folders that this member has, or is about to have, without having published them: others may fetch them from here.
/// What ``Holdings`` is for files.
final class FolderHoldings: Sendable {
    /// A folder that was fetched whole.
    struct Folder: Sendable {
        let path: String
        let hashed: HashedFolder
    }

    private struct Holding {
        let origin: PublicationID
        /// Nil while it is fetched.
        var folder: Folder?
    }

    private struct State {
        var holdings: [ContentID: Holding] = [:]
        var isServing = true

        var entries: [HolderEntry] {
            holdings.map { HolderEntry(content: $0.key, origin: $0.value.origin, isWhole: $0.value.folder != nil) }
        }
    }

    /// More are not told to the directory; each holds its info dictionary in memory.
    private static let limit = 64

    private let client: DirectoryClient
    private let logger: Logger
    private let state = Mutex(State())

    init(client: DirectoryClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// What peers ask for by an info-hash, where it is held.
    func content(for hash: TruncatedInfoHash) -> ContentID? {
        state.withLock { $0.holdings.keys.first { InfoHash($0.root).truncated == hash } }
    }

    func folder(of content: ContentID) -> Folder? { state.withLock { $0.holdings[content]?.folder } }
    var whole: [Folder] { state.withLock { $0.holdings.values.compactMap(\.folder) } }

    /// A folder is about to come: what is there of it is served from its first piece on.
    ///
    /// - Parameter origin: the publication through which it is fetched.
    func begin(_ content: ContentID, origin: PublicationID) async {
        let isTold = state.withLock { state in
            guard state.holdings[content] == nil, state.holdings.count < Self.limit else { return false }
            state.holdings[content] = Holding(origin: origin)
            return state.isServing
        }
        if isTold { await tell(add: [HolderEntry(content: content, origin: origin, isWhole: false)]) }
    }

    /// All of it is here now. False where nobody is to know.
    func finish(_ folder: Folder) async -> Bool {
        let content = folder.hashed.content
        let origin = state.withLock { state -> PublicationID? in
            state.holdings[content]?.folder = folder
            return state.isServing ? state.holdings[content]?.origin : nil
        }
        guard let origin else { return false }
        await tell(add: [HolderEntry(content: content, origin: origin, isWhole: true)])
        return true
    }

    /// It is not here any more, or will not be.
    func drop(_ content: ContentID) async {
        guard state.withLock({ $0.holdings.removeValue(forKey: content) }) != nil else { return }
        await tell(add: [], remove: [content])
    }

    /// Whether others are to get anything from here.
    func setServing(_ isServing: Bool) async {
        let (entries, isChange) = state.withLock { state in
            defer { state.isServing = isServing }
            return (state.entries, state.isServing != isServing)
        }
        guard isChange, !entries.isEmpty else { return }
        await tell(add: isServing ? entries : [], remove: isServing ? [] : entries.map(\.content))
    }

    /// Tells the directory everything, after a login: it forgets what a member holds when he goes.
    func announce() async {
        let entries = state.withLock { $0.isServing ? $0.entries : [] }
        if !entries.isEmpty { await tell(add: entries) }
    }

    private func tell(add: [HolderEntry], remove: [ContentID] = []) async {
        // unstructured: whoever was cancelled has most to take back
        await Task { await self.send(add, remove) }.value
    }

    private func send(_ add: [HolderEntry], _ remove: [ContentID]) async {
        do {
            try await client.hold(add: add, remove: remove)
        } catch {
            // What the directory does not know costs others a source, until the next login.
            logger.info("The directory does not know what is held here", metadata: ["reason": "\(error)"])
        }
    }
}
