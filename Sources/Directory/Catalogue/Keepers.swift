import Content
package import Wire

/// Somebody who has a content, by one publication or on one device, whether or not he is there.
package struct Keeper: Hashable, Sendable {
    package enum Way: Hashable, Sendable {
        /// Active with the publication that stands outermost.
        case publication(top: PublicationID)
        /// Held without having published it.
        case device(DeviceID, isWhole: Bool)
    }

    package var user: UserName
    package var way: Way

    package init(user: UserName, way: Way) {
        self.user = user
        self.way = way
    }
}

/// Who has which content, of those that are asked for often: so that the store is asked once, and not each time somebody
/// comes or goes. Only contents are here of which everybody may know all.
///
/// Invariant: what is kept for a content is what the store would say now. So whoever changes the store says whose contents
/// changed, or that anything may have.
struct Keepers: Sendable {
    /// Of one content, beyond which it is asked of the store each time.
    static let limit = 1_000
    /// Of all together.
    private static let capacity = 200_000

    private struct Entry: Sendable {
        let keepers: [Keeper]
        let users: Set<UserName>
        /// What somebody is answered who is none of them and at none of ``sites``, by whether he is inside as ``Vantage`` says;
        /// empty where it is to be made anew.
        var answers: [Bool: [ReadyAnswer]] = [:]
        /// Whoever is there may hear of other places.
        var sites: Set<AddressSite> = []
    }

    /// What tells whether anything has changed while the store was asked.
    struct Mark: Hashable, Sendable {
        fileprivate let changes: Int
    }

    private var entries: [ContentID: Entry] = [:]
    private var contents: [UserName: Set<ContentID>] = [:]
    private var count = 0
    private var changes = 0

    var mark: Mark { Mark(changes: changes) }

    func keepers(of content: ContentID) -> [Keeper]? { entries[content]?.keepers }

    /// For whoever is none of those who have it, nor where one of them is.
    func answers(about content: ContentID, to user: UserName, at vantage: Vantage) -> [ReadyAnswer]? {
        guard let entry = entries[content], let answers = entry.answers[vantage.isInside],
            !entry.users.contains(user), !vantage.isAtAny(of: entry.sites)
        else { return nil }
        return answers
    }

    /// - Parameter sites: Who is there may be told other places: for him they are not kept.
    mutating func keep(
        _ answers: [ReadyAnswer], about content: ContentID, toldTo vantage: Vantage, besides sites: Set<AddressSite>
    ) {
        guard !vantage.isAtAny(of: sites) else { return }
        entries[content]?.answers[vantage.isInside] = answers
        entries[content]?.sites = sites
    }

    /// - Parameter mark: From before the store was asked.
    mutating func insert(_ keepers: [Keeper], of content: ContentID, since mark: Mark) {
        guard mark == self.mark, keepers.count <= Self.limit else { return }
        remove(content)
        if count + keepers.count > Self.capacity || entries.count >= Self.capacity { clear() }
        entries[content] = Entry(keepers: keepers, users: Set(keepers.map(\.user)))
        count += keepers.count
        for keeper in keepers { contents[keeper.user, default: []].insert(content) }
    }

    // MARK: What changes

    /// The store has other things of a member now, or of some contents.
    mutating func forget(of user: UserName, _ changed: some Sequence<ContentID>) {
        changes += 1
        for content in contents[user] ?? [] { remove(content) }
        for content in changed { remove(content) }
    }

    /// Anything in the store may have changed.
    mutating func forgetAll() {
        changes += 1
        clear()
    }

    /// Members came, went, moved, or serve other things.
    mutating func stale(_ users: some Sequence<UserName>) {
        for user in users {
            for content in contents[user] ?? [] { entries[content]?.answers = [:] }
        }
    }

    private mutating func clear() {
        entries = [:]
        contents = [:]
        count = 0
    }

    private mutating func remove(_ content: ContentID) {
        guard let entry = entries.removeValue(forKey: content) else { return }
        count -= entry.keepers.count
        for keeper in entry.keepers {
            contents[keeper.user]?.remove(content)
            if contents[keeper.user]?.isEmpty == true { contents[keeper.user] = nil }
        }
    }
}
