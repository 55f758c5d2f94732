import Connectivity
import Content
import Crypto
import Library
import Synchronization
import Transfer
import Wire

/// Whom contents are given that are here by publications which are not for everybody: those who show a ticket for one of
/// these.
///
/// A content is here on several grounds at times. Published by this member for everybody, it is open; otherwise one ground
/// that is not for everybody is enough that it is not: others may publish what they only know the root of. Where no ground is
/// known, nobody gets it.
final class Restrictions: Sendable {
    /// Why a content is here, beside what ``HolderEntries`` knows of.
    enum Ground: Hashable, Sendable {
        case published(FileName)
        /// In a folder that is shared, by the folder's number: once for each time that it is opened, as one ends when the
        /// next has begun.
        case shared(Int64, opening: Int)
        /// It is being fetched, by the transfer's number.
        case fetched(Int64)

        /// By the member's own will.
        var isOwn: Bool { if case .fetched = self { false } else { true } }
    }

    /// By which a content is here.
    private struct Origin: Hashable {
        let publication: PublicationID?
        /// What stands above it, by which it goes; nil where it goes by itself.
        let top: PublicationID?
    }

    private struct State {
        /// Nil until it was read what was known when the program last ended.
        var voidBefore: [PublicationID: Int64]?
        /// Counts what was noted; for each publication, when that was last: what was overtaken is not carried out.
        var notes = 0
        var noted: [PublicationID: Int] = [:]
        var grounds: [ContentID: [Ground: Origin]] = [:]
        var openings = 0

        func isRestricted(_ publication: PublicationID) -> Bool { voidBefore?[publication] != nil }

        /// Nothing is known yet of what has no number.
        func isRestricted(_ origin: Origin) -> Bool { (origin.top ?? origin.publication).map(isRestricted) ?? true }
    }

    /// In milliseconds: by so much the directory's clock may be ahead of what is known of it.
    private static let lag: Int64 = 500

    private let kept: RestrictedPublications
    /// By the directory's clock.
    private let now: @Sendable () -> Int64
    private let state = Mutex(State())

    /// - Parameter now: By the directory's clock.
    init(beside record: PublishedFiles, now: @escaping @Sendable () -> Int64) {
        kept = RestrictedPublications(beside: record)
        self.now = now
    }

    /// Takes in what was known when the program last ended. Throws where that cannot be read: then everything is taken for
    /// what is not for everybody, and no ticket opens it.
    func restore() async throws {
        let all = try await kept.all()
        state.withLock { state in state.voidBefore = all.merging(state.voidBefore ?? [:]) { max($0, $1) } }
    }

    func isRestricted(_ publication: PublicationID) -> Bool {
        state.withLock { $0.voidBefore == nil || $0.isRestricted(publication) }
    }

    // MARK: Changes

    /// For ``note(_:areOthers:asOf:)``, taken before the directory is asked.
    var moment: Int { state.withLock { $0.notes } }

    /// Notes what publications are. Throws where it cannot be kept; what is not for everybody is so all the same until the
    /// end of the program.
    ///
    /// - Parameters:
    ///   - areOthers: Somebody may have them no longer: tickets that were made until now are void.
    ///   - moment: When the directory was asked what they are; what was noted since is newer. Nil for now.
    func note(
        _ publications: [(id: PublicationID, isRestricted: Bool)], areOthers: Bool = false, asOf moment: Int? = nil
    ) async throws {
        let time = areOthers ? now() + Self.lag : nil
        let changed = state.withLock { state in
            state.notes += 1
            // Before it is known what there was, nothing is less than that.
            guard var known = state.voidBefore else { return [PublicationID]() }
            var changed: [PublicationID] = []
            for (id, isRestricted) in publications where state.noted[id] ?? 0 <= moment ?? .max {
                // Of what is and was for everybody nothing is kept: there may be very much.
                guard isRestricted || known[id] != nil else { continue }
                state.noted[id] = state.notes
                if isRestricted, known[id] == nil || time != nil {
                    known[id] = max(known[id] ?? 0, time ?? 0)
                    changed.append(id)
                } else if !isRestricted, known[id] != nil {
                    known[id] = nil
                    changed.append(id)
                }
            }
            state.voidBefore = known
            return changed
        }
        guard !changed.isEmpty else { return }
        // As it is when it is written: of two changes under way the last one stands.
        try await kept.keep(changed) { self.state.withLock { $0.voidBefore ?? [:] } }
    }

    /// - Parameter top: What the publication goes by, where that is another one.
    func insert(_ content: ContentID, _ ground: Ground, _ publication: PublicationID?, top: PublicationID? = nil) {
        state.withLock { $0.grounds[content, default: [:]][ground] = Origin(publication: publication, top: top) }
    }

    /// A number for ``Ground/shared(_:opening:)``.
    func newOpening() -> Int {
        state.withLock { state in
            state.openings += 1
            return state.openings
        }
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
    func gate(
        held: @escaping @Sendable (ContentID) -> [PublicationID], key: P256.Signing.PublicKey
    ) -> UploadGate {
        UploadGate(
            isOpen: { self.isOpen($0, held: held($0)) },
            expiry: { bytes, member, content in
                guard let ticket = Ticket(sealed: bytes, by: key), ticket.member == member, ticket.content == content,
                    self.takes(ticket, held: held(content))
                else { return nil }
                return ticket.expiry
            }, now: now)
    }

    /// - Parameter held: By which publications the content is held.
    func isOpen(_ content: ContentID, held: [PublicationID]) -> Bool {
        state.withLock { state in
            guard state.voidBefore != nil else { return false }
            let grounds = state.grounds[content] ?? [:]
            if grounds.contains(where: { $0.key.isOwn && !state.isRestricted($0.value) }) { return true }
            return (!held.isEmpty || !grounds.isEmpty) && !held.contains(where: state.isRestricted)
                && !grounds.values.contains(where: state.isRestricted)
        }
    }

    private func takes(_ ticket: Ticket, held: [PublicationID]) -> Bool {
        state.withLock { state in
            guard let voidBefore = state.voidBefore else { return false }
            let issued = ticket.expiry - Ticket.lifetime
            func isGood(_ publication: PublicationID, _ top: PublicationID?) -> Bool {
                ticket.publications.contains(publication) && issued >= voidBefore[top ?? publication] ?? 0
            }
            return held.contains { isGood($0, nil) }
                || (state.grounds[ticket.content] ?? [:]).values.contains { origin in
                    origin.publication.map { isGood($0, origin.top) } ?? false
                }
        }
    }
}
