import Content
import DirectoryClient
import Library
import Logging
import Synchronization
import Wire

/// Folders that this member has, or is about to have, without having published them: others may fetch them from here.
/// What ``Holdings`` is for files; those that are whole are kept over restarts.
///
/// The directory knows a content, whoever of those here has it: it is told of the best, and when the last is gone.
final class FolderHoldings: Sendable {
    /// Where a folder, or a part of one, is put. Two of one content have nothing to do with each other.
    struct Place: Hashable, Sendable {
        let content: ContentID
        /// Absolute.
        let path: String
    }

    private struct Holding {
        let origin: PublicationID
        /// All of the folder, under its name.
        var isWhole = false
    }

    private struct State {
        var holdings: [Place: Holding] = [:]
        var isServing = true

        /// What the directory is told of a content; nil for nothing.
        func entry(_ content: ContentID) -> HolderEntry? {
            guard isServing else { return nil }
            let best = holdings.filter { $0.key.content == content }
                .min { (!$0.value.isWhole ? 1 : 0, $0.key.path) < (!$1.value.isWhole ? 1 : 0, $1.key.path) }
            return best.map { HolderEntry(content: content, origin: $0.value.origin, isWhole: $0.value.isWhole) }
        }

        var entries: [HolderEntry] { Set(holdings.keys.map(\.content)).compactMap(entry) }
    }

    /// More are not told to the directory.
    private static let limit = 1_000

    private let client: DirectoryClient
    private let held: HeldFolders
    private let threads: NodeThreads
    private let logger: Logger
    private let state = Mutex(State())

    init(client: DirectoryClient, record: PublishedFiles, threads: NodeThreads, logger: Logger) {
        self.client = client
        held = HeldFolders(beside: record)
        self.threads = threads
        self.logger = logger
    }

    // MARK: What is here

    /// What peers ask for by an info-hash, where it is held.
    func content(for hash: TruncatedInfoHash) -> ContentID? {
        state.withLock { $0.holdings.keys.first { InfoHash($0.content.root).truncated == hash } }?.content
    }

    /// Of all contents, or of one.
    func whole(of content: ContentID? = nil) -> [Place] {
        state.withLock { state in
            state.holdings.filter { $0.value.isWhole && content ?? $0.key.content == $0.key.content }.keys
                .sorted { $0.path < $1.path }
        }
    }

    /// Whether others get all of it from here.
    func isServed(_ content: ContentID) -> Bool { state.withLock { $0.entry(content)?.isWhole == true } }

    func isWhole(_ place: Place) -> Bool { state.withLock { $0.holdings[place]?.isWhole == true } }

    /// What a whole folder was when it was fetched.
    func folder(at place: Place) async -> HashedFolder? {
        guard let folder = try? await held.folder(at: place.path), folder.content == place.content else { return nil }
        return folder
    }

    // MARK: Changes

    /// Takes in what was held when the program last ended, as far as it is there, and tells the directory. Whether each
    /// file is still what it was is looked at when somebody asks for it.
    func restore() async {
        do {
            for folder in try await held.all() {
                guard try await threads.files.run({ _ in Folders.isFolder(folder.path) }) else {
                    // One that is merely out of reach, with the disk that it is on, is not forgotten.
                    let stamp = try await held.folder(at: folder.path)?.stamps.first
                    let isGone = try await threads.files.run { _ in
                        stamp.map { FileFailure(.missing, path: folder.path).meansGone($0) } ?? true
                    }
                    if isGone { try await held.remove(folder.path) }
                    continue
                }
                let place = Place(content: folder.content, path: folder.path)
                state.withLock { state in
                    guard state.holdings[place] == nil, state.holdings.count < Self.limit else { return }
                    state.holdings[place] = Holding(origin: folder.origin, isWhole: true)
                }
            }
        } catch {
            logger.warning("Folders that were fetched before are not served", metadata: ["reason": "\(error)"])
        }
        await announce()
    }

    /// A folder, or a part of it, is about to come: what is there of it is served from its first piece on.
    ///
    /// - Parameter origin: the publication through which it is fetched.
    func begin(_ place: Place, origin: PublicationID) async {
        // What was whole there is gone, or there would be nothing to fetch.
        await drop(place)
        await change(place.content) { state in
            guard state.holdings.count < Self.limit else { return }
            state.holdings[place] = Holding(origin: origin)
        }
    }

    /// All of the folder is there now. False where nobody is to know.
    func finish(_ folder: HashedFolder, at place: Place) async -> Bool {
        guard let origin = state.withLock({ $0.holdings[place]?.origin }) else { return false }
        do {
            try await held.store(HeldFolder(content: place.content, origin: origin, path: place.path), folder)
        } catch {
            logger.warning("A folder that was fetched is not served", metadata: ["reason": "\(error)"])
            return false
        }
        await change(place.content) { $0.holdings[place]?.isWhole = true }
        return true
    }

    /// It is not there any more, or will not be.
    func drop(_ place: Place) async {
        if isWhole(place) { try? await held.remove(place.path) }
        await change(place.content) { $0.holdings[place] = nil }
    }

    // MARK: What the directory is told

    /// Whether others are to get anything from here.
    func setServing(_ isServing: Bool) async {
        let (former, entries) = state.withLock { state in
            let former = state.entries
            state.isServing = isServing
            return (former, state.entries)
        }
        if entries.isEmpty, !former.isEmpty { await tell(add: [], remove: former.map(\.content)) }
        if former.isEmpty, !entries.isEmpty { await tell(add: entries) }
    }

    /// Tells the directory everything, after a login: it forgets what a member holds when he goes.
    func announce() async {
        let entries = state.withLock { $0.entries }
        if !entries.isEmpty { await tell(add: entries) }
    }

    /// Changes what is held of a content, and tells the directory what that makes of it.
    private func change(_ content: ContentID, _ body: (inout State) -> Void) async {
        let (former, entry) = state.withLock { state in
            let former = state.entry(content)
            body(&state)
            return (former, state.entry(content))
        }
        guard entry != former else { return }
        await tell(add: entry.map { [$0] } ?? [], remove: entry == nil ? [content] : [])
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
