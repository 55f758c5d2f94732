import Content
import Library
import Logging
import Synchronization
import Wire

/// Folders that this member has, or is about to have, without having published them: others may fetch them from here.
/// What ``Holdings`` is for files; those that are whole are kept over restarts, and so are their ``InnerFiles`` offered.
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

    /// More are not told to the directory.
    private static let limit = 1_000

    private let entries: HolderEntries
    private let inner: InnerFiles
    private let held: HeldFolders
    private let threads: NodeThreads
    private let logger: Logger
    private let state = Mutex<[Place: Holding]>([:])

    init(
        _ entries: HolderEntries, _ inner: InnerFiles, record: PublishedFiles, threads: NodeThreads, logger: Logger
    ) {
        self.entries = entries
        self.inner = inner
        held = HeldFolders(beside: record)
        self.threads = threads
        self.logger = logger
    }

    // MARK: What is here

    /// What peers ask for by an info-hash, where it is held.
    func content(for hash: TruncatedInfoHash) -> ContentID? {
        state.withLock { $0.keys.first { InfoHash($0.content.root).truncated == hash } }?.content
    }

    /// Of all contents, or of one.
    func whole(of content: ContentID? = nil) -> [Place] {
        state.withLock { holdings in
            holdings.filter { $0.value.isWhole && content ?? $0.key.content == $0.key.content }.keys
                .sorted { $0.path < $1.path }
        }
    }

    /// By which it was fetched.
    func origin(of place: Place) -> PublicationID? { state.withLock { $0[place]?.origin } }

    func isWhole(_ place: Place) -> Bool { state.withLock { $0[place]?.isWhole == true } }

    /// What a whole folder was when it was fetched.
    func folder(at place: Place) async -> HashedFolder? {
        guard let folder = try? await held.folder(at: place.path), folder.content == place.content else { return nil }
        return folder
    }

    // MARK: Changes

    /// Takes in what was held when the program last ended, as far as it is there. Whether each file is still what it was is
    /// looked at when somebody asks for it.
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
                set(Holding(origin: folder.origin, isWhole: true), at: place)
            }
        } catch {
            logger.warning("Folders that were fetched before are not served", metadata: ["reason": "\(error)"])
        }
    }

    /// A folder, or a part of it, is about to come: what is there of it is served from its first piece on.
    ///
    /// - Parameter origin: the publication through which it is fetched.
    func begin(_ place: Place, origin: PublicationID) async {
        // What was whole there is gone, or there would be nothing to fetch.
        await drop(place)
        set(Holding(origin: origin), at: place)
        await entries.tell()
    }

    /// All of the folder is there now. False where nobody is to know.
    func finish(_ folder: HashedFolder, at place: Place) async -> Bool {
        guard let origin = state.withLock({ $0[place]?.origin }) else { return false }
        do {
            try await held.store(HeldFolder(content: place.content, origin: origin, path: place.path), folder)
        } catch {
            logger.warning("A folder that was fetched is not served", metadata: ["reason": "\(error)"])
            return false
        }
        set(Holding(origin: origin, isWhole: true), at: place)
        await entries.tell()
        return true
    }

    /// It is not there any more, or will not be.
    func drop(_ place: Place) async {
        if isWhole(place) { try? await held.remove(place.path) }
        set(nil, at: place)
        await entries.tell()
    }

    private func set(_ holding: Holding?, at place: Place) {
        state.withLock { holdings in
            guard holding == nil || holdings[place] != nil || holdings.count < Self.limit else { return }
            let former = holdings[place]
            holdings[place] = holding
            let entry = holding.map { HolderEntry(content: place.content, origin: $0.origin, isWhole: $0.isWhole) }
            entries.set(entry, of: place.content, by: .heldFolder(path: place.path))
            if let former, former.isWhole { inner.withdraw(Self.folder(former, place)) }
            guard let holding, holding.isWhole else { return }
            inner.offer(Self.folder(holding, place)) { [weak self] in
                await self?.drop(place)
            } load: { [held] in
                try await held.folder(at: place.path)
            }
        }
    }

    private static func folder(_ holding: Holding, _ place: Place) -> InnerFiles.Folder {
        InnerFiles.Folder(content: place.content, path: place.path, origin: holding.origin)
    }
}
