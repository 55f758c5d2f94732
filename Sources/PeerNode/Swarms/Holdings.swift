import Content
import DirectoryClient
import Library
import Logging
import Synchronization
import Wire

/// What this member has, or is about to have, without having published it: others may fetch it from here.
///
/// The directory is told of each, as a holder entry: no publication, in no list, only among the sources of a content.
final class Holdings: Sendable {
    /// A file that was fetched whole.
    struct File: Hashable, Sendable {
        let path: String
        let stamp: FileStamp
        let layer: PieceLayer
    }

    private struct Holding {
        let origin: PublicationID
        let infoHash: TruncatedInfoHash
        /// Nil while it is fetched.
        var file: File?
    }

    /// More are not told to the directory.
    private static let limit = 10_000

    private let client: DirectoryClient
    private let logger: Logger
    private let state = Mutex<[ContentID: Holding]>([:])

    init(client: DirectoryClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// What peers ask for by an info-hash, where it is held.
    func content(for hash: TruncatedInfoHash) -> ContentID? {
        state.withLock { $0.first { $0.value.infoHash == hash }?.key }
    }

    func file(of content: ContentID) -> File? { state.withLock { $0[content]?.file } }

    /// A content is about to come: what is there of it is served from its first piece on.
    ///
    /// - Parameters:
    ///   - hash: What peers ask for it by.
    ///   - origin: the publication through which it is fetched.
    func begin(_ content: ContentID, infoHash hash: TruncatedInfoHash, origin: PublicationID) async {
        let isNew = state.withLock { state in
            guard state[content] == nil, state.count < Self.limit else { return false }
            state[content] = Holding(origin: origin, infoHash: hash)
            return true
        }
        if isNew { await tell(add: [HolderEntry(content: content, origin: origin, isWhole: false)]) }
    }

    /// All of it is here now. False where nobody is to know.
    func finish(_ content: ContentID, as file: File) async -> Bool {
        let origin = state.withLock { state -> PublicationID? in
            state[content]?.file = file
            return state[content]?.origin
        }
        guard let origin else { return false }
        await tell(add: [HolderEntry(content: content, origin: origin, isWhole: true)])
        return true
    }

    /// It is not here any more, or will not be.
    func drop(_ content: ContentID) async {
        guard state.withLock({ $0.removeValue(forKey: content) }) != nil else { return }
        await tell(add: [], remove: [content])
    }

    /// Tells the directory everything, after a login: it forgets what a member holds when he goes.
    func announce() async {
        let entries = state.withLock { state in
            state.map { HolderEntry(content: $0.key, origin: $0.value.origin, isWhole: $0.value.file != nil) }
        }
        if !entries.isEmpty { await tell(add: entries) }
    }

    private func tell(add: [HolderEntry], remove: [ContentID] = []) async {
        do {
            try await client.hold(add: add, remove: remove)
        } catch {
            // What the directory does not know costs others a source, until the next login.
            logger.info("The directory does not know what is held here", metadata: ["reason": "\(error)"])
        }
    }
}
