import Connectivity
import Content
import Crypto
import Library
import Logging
import Synchronization
import Transfer
import Wire

/// Whom contents are given that are here by publications which are not for everybody: those who show a ticket for one of
/// these.
///
/// A content is here on several grounds at times. One that is for everybody is enough for all; where no ground is known,
/// nobody gets it.
final class Restrictions: Sendable {
    /// Why a content is here, beside what ``HolderEntries`` knows of.
    enum Ground: Hashable, Sendable {
        case published(FileName)
        /// In a folder that is shared, by the folder's number.
        case shared(Int64)
        /// It is being fetched, by the transfer's number.
        case fetched(Int64)
    }

    /// By which a content is here.
    private struct Origin: Hashable {
        let publication: PublicationID?
        /// What stands above it, by which it goes; nil where it goes by itself.
        let top: PublicationID?
    }

    private struct State {
        var restricted: Set<PublicationID> = []
        var grounds: [ContentID: [Ground: Origin]] = [:]

        /// Nothing is known yet of what has no number.
        func isRestricted(_ origin: Origin) -> Bool {
            guard let id = origin.top ?? origin.publication else { return true }
            return restricted.contains(id)
        }
    }

    private let kept: RestrictedPublications
    private let logger: Logger
    private let state = Mutex(State())

    init(beside record: PublishedFiles, logger: Logger) {
        kept = RestrictedPublications(beside: record)
        self.logger = logger
    }

    /// Takes in what was known when the program last ended. Throws where that cannot be read: then nothing may be served.
    func restore() async throws {
        let all = try await kept.all()
        state.withLock { $0.restricted.formUnion(all) }
    }

    func isRestricted(_ publication: PublicationID) -> Bool { state.withLock { $0.restricted.contains(publication) } }

    // MARK: Changes

    /// Notes what publications are. Throws where it cannot be kept; what is not for everybody is so all the same until the
    /// end of the program.
    func note(_ publications: [(id: PublicationID, isRestricted: Bool)]) async throws {
        let restricted = publications.filter(\.isRestricted).map(\.id)
        let open = publications.filter { !$0.isRestricted }.map(\.id)
        let (add, remove) = state.withLock { state in
            let add = restricted.filter { !state.restricted.contains($0) }
            let remove = open.filter(state.restricted.contains)
            state.restricted.formUnion(add)
            return (add, remove)
        }
        guard !add.isEmpty || !remove.isEmpty else { return }
        try await kept.change(add: add, remove: remove)
        state.withLock { $0.restricted.subtract(remove) }
    }

    /// - Parameter top: What the publication goes by, where that is another one.
    func insert(_ content: ContentID, _ ground: Ground, _ publication: PublicationID?, top: PublicationID? = nil) {
        state.withLock { $0.grounds[content, default: [:]][ground] = Origin(publication: publication, top: top) }
    }

    func remove(_ content: ContentID, _ ground: Ground) {
        state.withLock { state in
            state.grounds[content]?[ground] = nil
            if state.grounds[content]?.isEmpty == true { state.grounds[content] = nil }
        }
    }

    // MARK: Who gets it

    /// - Parameters:
    ///   - held: By which publications a content is held.
    ///   - key: Of the network.
    ///   - now: By the directory's clock.
    func gate(
        held: @escaping @Sendable (ContentID) -> [PublicationID], key: P256.Signing.PublicKey,
        now: @escaping @Sendable () -> Int64
    ) -> UploadGate {
        UploadGate(
            isOpen: { self.isOpen($0, held($0)) },
            expiry: { bytes, member, content in
                guard let ticket = Ticket(sealed: bytes, by: key), ticket.member == member, ticket.content == content,
                    !self.demanded(content, held(content)).isDisjoint(with: ticket.publications)
                else { return nil }
                return ticket.expiry
            }, now: now)
    }

    private func isOpen(_ content: ContentID, _ held: [PublicationID]) -> Bool {
        state.withLock { state in
            held.contains { !state.restricted.contains($0) }
                || (state.grounds[content] ?? [:]).values.contains { !state.isRestricted($0) }
        }
    }

    /// For one of which there must be a ticket.
    private func demanded(_ content: ContentID, _ held: [PublicationID]) -> Set<PublicationID> {
        let grounds = state.withLock { ($0.grounds[content] ?? [:]).values.compactMap(\.publication) }
        return Set(held + grounds)
    }
}
