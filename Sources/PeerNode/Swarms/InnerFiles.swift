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
    }

    struct File: Sendable {
        /// Absolute.
        let path: String
        let stamp: FileStamp
        /// To be told where the file is not that any more.
        let changed: @Sendable () async -> Void
    }

    private enum Job: Sendable {
        case load(Folder, @Sendable () async -> HashedFolder?, changed: @Sendable () async -> Void)
        case withdrawn
    }

    private struct State {
        /// With the contents that were found in it.
        var folders: [Folder: Set<ContentID>] = [:]
        var files: [ContentID: [Folder: File]] = [:]
        var contents: [TruncatedInfoHash: ContentID] = [:]

        /// Those that are in no other folder.
        mutating func remove(_ folder: Folder) -> (found: Set<ContentID>, gone: Set<ContentID>) {
            guard let found = folders.removeValue(forKey: folder) else { return ([], []) }
            var gone: Set<ContentID> = []
            for content in found {
                files[content]?[folder] = nil
                guard files[content]?.isEmpty == true else { continue }
                files[content] = nil
                gone.insert(content)
            }
            if !gone.isEmpty { contents = contents.filter { !gone.contains($0.value) } }
            return (found, gone)
        }
    }

    /// In bytes: smaller files are fetched with their folders only.
    private static let least: Int64 = 1 << 20
    /// Of one folder, the largest.
    private static let perFolder = 1_000
    /// More are not told to the directory.
    private static let limit = 10_000

    private let entries: HolderEntries
    private let certificate: [UInt8]
    private let stopServing: @Sendable (ContentID) -> Void
    private let state = Mutex(State())
    private let jobs: AsyncStream<Job>
    private let queue: AsyncStream<Job>.Continuation

    init(
        _ entries: HolderEntries, certificatePEM: String, stopServing: @escaping @Sendable (ContentID) -> Void
    ) {
        self.entries = entries
        certificate = Array(certificatePEM.utf8)
        self.stopServing = stopServing
        (jobs, queue) = AsyncStream.makeStream()
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
        load: @escaping @Sendable () async -> HashedFolder?
    ) {
        guard folder.content.size >= Self.least else { return }
        state.withLock { state in if state.folders[folder] == nil { state.folders[folder] = [] } }
        queue.yield(.load(folder, load, changed: changed))
    }

    /// It is not there any more, or not to be had.
    func withdraw(_ folder: Folder) {
        let (found, gone) = state.withLock { $0.remove(folder) }
        guard !found.isEmpty else { return }
        for content in found { entries.set(nil, of: content, by: .innerFile(folder)) }
        for content in gone { stopServing(content) }
        queue.yield(.withdrawn)
    }

    /// Finds the files of what is offered, and has the directory told, until ``end()``.
    func run() async {
        for await job in jobs {
            if case .load(let folder, let load, let changed) = job { await find(folder, load, changed) }
            await entries.tell()
        }
    }

    func end() { queue.finish() }

    private func find(
        _ folder: Folder, _ load: @Sendable () async -> HashedFolder?, _ changed: @escaping @Sendable () async -> Void
    ) async {
        func isOffered() -> Bool { state.withLock { $0.folders[folder] != nil } }
        guard isOffered(), let hashed = await load(), hashed.content == folder.content else { return }
        for number in Self.worthwhile(hashed.info.files.map(\.content)) {
            let entry = hashed.info.files[number]
            let inner = entry.path.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
            let file = File(path: "\(folder.path)/\(inner)", stamp: hashed.stamps[number], changed: changed)
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
                    by: .innerFile(folder))
            }
        }
    }
}
