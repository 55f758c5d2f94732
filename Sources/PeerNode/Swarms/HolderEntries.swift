package import Content
package import Logging
import Synchronization
package import Wire

/// What the directory is told that this member has, or is about to have, without having published it: of each content the
/// best of what is here of it, and when the last is gone, that. A holder entry is no publication: it is in no list, only
/// among the sources of a content.
package final class HolderEntries: Sendable {
    /// Who says that a content is here: of one content there may be several.
    package enum Claim: Hashable, Sendable {
        case heldFile
        case heldFolder(path: String)
        /// In a folder that is here whole.
        case innerFile(folder: String, origin: PublicationID)
    }

    private struct State {
        var claims: [ContentID: [Claim: HolderEntry]] = [:]
        /// What the directory was told last.
        var told: [ContentID: HolderEntry] = [:]
        /// Of what ``told`` may be out of date.
        var changed: Set<ContentID> = []
        /// Of what it is not known whether the directory heard it: it is told again, whatever that was.
        var unheard: Set<ContentID> = []
        var isServing = true
        /// What was fetched is to be had from here as well.
        var isHandingOn = true

        /// - Parameter isRestricted: A content that is held by one such publication is given by none but such.
        func entry(_ content: ContentID, _ isRestricted: (PublicationID) -> Bool) -> HolderEntry? {
            guard isServing, isHandingOn else { return nil }
            let all = (claims[content] ?? [:]).values
            let restricted = all.filter { isRestricted($0.origin) }
            var entry = (restricted.isEmpty ? Array(all) : restricted).min {
                ($0.isWhole ? 0 : 1, $0.origin.rawValue) < ($1.isWhole ? 0 : 1, $1.origin.rawValue)
            }
            entry?.isRestricted = !restricted.isEmpty
            return entry
        }

        /// By which a content is held.
        func origins(of content: ContentID) -> [PublicationID] { (claims[content] ?? [:]).values.map(\.origin) }

        mutating func set(_ entry: HolderEntry?, of content: ContentID, by claim: Claim) {
            claims[content, default: [:]][claim] = entry
            if claims[content]?.isEmpty == true { claims[content] = nil }
            changed.insert(content)
        }

        mutating func takeDifferences(
            _ isRestricted: (PublicationID) -> Bool
        ) -> (add: [HolderEntry], remove: [ContentID]) {
            var (add, remove): ([HolderEntry], [ContentID]) = ([], [])
            for content in changed.union(unheard) {
                let entry = entry(content, isRestricted)
                guard entry != told[content] || unheard.contains(content) else { continue }
                if let entry { add.append(entry) } else { remove.append(content) }
                told[content] = entry
            }
            changed = []
            unheard = []
            return (add, remove)
        }
    }

    /// Tells the directory. Where it throws, some of it may have been heard.
    package typealias Send = @Sendable (_ add: [HolderEntry], _ remove: [ContentID]) async throws -> Void

    private let sendOut: Send
    private let isRestricted: @Sendable (PublicationID) -> Bool
    private let logger: Logger
    private let state = Mutex(State())
    private let line = SharedTurns()

    /// - Parameter isRestricted: Whether a publication is not for everybody.
    package init(
        logger: Logger, isRestricted: @escaping @Sendable (PublicationID) -> Bool = { _ in false }, send: @escaping Send
    ) {
        sendOut = send
        self.isRestricted = isRestricted
        self.logger = logger
    }

    /// Whether others are to get anything from here.
    var isServing: Bool { state.withLock { $0.isServing && $0.isHandingOn } }

    /// Whether others are told to get all of a content from here.
    func isWhole(_ content: ContentID) -> Bool { state.withLock { $0.entry(content, isRestricted)?.isWhole == true } }

    /// By which publications a content is held.
    func origins(of content: ContentID) -> [PublicationID] { state.withLock { $0.origins(of: content) } }

    /// Publications are for others than before: the directory is told what follows from that.
    func reconsider() async {
        state.withLock { $0.changed.formUnion($0.claims.keys) }
        await tell()
    }

    /// Claims a content, or takes the claim back where the entry is nil. The directory learns it by ``tell()``.
    package func set(_ entry: HolderEntry?, of content: ContentID, by claim: Claim) {
        state.withLock { $0.set(entry, of: content, by: claim) }
    }

    /// Whether others are to get anything from here; the directory is told.
    package func setServing(_ isServing: Bool) async { await change { $0.isServing = isServing } }

    /// Whether others are to get from here what this member has not published; the directory is told.
    package func setHandingOn(_ isHandingOn: Bool) async { await change { $0.isHandingOn = isHandingOn } }

    private func change(_ change: (inout State) -> Void) async {
        state.withLock { state in
            change(&state)
            state.changed.formUnion(state.claims.keys)
        }
        await tell()
    }

    /// Tells the directory everything, after a login: it forgets what a member holds when he goes.
    package func announce() async {
        state.withLock { state in
            state.told = [:]
            state.unheard = []
            state.changed = Set(state.claims.keys)
        }
        await tell()
    }

    /// Tells the directory what changed, and what it may not have heard before. Returns when all that was claimed before
    /// this call was told, or could not be.
    package func tell() async {
        // unstructured: whoever was cancelled has most to take back
        await Task { await line.take { await self.send() } }.value
    }

    private func send() async {
        let (add, remove) = state.withLock { $0.takeDifferences(isRestricted) }
        guard !add.isEmpty || !remove.isEmpty else { return }
        do {
            try await sendOut(add, remove)
        } catch {
            state.withLock { $0.unheard.formUnion(add.map(\.content) + remove) }
            // What the directory does not know costs others a source, until it is back.
            logger.info("The directory does not know what is held here", metadata: ["reason": "\(error)"])
        }
    }
}
