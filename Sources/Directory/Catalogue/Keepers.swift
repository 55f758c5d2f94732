package import Content
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
package struct Keepers: Sendable {
    /// Of one content, beyond which it is asked of the store each time.
    static let limit = 1_000
    /// Of all together.
    private static let capacity = 200_000

    private struct Entry: Sendable {
        let content: ContentID
        let keepers: [Keeper]
        /// What somebody is answered who is none of them and at none of ``sites``, inside and outside as ``Vantage`` says; empty
        /// where it is to be made anew.
        var inside: [ReadyAnswer] = []
        var outside: [ReadyAnswer] = []
        /// Whoever is there may hear of other places.
        var sites: Set<AddressSite> = []
    }

    /// Places of entries; most of those who have anything have one thing that was asked for.
    private enum Holdings: Sendable {
        case one(Int32)
        case many(Set<Int32>)

        var all: [Int32] {
            switch self {
            case .one(let place): [place]
            case .many(let places): Array(places)
            }
        }

        func contains(_ place: Int32) -> Bool {
            switch self {
            case .one(let other): other == place
            case .many(let places): places.contains(place)
            }
        }

        mutating func insert(_ place: Int32) {
            switch self {
            case .one(place): break
            case .one(let other): self = .many([other, place])
            case .many(var places):
                // There is one owner of them while they change.
                self = .one(place)
                places.insert(place)
                self = .many(places)
            }
        }

        /// Whether nothing is left.
        mutating func remove(_ place: Int32) -> Bool {
            guard case .many(var places) = self else { return true }
            self = .one(place)
            places.remove(place)
            self = .many(places)
            return places.isEmpty
        }
    }

    /// What tells whether anything has changed while the store was asked.
    package struct Mark: Hashable, Sendable {
        fileprivate let changes: Int
    }

    private var entries = Slab<Entry>()
    /// By content.
    private var places = PlaceIndex()
    private var holdings: [UserName: Holdings] = [:]
    private var count = 0
    private var changes = 0

    package init() {}

    package var mark: Mark { Mark(changes: changes) }

    package func keepers(of content: ContentID) -> [Keeper]? { place(of: content).map { entries[Int($0)].keepers } }

    private func place(of content: ContentID) -> Int32? {
        places.place(hash: content.hashValue) { entries[Int($0)].content == content }
    }

    /// For whoever is none of those who have it, nor where one of them is.
    package func answers(about content: ContentID, to user: UserName, at vantage: Vantage) -> [ReadyAnswer]? {
        guard let place = place(of: content) else { return nil }
        let answers = vantage.isInside ? entries[Int(place)].inside : entries[Int(place)].outside
        guard !answers.isEmpty, holdings[user]?.contains(place) != true,
            !vantage.isAtAny(of: entries[Int(place)].sites)
        else { return nil }
        return answers
    }

    /// - Parameter sites: Who is there may be told other places: for him they are not kept.
    package mutating func keep(
        _ answers: [ReadyAnswer], about content: ContentID, toldTo vantage: Vantage, besides sites: Set<AddressSite>
    ) {
        guard !vantage.isAtAny(of: sites), let place = place(of: content).map({ Int($0) }) else { return }
        if vantage.isInside { entries[place].inside = answers } else { entries[place].outside = answers }
        entries[place].sites = sites
    }

    /// - Parameter mark: From before the store was asked.
    package mutating func insert(_ keepers: [Keeper], of content: ContentID, since mark: Mark) {
        guard mark == self.mark, keepers.count <= Self.limit else { return }
        remove(content)
        if count + keepers.count > Self.capacity || places.count >= Self.capacity { clear() }
        let place = Int32(entries.reserve())
        entries.put(Entry(content: content, keepers: keepers), at: Int(place))
        places.insert(place, hash: content.hashValue) { [entries] in entries[Int($0)].content.hashValue }
        count += keepers.count
        for keeper in keepers { holdings[keeper.user, default: .one(place)].insert(place) }
    }

    // MARK: What changes

    /// The store has other things of a member now, or of some contents.
    package mutating func forget(of user: UserName, _ changed: some Sequence<ContentID>) {
        changes += 1
        remove(of: user)
        for content in changed { remove(content) }
    }

    /// Anything in the store may have changed.
    package mutating func forgetAll() {
        changes += 1
        clear()
    }

    /// Members came, went, moved, or serve other things.
    package mutating func stale(_ users: some Sequence<UserName>) {
        for user in users {
            for place in holdings[user]?.all ?? [] {
                entries[Int(place)].inside = []
                entries[Int(place)].outside = []
            }
        }
    }

    private mutating func clear() {
        entries = Slab()
        places = PlaceIndex()
        holdings = [:]
        count = 0
    }

    private mutating func remove(of user: UserName) {
        for place in holdings.removeValue(forKey: user)?.all ?? [] { remove(at: place) }
    }

    private mutating func remove(_ content: ContentID) {
        if let place = place(of: content) { remove(at: place) }
    }

    private mutating func remove(at place: Int32) {
        let entry = entries[Int(place)]
        places.remove(place, hash: entry.content.hashValue) { [entries] in entries[Int($0)].content.hashValue }
        entries.release(Int(place))
        count -= entry.keepers.count
        for keeper in entry.keepers where holdings[keeper.user]?.remove(place) == true { holdings[keeper.user] = nil }
    }
}
