import Content
import DirectoryClient
import Library
import Logging
import Synchronization
import Wire

/// What this member has, or is about to have, without having published it: others may fetch it from here.
///
/// The directory is told of each, as a holder entry: no publication, in no list, only among the sources of a content.
/// Files that are whole are kept over restarts.
final class Holdings: Sendable {
    /// A file that was fetched whole.
    struct File: Hashable, Sendable {
        let path: String
        let stamp: FileStamp
    }

    private struct Holding {
        let origin: PublicationID
        let infoHash: TruncatedInfoHash
        /// Nil while it is fetched.
        var file: File?
    }

    private struct State {
        var holdings: [ContentID: Holding] = [:]
        var isServing = true

        func entry(_ content: ContentID) -> HolderEntry? {
            guard isServing, let holding = holdings[content] else { return nil }
            return HolderEntry(content: content, origin: holding.origin, isWhole: holding.file != nil)
        }
    }

    /// More are not told to the directory.
    private static let limit = 10_000

    private let client: DirectoryClient
    private let files: HeldFiles
    private let record: PublishedFiles
    private let certificate: [UInt8]
    private let threads: NodeThreads
    private let logger: Logger
    private let state = Mutex(State())

    init(
        client: DirectoryClient, record: PublishedFiles, certificatePEM: String, threads: NodeThreads, logger: Logger
    ) {
        self.client = client
        self.record = record
        files = HeldFiles(beside: record)
        certificate = Array(certificatePEM.utf8)
        self.threads = threads
        self.logger = logger
    }

    /// What peers ask for by an info-hash, where it is held.
    func content(for hash: TruncatedInfoHash) -> ContentID? {
        state.withLock { $0.holdings.first { $0.value.infoHash == hash }?.key }
    }

    func file(of content: ContentID) -> File? { state.withLock { $0.holdings[content]?.file } }

    /// Takes in what was held when the program last ended, as far as it still is what it was, and tells the directory.
    func restore() async {
        do {
            for held in try await files.all() {
                let isThere = try await threads.files.run { _ in (try? FileStamp(path: held.path)) == held.stamp }
                guard isThere, let hash = infoHash(of: held.content) else {
                    try await files.remove(held.content)
                    continue
                }
                let file = File(path: held.path, stamp: held.stamp)
                state.withLock { state in
                    guard state.holdings[held.content] == nil, state.holdings.count < Self.limit else { return }
                    state.holdings[held.content] = Holding(origin: held.origin, infoHash: hash, file: file)
                }
            }
        } catch {
            logger.warning("What was fetched before is not served", metadata: ["reason": "\(error)"])
        }
        await announce()
    }

    private func infoHash(of content: ContentID) -> TruncatedInfoHash? {
        InfoDictionary.canonical(content, certificate: certificate)?.infoHash.truncated
    }

    /// A content is about to come: what is there of it is served from its first piece on.
    ///
    /// - Parameters:
    ///   - hash: What peers ask for it by.
    ///   - origin: the publication through which it is fetched.
    func begin(_ content: ContentID, infoHash hash: TruncatedInfoHash, origin: PublicationID) async {
        let entry = state.withLock { state -> HolderEntry? in
            guard state.holdings[content] == nil, state.holdings.count < Self.limit else { return nil }
            state.holdings[content] = Holding(origin: origin, infoHash: hash)
            return state.entry(content)
        }
        if let entry { await tell(add: [entry]) }
    }

    /// All of it is here now. False where nobody is to know.
    func finish(_ layer: PieceLayer, as file: File) async -> Bool {
        let content = layer.content
        let (origin, entry) = state.withLock { state in
            state.holdings[content]?.file = file
            return (state.holdings[content]?.origin, state.entry(content))
        }
        guard let origin else { return false }
        do {
            try await files.store(
                HeldFile(content: content, origin: origin, path: file.path, stamp: file.stamp), layer)
        } catch {
            logger.warning("What was fetched is served until the end only", metadata: ["reason": "\(error)"])
        }
        if let entry { await tell(add: [entry]) }
        return true
    }

    /// What was about to come will not.
    func abandon(_ content: ContentID) async {
        let isPartial = state.withLock { $0.holdings[content].map { $0.file == nil } ?? false }
        if isPartial { await drop(content) }
    }

    /// It is not here any more.
    func drop(_ content: ContentID) async {
        let (former, isServing) = state.withLock { ($0.holdings.removeValue(forKey: content), $0.isServing) }
        guard let former else { return }
        if former.file != nil { try? await files.remove(content) }
        if isServing { await tell(add: [], remove: [content]) }
    }

    /// Whether others get anything from here; the directory is told.
    func setServing(_ isServing: Bool) async {
        let (changes, contents) = state.withLock { state in
            defer { state.isServing = isServing }
            return (state.isServing != isServing, Array(state.holdings.keys))
        }
        guard changes else { return }
        if isServing { await announce() } else if !contents.isEmpty { await tell(add: [], remove: contents) }
    }

    /// Tells the directory everything, after a login: it forgets what a member holds when he goes.
    func announce() async {
        let entries = state.withLock { state in state.holdings.keys.compactMap { state.entry($0) } }
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
