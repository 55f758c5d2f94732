import Content
import DirectoryClient
import Library
import Logging
import NodeControl
import Wire

/// The folders that this member shares: keeps the disk, their record and the directory in agreement, and has hashed what
/// somebody asks for.
///
/// Three loops go on side by side, each woken by the one before: looking at the disk, telling the directory, hashing. Each
/// takes its work from the record, so that a program that ends anywhere goes on where it was.
actor Shares {
    struct Parts: Sendable {
        let user: UserName
        let client: DirectoryClient
        let folders: SharedFolders
        let certificatePEM: String
        let threads: NodeThreads
        /// Where this program keeps its own things.
        let ownState: String
        /// How often it is looked whether a folder is there.
        let checkInterval: Duration
        let notices: Notices
        /// Ends what is just being sent of a folder.
        let stopServing: @Sendable (_ folder: String) -> Void
        let restrictions: Restrictions
        let logger: Logger
    }

    let parts: Parts
    let certificate: [UInt8]
    /// Nil where the system gives none.
    let watch = try? FolderWatch()
    private var turns = Turns()
    /// As it was last read: counts are asked for when they are wanted.
    var list: [SharedFolder] = []
    /// By number: those that are not there.
    var away: Set<Int64> = []
    /// Those that have to be looked at as a whole.
    var unknown: Set<Int64> = []
    /// Folders, by their rows, in which something changed.
    var changed: Set<Int64> = []
    /// What the directory takes for served.
    var served: Set<PublicationID> = []
    var isServing = true
    /// By number: those of which a program told when it ended, to be told anew.
    var interrupted: Set<Int64> = []
    /// As the record has it.
    var isTelling = false
    var order = HashOrder()
    /// There are more names to tell than go at once: nothing is hashed meanwhile, unless somebody waits for it.
    var isBehind = false
    var arrears = Arrears()
    /// What was said to be passed over, by its paths.
    var toldOutOfReach: Set<String> = []
    /// What the directory refused, which was said.
    var isRefusalTold = false
    var pollDue = ContinuousClock.now
    let looks = Bell()
    let tells = Bell()
    let hashes = Bell()
    let wants = Bell()

    init(_ parts: Parts) {
        self.parts = parts
        certificate = Array(parts.certificatePEM.utf8)
    }

    // MARK: Life

    /// What the directory is to know before anybody may link.
    func begin() async {
        do {
            try await reload()
            interrupted = try await parts.folders.interrupted()
            isTelling = !interrupted.isEmpty
        } catch {
            parts.logger.error("Shared folders are not known", metadata: ["reason": "\(error)"])
        }
        unknown = Set(list.map(\.number))
        await noteAbsences()
        await reconcile()
        looks.ring()
        tells.ring()
    }

    /// Looks, tells and hashes, until ``end()``.
    func run() async {
        await withDiscardingTaskGroup { group in
            if let watch {
                group.addTask { await self.follow(watch) }
            }
            group.addTask { await self.keepChecking() }
            group.addTask { await self.keepTelling() }
            group.addTask { await self.keepHashing() }
            group.addTask { await self.keepHashingWanted() }
            await keepLooking()
            group.cancelAll()
            watch?.stop()
        }
    }

    func end() {
        for bell in [looks, tells, hashes, wants] { bell.end() }
        watch?.stop()
    }

    func reload() async throws {
        list = try await parts.folders.all()
        if !list.isEmpty { watch?.start() }
    }

    // MARK: What the member asks for

    /// - Parameter visibility: Nil for what it was; everybody, where it is new.
    func share(path: String, for visibility: Visibility?) async throws(NodeFailure) {
        await takeTurn()
        defer { turns.pass() }
        guard let absolute = AbsolutePath.of(path) else { throw .noSuchFolder(path: path) }
        do {
            // What a link leads to now is shared: where it leads later may be anywhere.
            let path = try await parts.threads.files.run { _ in Folders.real(absolute) }
            let name = try Self.name(of: path)
            try await reload()
            if let shared = list.first(where: { $0.path == path }) {
                if let visibility { try await show(shared, to: visibility) }
                return
            }
            if let other = list.first(where: { $0.overlaps(path) }) {
                throw NodeFailure.shareOverlaps(path: path, other: other.path)
            }
            guard !isShared(name) else { throw NodeFailure.sharedAlready(name: name.text) }
            let place = try await parts.threads.files.run { [ownState = parts.ownState] _ in
                do {
                    return try SharedFolders.place(path, named: name, ownState: ownState)
                } catch let failure as FileFailure where failure.reason == .notAFolder && ExistingFile.isAny(path) {
                    throw NodeFailure.notAFolder(path: path)
                }
            }
            let visibility = try await makeRoom(for: name, visibility)
            if let visibility { try await publish(name, for: visibility) }
            try await parts.folders.add(place, for: visibility)
            try await reload()
        } catch let failure as FileFailure {
            throw failure.whileSharing
        } catch {
            throw failure(error)
        }
        unknown.formUnion(list.filter { $0.publication == nil }.map(\.number))
        tells.ring()
        looks.ring()
    }

    /// Throws ``NodeFailure/notShared(path:)`` where it is not, or not any more.
    func show(_ name: FileName, to visibility: Visibility) async throws(NodeFailure) {
        await takeTurn()
        defer { turns.pass() }
        do {
            try await reload()
            guard let folder = list.first(where: { $0.name == name }) else {
                throw NodeFailure.notShared(path: name.text)
            }
            try await show(folder, to: visibility)
        } catch {
            throw failure(error)
        }
    }

    /// What is shared already is for others from now on.
    private func show(_ folder: SharedFolder, to visibility: Visibility) async throws {
        // Whoever is given of it just now may not be any more, whether or not the answer comes.
        if visibility != .everybody, let id = folder.publication { try await parts.restrictions.note([(id, true)]) }
        try await publish(
            folder.name, for: visibility, areOthers: visibility.shutsOut(anyOf: folder.visibility ?? .everybody))
        try await parts.folders.note(visibility, of: folder)
        try await reload()
    }

    /// Lists the folder itself, before anything in it is: a name that nobody has is refused at once, and nothing is seen
    /// by others in between.
    private func publish(_ name: FileName, for visibility: Visibility, areOthers: Bool = false) async throws {
        let draft = PublicationDraft(name: name, visibility: visibility, content: nil, isParent: true)
        switch try await parts.client.publish([draft]).first {
        case .published(let id):
            try await parts.restrictions.note([(id, visibility != .everybody)], areOthers: areOthers)
        case .refused(let refusal):
            if let name = visibility.unknownReader(refusal) { throw NodeFailure.noSuchReader(name) }
            throw refusal
        case nil: throw DirectoryRefusal.internalError
        }
    }

    /// Two folders that are shared at once must see each other.
    private func takeTurn() async {
        guard !turns.take() else { return }
        await withCheckedContinuation { turns.wait($0) }
    }

    /// A folder that was shared under the name from elsewhere gives way, as what is published anew does.
    ///
    /// - Returns: For whom the new one is: what was asked for, or what it was.
    private func makeRoom(for name: FileName, _ visibility: Visibility?) async throws -> Visibility? {
        guard let other = try await parts.client.published().first(where: { $0.name == name }) else {
            return visibility
        }
        guard other.isParent else { throw NodeFailure.publishedAlready(name: name.text) }
        // A name that nobody has is refused before anything is gone.
        if let visibility { try await publish(name, for: visibility) }
        _ = try await parts.client.unpublish([name])
        return visibility ?? other.visibility
    }

    func unshare(path: String) async throws(NodeFailure) {
        await takeTurn()
        defer { turns.pass() }
        do {
            try await reload()
            let absolute = AbsolutePath.of(path)
            let real = try await parts.threads.files.run { _ in absolute.map(Folders.real) }
            let here = list.first { $0.path == absolute || $0.path == real }
            guard let folder = here ?? list.first(where: { $0.name.text == path })
            else { throw NodeFailure.notShared(path: path) }
            if let id = folder.publication {
                try await parts.client.serve(add: [], remove: [id])
                served.remove(id)
            }
            try await parts.folders.remove(folder, watch)
            parts.stopServing(folder.path)
            try await reload()
        } catch {
            throw failure(error)
        }
        tells.ring()
    }

    func statuses() async throws(NodeFailure) -> [ShareStatus] {
        do { try await reload() } catch { throw NodeFailure(ofState: error) }
        return list.map {
            ShareStatus(
                path: $0.path, fileCount: Int($0.fileCount), unhashedCount: Int($0.unhashedCount),
                bytesToHash: $0.unhashedBytes, isAway: away.contains($0.number),
                audience: Audience($0.visibility ?? .everybody))
        }
    }

    func isShared(_ name: FileName) -> Bool { list.contains { $0.name == name } }

    private static func name(of path: String) throws(NodeFailure) -> FileName {
        guard let last = path.pathParts.last, last != ".." else {
            throw .isDirectory(path: path)
        }
        do {
            return try FileName(last)
        } catch .tooLong(let byteCount) {
            throw .nameTooLong(name: last, bytes: byteCount)
        } catch {
            throw .nameInvalid(name: last)
        }
    }

    private func failure(_ error: any Error) -> NodeFailure {
        switch error {
        case let failure as DirectoryClientFailure: NodeFailure(failure, user: parts.user)
        case let failure as FileFailure: failure.whileSharing
        case let refusal as DirectoryRefusal: NodeFailure(refusal, user: parts.user)
        default: NodeFailure(ofState: error)
        }
    }
}

extension FileFailure {
    fileprivate var whileSharing: NodeFailure {
        switch reason {
        case .missing, .notAFolder: .noSuchFolder(path: path)
        default: whileReading
        }
    }
}

/// Wakes one loop: however often it is rung meanwhile, the loop wakes once.
struct Bell: Sendable {
    let rings: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func ring() { continuation.yield() }
    func end() { continuation.finish() }
}
