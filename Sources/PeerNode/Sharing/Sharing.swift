import Content
import DirectoryClient
import Library
import Logging
import NodeControl
import Wire

/// What this member publishes: keeps files, their record and the directory in agreement.
///
/// Invariant: what ``SharedContents`` holds is recorded, published, and was unchanged when last looked at;
/// peers are served from nothing else. Changes of the three together have their turns, one after the other.
actor Sharing {
    let user: UserName
    let client: DirectoryClient
    let record: PublishedFiles
    let threads: NodeThreads
    /// Where this program keeps its own things.
    let ownState: String
    /// How often what is published is looked at.
    let checkInterval: Duration
    let notices: Notices
    let logger: Logger

    var shared: SharedContents
    /// Of what is not for everybody, as the directory last had it.
    var visibilities: [FileName: Visibility] = [:]
    let restrictions: Restrictions
    let inner: InnerFiles
    /// Whether others are to get anything from here.
    private(set) var isServing = true
    private var arrears = Arrears()
    private var turns = Turns()
    private let stopServing: @Sendable (_ content: ContentID, _ path: String) -> Void
    private var queued: Set<FileName> = []
    private let changes: AsyncStream<FileName>
    private let queue: AsyncStream<FileName>.Continuation

    init(
        user: UserName, client: DirectoryClient, record: PublishedFiles, certificatePEM: String, threads: NodeThreads,
        ownState: String, checkInterval: Duration, notices: Notices, inner: InnerFiles, restrictions: Restrictions,
        stopServing: @escaping @Sendable (_ content: ContentID, _ path: String) -> Void, logger: Logger
    ) {
        self.user = user
        self.client = client
        self.record = record
        self.threads = threads
        self.ownState = ownState
        self.checkInterval = checkInterval
        self.notices = notices
        self.inner = inner
        self.restrictions = restrictions
        self.stopServing = stopServing
        self.logger = logger
        shared = SharedContents(certificatePEM: certificatePEM)
        (changes, queue) = AsyncStream.makeStream()
    }

    /// Looks for changes, and hashes again what was found changed, one file at a time, until ``end()``.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watch() }
            for await name in changes {
                queued.remove(name)
                await hashAgain(name)
            }
            group.cancelAll()
        }
    }

    /// Nothing is served any more.
    func end() {
        queue.finish()
        for file in shared.all {
            stopServing(file.content, file.path)
            restrictions.remove(file.content, .published(file.name))
        }
        shared.removeAll()
    }

    // MARK: Changes

    func exclusively<Value: Sendable>(_ work: () async throws -> Value) async rethrows -> Value {
        if !turns.take() { await withCheckedContinuation { turns.wait($0) } }
        defer { turns.pass() }
        return try await work()
    }

    func fellBehind() { arrears.grow() }
    func isUpToDate() { arrears = Arrears() }

    /// The directory answers: what it could not be told is told now, unless that failed a moment ago.
    ///
    /// - Parameter isBack: it was away, so what failed before says nothing.
    func catchUp(isBack: Bool = false) async {
        if arrears.isDue(isBack: isBack) { await reconcile() }
    }

    /// Has a file hashed again, and its publication put right. Each is queued once.
    func hashLater(_ name: FileName) {
        if queued.insert(name).inserted { queue.yield(name) }
    }

    /// Puts a file among those that are served.
    func share(_ file: LocalFile) {
        if let former = shared[file.name], former.isServed(like: file) { return }
        unshare(file.name)
        shared.insert(file)
        restrictions.insert(file.content, .published(file.name), file.publication)
        guard let folder = Self.folder(file) else { return }
        inner.offer(folder) { [weak self] in
            await self?.foundChanged(file)
        } load: { [record] in
            try await record.folder(named: file.name)
        }
    }

    /// Takes a name from what is served; uploads of its content end, unless another name has it too.
    func unshare(_ name: FileName) {
        guard let file = shared.remove(name) else { return }
        restrictions.remove(file.content, .published(name))
        if !shared.isShared(file.content) { stopServing(file.content, file.path) }
        if let folder = Self.folder(file) { inner.withdraw(folder) }
    }

    /// Nil for what is no folder.
    private static func folder(_ file: LocalFile) -> InnerFiles.Folder? {
        guard file.content.kind == .folder, let origin = file.publication else { return nil }
        return InnerFiles.Folder(content: file.content, path: file.path, origin: origin)
    }

    // MARK: Serving

    /// What is published stays so, and can be had from here or cannot: the directory is told.
    func setServing(_ isServing: Bool) async {
        guard isServing != self.isServing else { return }
        self.isServing = isServing
        guard !isServing else { return await reconcile() }
        do {
            try await client.serve(add: [], remove: shared.publications)
        } catch {
            logger.info("The directory takes what is not served for served", metadata: ["reason": "\(error)"])
        }
    }

    func files(for hash: TruncatedInfoHash) -> [LocalFile] { shared[hash] }

    /// Whether a content can be had from here under a name.
    func isShared(_ content: ContentID, as name: FileName) -> Bool { shared[name]?.content == content }

    /// A file is not the one that was hashed: it is not served from this moment on.
    func foundChanged(_ file: LocalFile) {
        guard let current = shared[file.name], current.stamp == file.stamp, current.content == file.content else {
            return
        }
        logger.info("A published file changed", metadata: ["name": "\(file.name)"])
        unshare(file.name)
        hashLater(file.name)
    }

    func isShared(_ content: ContentID) -> Bool { shared.isShared(content) }
}

/// Whether there is something that the directory could not be told, and when it is tried again: later and
/// later, where it is the directory that does not take it.
struct Arrears: Sendable {
    private var failures = 0
    private var due: ContinuousClock.Instant?

    mutating func grow(at now: ContinuousClock.Instant = .now) {
        failures += 1
        due = now + .seconds(1 << min(failures - 1, 8))
    }

    func isDue(isBack: Bool, at now: ContinuousClock.Instant = .now) -> Bool {
        due.map { isBack || $0 <= now } ?? false
    }
}
