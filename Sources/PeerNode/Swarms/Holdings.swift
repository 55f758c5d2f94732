import Content
import Library
import Logging
import Synchronization
import Wire

/// Files that this member has, or is about to have, without having published them: others may fetch them from here. The
/// directory is told of each, see ``HolderEntries``. Those that are whole are kept over restarts.
final class Holdings: Sendable {
    /// A file that was fetched whole.
    struct File: Hashable, Sendable {
        let path: String
        let stamp: FileStamp
    }

    private struct Holding {
        let origin: PublicationID
        /// Under which it was fetched or exported.
        var names: Set<FileName>
        /// Nil while it is fetched.
        var file: File?
        /// Downloads that began and did not end: into several folders there are several.
        var fetching = 0
    }

    private struct State {
        private(set) var holdings: [ContentID: Holding] = [:]
        /// What peers ask for them by.
        private(set) var contents: [TruncatedInfoHash: ContentID] = [:]

        mutating func began(_ content: ContentID) { holdings[content]?.fetching += 1 }

        /// Whether nobody fetches it any more, and it is not here.
        mutating func ended(_ content: ContentID) -> Bool {
            guard let holding = holdings[content] else { return false }
            holdings[content]?.fetching = max(0, holding.fetching - 1)
            return holding.file == nil && holding.fetching <= 1
        }

        mutating func insert(_ holding: Holding, _ content: ContentID, _ hashes: Set<TruncatedInfoHash>) {
            holdings[content] = holding
            for hash in hashes { contents[hash] = content }
        }

        mutating func setFile(_ file: File, of content: ContentID) { holdings[content]?.file = file }

        /// False where it is not held, has the name already, or too many.
        mutating func add(_ name: FileName, to content: ContentID, _ hashes: Set<TruncatedInfoHash>) -> Bool {
            guard let names = holdings[content]?.names, names.count < Holdings.nameLimit, !names.contains(name) else {
                return false
            }
            holdings[content]?.names.insert(name)
            for hash in hashes { contents[hash] = content }
            return true
        }

        mutating func remove(_ content: ContentID, hashes: (Set<FileName>) -> Set<TruncatedInfoHash>) -> Holding? {
            guard let holding = holdings.removeValue(forKey: content) else { return nil }
            for hash in hashes(holding.names) { contents[hash] = nil }
            return holding
        }
    }

    /// More are not told to the directory.
    private static let limit = 10_000
    /// Of which what came as part of a folder leaves some to what was asked for by itself.
    private static let limitForParts = 5_000
    /// One content is asked for by the torrents of so many names at most.
    private static let nameLimit = 64

    private let entries: HolderEntries
    private let files: HeldFiles
    private let record: PublishedFiles
    private let certificate: [UInt8]
    private let threads: NodeThreads
    private let logger: Logger
    private let state = Mutex(State())

    init(
        _ entries: HolderEntries, record: PublishedFiles, certificatePEM: String, threads: NodeThreads, logger: Logger
    ) {
        self.entries = entries
        self.record = record
        files = HeldFiles(beside: record)
        certificate = Array(certificatePEM.utf8)
        self.threads = threads
        self.logger = logger
    }

    /// What peers ask for by an info-hash, where it is held.
    func content(for hash: TruncatedInfoHash) -> ContentID? {
        state.withLock { $0.contents[hash] }
    }

    func file(of content: ContentID) -> File? { state.withLock { $0.holdings[content]?.file } }

    /// With the publication through which it was fetched.
    func heldFile(of content: ContentID) -> (file: File, origin: PublicationID)? {
        state.withLock { state in
            guard let holding = state.holdings[content], let file = holding.file else { return nil }
            return (file, holding.origin)
        }
    }

    /// Takes in what was held when the program last ended, as far as it still is what it was.
    func restore() async {
        do {
            for held in try await files.all() {
                guard try await isThere(held) else { continue }
                let file = File(path: held.path, stamp: held.stamp)
                let hashes = infoHashes(held.content, held.names)
                state.withLock { state in
                    guard state.holdings[held.content] == nil, state.holdings.count < Self.limit else { return }
                    state.insert(
                        Holding(origin: held.origin, names: held.names, file: file), held.content, hashes)
                    claim(held.content, in: state)
                }
            }
        } catch {
            logger.warning("What was fetched before is not served", metadata: ["reason": "\(error)"])
        }
    }

