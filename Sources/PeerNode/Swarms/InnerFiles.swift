import Content
import Library
import Logging
import Synchronization
import Wire

/// The larger files of the folders that are here whole, published or held: each is a content of its own, which others
/// fetch from here whatever they call it.
///
/// Which files these are is looked up behind whoever offers a folder, one folder after the other.
final class InnerFiles: Sendable {
    /// Where a folder is, and through which publication it came or is listed.
    struct Folder: Hashable, Sendable {
        let content: ContentID
        /// Absolute.
        let path: String
        let origin: PublicationID

        fileprivate var claim: HolderEntries.Claim { .innerFile(folder: path, origin: origin) }
    }

    struct File: Sendable {
        /// Absolute.
        let path: String
        let stamp: FileStamp
        /// Of the folder.
        let origin: PublicationID
        /// To be told where the file is not that any more.
        let changed: @Sendable () async -> Void
    }

    private struct Offer: Sendable {
        let folder: Folder
        let changed: @Sendable () async -> Void
        let load: @Sendable () async throws -> HashedFolder?
    }

    private struct State {
        /// With the contents that were found in it.
        var folders: [Folder: Set<ContentID>] = [:]
        var files: [ContentID: [Folder: File]] = [:]
        var contents: [TruncatedInfoHash: ContentID] = [:]

        /// The files that were found in it.
        mutating func remove(_ folder: Folder) -> [ContentID: File] {
            guard let found = folders.removeValue(forKey: folder) else { return [:] }
            var removed: [ContentID: File] = [:]
            for content in found {
                removed[content] = files[content]?.removeValue(forKey: folder)
                if files[content]?.isEmpty == true { files[content] = nil }
            }
            contents = contents.filter { files[$0.value] != nil }
            return removed
        }
    }

    /// In bytes: smaller files are fetched with their folders only.
    private static let least: Int64 = 1 << 20
    /// Of one folder, the largest.
    private static let perFolder = 1_000
    /// More are not told to the directory.
    private static let limit = 5_000

    private let entries: HolderEntries
    private let certificate: [UInt8]
    private let logger: Logger
    private let stopServing: @Sendable (_ content: ContentID, _ path: String) -> Void
    private let state = Mutex(State())
    private let offers: AsyncStream<Offer>
    private let queue: AsyncStream<Offer>.Continuation
    private let withdrawals: AsyncStream<Void>
    private let withdrawal: AsyncStream<Void>.Continuation

    init(
        _ entries: HolderEntries, certificatePEM: String, logger: Logger,
        stopServing: @escaping @Sendable (_ content: ContentID, _ path: String) -> Void
    ) {
        self.entries = entries
        certificate = Array(certificatePEM.utf8)
        self.logger = logger
        self.stopServing = stopServing
        (offers, queue) = AsyncStream.makeStream()
        (withdrawals, withdrawal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Which of these are worth being a source of: the largest, if large enough.
    static func worthwhile(_ contents: some RandomAccessCollection<ContentID>) -> [Int] {
        contents.enumerated().filter { $0.element.size >= least }
            .sorted { ($0.element.size, $1.offset) > ($1.element.size, $0.offset) }
            .prefix(perFolder).map(\.offset)
    }

    // MARK: What is here

    /// What peers ask for by an info-hash, where it is here.
    func content(for hash: TruncatedInfoHash) -> ContentID? { state.withLock { $0.contents[hash] } }

    func files(of content: ContentID) -> [File] {
        state.withLock { ($0.files[content] ?? [:]).values.sorted { $0.path < $1.path } }
    }

    // MARK: Changes

    /// A folder is here, in which others may look for files.
    ///
    /// - Parameters:
    ///   - changed: to be told where a file of it is not what it was.
    ///   - load: what it was when it was hashed.
    func offer(
        _ folder: Folder, changed: @escaping @Sendable () async -> Void,
        load: @escaping @Sendable () async throws -> HashedFolder?
    ) {
        guard folder.content.size >= Self.least else { return }
        state.withLock { state in if state.folders[folder] == nil { state.folders[folder] = [] } }
        queue.yield(Offer(folder: folder, changed: changed, load: load))
    }

    /// It is not there any more, or not to be had.
    func withdraw(_ folder: Folder) {
        let removed = state.withLock { state in
            let removed = state.remove(folder)
            for content in removed.keys { entries.set(nil, of: content, by: folder.claim) }
            return removed
        }
        for (content, file) in removed { stopServing(content, file.path) }
        withdrawal.yield()
    }

    /// Folders are for others than before, and so are the files in them.
    func reconsider() async { await entries.reconsider() }

    /// Finds the files of what is offered, and has the directory told, until ``end()``.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { for await _ in self.withdrawals { await self.entries.tell() } }
            for await offer in offers {
                await find(offer)
                await entries.tell()
            }
        }
    }

    /// Nothing more is looked up.
    func end() {
        state.withLock { $0 = State() }
        queue.finish()
        withdrawal.finish()
    }

    private func find(_ offer: Offer) async {
        let folder = offer.folder
        guard state.withLock({ $0.folders[folder] != nil }) else { return }
        let hashed: HashedFolder?
        do { hashed = try await offer.load() } catch {
            return logger.warning(
                "Files of a folder are found only with it",
                metadata: ["path": "\(folder.path)", "reason": "\(error)"])
        }
        guard let hashed, hashed.content == folder.content else { return }
        for number in Self.worthwhile(hashed.info.files.map(\.content)) {
            let entry = hashed.info.files[number]
            let file = File(
                path: Folders.path(entry.path, below: folder.path), stamp: hashed.stamps[number],
                origin: folder.origin, changed: offer.changed)
            guard let hash = InfoHashes.canonical(entry.content, certificate: certificate) else { continue }
            state.withLock { state in
                guard state.folders[folder] != nil,
                    state.files[entry.content] != nil || state.files.count < Self.limit
                else { return }
                state.folders[folder]?.insert(entry.content)
                state.files[entry.content, default: [:]][folder] = file
                state.contents[hash] = entry.content
                entries.set(
                    HolderEntry(content: entry.content, origin: folder.origin, isWhole: true), of: entry.content,
                    by: folder.claim)
            }
        }
    }
}
