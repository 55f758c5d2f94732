import Content
import DirectoryClient
import Logging
import Synchronization
import Wire

/// What the directory is told that this member has, or is about to have, without having published it: of each content the
/// best of what is here of it, and when the last is gone, that. A holder entry is no publication: it is in no list, only
/// among the sources of a content.
final class HolderEntries: Sendable {
    /// Who says that a content is here: of one content there may be several.
    enum Claim: Hashable, Sendable {
        case file
        case folder(path: String)
        case innerFile(InnerFiles.Folder)
    }

    private struct State {
        var claims: [ContentID: [Claim: HolderEntry]] = [:]
        /// What the directory knows by now.
        var told: [ContentID: HolderEntry] = [:]
        /// Of what ``told`` may be wrong.
        var changed: Set<ContentID> = []
        var isServing = true

        func entry(_ content: ContentID) -> HolderEntry? {
            guard isServing else { return nil }
            return claims[content]?.values.min {
                ($0.isWhole ? 0 : 1, $0.origin.rawValue) < ($1.isWhole ? 0 : 1, $1.origin.rawValue)
            }
        }

        mutating func set(_ entry: HolderEntry?, of content: ContentID, by claim: Claim) {
            claims[content, default: [:]][claim] = entry
            if claims[content]?.isEmpty == true { claims[content] = nil }
            changed.insert(content)
        }

        mutating func takeDifferences() -> Differences {
            var differences = Differences()
            for content in changed {
                let entry = entry(content)
                guard entry != told[content] else { continue }
                if let entry { differences.add.append(entry) } else { differences.remove.append(content) }
                differences.former[content] = told[content]
                told[content] = entry
            }
            changed = []
            return differences
        }

        /// The directory did not take them.
        mutating func takeBack(_ differences: Differences) {
            for content in differences.contents {
                told[content] = differences.former[content]
                changed.insert(content)
            }
        }
    }

    private struct Differences {
        var add: [HolderEntry] = []
        var remove: [ContentID] = []
        /// What was told before of these.
        var former: [ContentID: HolderEntry] = [:]

        var contents: [ContentID] { add.map(\.content) + remove }
    }

    /// One telling after the other: what was claimed last is told last.
    private actor Line {
        private var turns = Turns()

        func exclusively(_ work: () async -> Void) async {
            if !turns.take() { await withCheckedContinuation { turns.wait($0) } }
            defer { turns.pass() }
            await work()
        }
    }

    private let client: DirectoryClient
    private let logger: Logger
    private let state = Mutex(State())
    private let line = Line()

    init(client: DirectoryClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    /// Whether others are to get anything from here.
    var isServing: Bool { state.withLock { $0.isServing } }

    /// Whether others are told to get all of a content from here.
    func isWhole(_ content: ContentID) -> Bool { state.withLock { $0.entry(content)?.isWhole == true } }

    /// Claims a content, or takes the claim back where the entry is nil. The directory learns it by ``tell()``.
    func set(_ entry: HolderEntry?, of content: ContentID, by claim: Claim) {
        state.withLock { $0.set(entry, of: content, by: claim) }
    }

    /// Whether others are to get anything from here; the directory is told.
    func setServing(_ isServing: Bool) async {
        state.withLock { state in
            state.isServing = isServing
            state.changed.formUnion(state.claims.keys)
        }
        await tell()
    }

    /// Tells the directory everything, after a login: it forgets what a member holds when he goes.
    func announce() async {
        state.withLock { state in
            state.told = [:]
            state.changed = Set(state.claims.keys)
        }
        await tell()
    }

    /// Tells the directory what changed, and what it could not be told before.
    func tell() async {
        // unstructured: whoever was cancelled has most to take back
        await Task { await line.exclusively { await self.send() } }.value
    }

    private func send() async {
        let differences = state.withLock { $0.takeDifferences() }
        guard !differences.contents.isEmpty else { return }
        do {
            try await client.hold(add: differences.add, remove: differences.remove)
        } catch {
            state.withLock { $0.takeBack(differences) }
            // What the directory does not know costs others a source, until it is back.
            logger.info("The directory does not know what is held here", metadata: ["reason": "\(error)"])
        }
    }
}