    /// Whether the file is what it was. One that is not is forgotten, but for one that is merely out of reach.
    private func isThere(_ held: HeldFile) async throws -> Bool {
        let (isThere, isGone) = try await threads.files.run { _ -> (Bool, Bool) in
            do throws(FileFailure) {
                return (try FileStamp(path: held.path) == held.stamp, true)
            } catch {
                return (false, error.meansGone(held.stamp))
            }
        }
        if !isThere, isGone { try await files.remove(held.content) }
        return isThere
    }

    private func infoHashes(_ content: ContentID, _ names: Set<FileName>) -> Set<TruncatedInfoHash> {
        InfoHashes.of(content, named: names, certificate: certificate)
    }

    /// A content is about to come: what is there of it is served from its first piece on, to whoever asks by its canonical
    /// info-hash or by that of the torrent of this name.
    ///
    /// - Parameter origin: the publication through which it is fetched.
    func begin(_ content: ContentID, named name: FileName, origin: PublicationID) async {
        let hashes = infoHashes(content, [name])
        let isOther = state.withLock { state in
            defer { state.began(content) }
            guard state.holdings[content] == nil else { return state.add(name, to: content, hashes) }
            guard state.holdings.count < Self.limit else { return false }
            state.insert(Holding(origin: origin, names: [name]), content, hashes)
            claim(content, in: state)
            return false
        }
        if isOther { await keep(name, of: content) }
        await entries.tell()
    }

    /// A torrent of this name was written: what is held is served to whoever asks by it. False where it is not held.
    func exported(_ content: ContentID, as name: FileName) async -> Bool {
        let hashes = infoHashes(content, [name])
        let (isHeld, isNew) = state.withLock { state in
            let isNew = state.add(name, to: content, hashes)
            let holding = state.holdings[content]
            return (holding?.file != nil && holding?.names.contains(name) == true, isNew)
        }
        if isNew { await keep(name, of: content) }
        return isHeld && entries.isServing
    }

    private func keep(_ name: FileName, of content: ContentID) async {
        do {
            try await files.add(name, to: content)
        } catch {
            logger.warning("A name is answered to until the end only", metadata: ["reason": "\(error)"])
        }
    }

    /// All of it is here now. False where nobody is to know.
    func finish(_ layer: PieceLayer, as file: File) async -> Bool {
        let content = layer.content
        let holding = state.withLock { state in
            state.setFile(file, of: content)
            _ = state.ended(content)
            claim(content, in: state)
            return state.holdings[content]
        }
        guard let holding else { return false }
        do {
            try await files.store([(Self.held(content, holding, file), layer)])
        } catch {
            logger.warning("What was fetched is served until the end only", metadata: ["reason": "\(error)"])
        }
        await entries.tell()
        return true
    }

    /// Files that came as parts of something are here now; what is held already stays as it is.
    ///
    /// - Parameter origin: the publication through which they were fetched.
    func take(_ found: [(content: ContentID, file: File)], origin: PublicationID) async {
        let taken = state.withLock { state in
            found.compactMap { content, file -> HeldFile? in
                guard state.holdings[content] == nil, state.holdings.count < Self.limitForParts else { return nil }
                let holding = Holding(origin: origin, names: [], file: file)
                state.insert(holding, content, infoHashes(content, []))
                claim(content, in: state)
                return Self.held(content, holding, file)
            }
        }
        do {
            try await files.store(taken.map { ($0, nil) })
        } catch {
            logger.warning("What was fetched is served until the end only", metadata: ["reason": "\(error)"])
        }
        await entries.tell()
    }

    private static func held(_ content: ContentID, _ holding: Holding, _ file: File) -> HeldFile {
        HeldFile(
            content: content, origin: holding.origin, path: file.path, stamp: file.stamp, names: holding.names)
    }

    /// What was about to come will not. Once for each ``begin(_:named:origin:)`` that did not ``finish(_:as:)``.
    func abandon(_ content: ContentID) async {
        if state.withLock({ $0.ended(content) }) { await drop(content) }
    }

    /// It is not here any more.
    func drop(_ content: ContentID) async {
        let former = state.withLock { state in
            defer { claim(content, in: state) }
            return state.remove(content) { infoHashes(content, $0) }
        }
        guard let former else { return }
        if former.file != nil { try? await files.remove(content) }
        await entries.tell()
    }

    private func claim(_ content: ContentID, in state: State) {
        let entry = state.holdings[content].map {
            HolderEntry(content: content, origin: $0.origin, isWhole: $0.file != nil)
        }
        entries.set(entry, of: content, by: .heldFile)
    }
}
