import Content
import DirectoryClient
import NodeControl
import Wire

/// What others have, as the directory lists it, without what is blocked.
struct OthersFiles: Sendable {
    /// About as many as fill ``FoundListings/matchingLimit`` many times over: what several have is one listing.
    private static let matchingPages = 128
    private static let folderPages = 2_048
    /// Of those who are blocked and online, so many are looked through for names that nobody else has.
    private static let namesPages = 1_024

    let client: DirectoryClient
    let blocked: BlockList
    let directoryTime: DirectoryTime

    /// As ``NodeSearching/search(_:)`` gives them.
    func search(_ terms: SearchTerms) async throws(DirectoryClientFailure) -> [String] {
        guard let query = query(terms) else { return [] }
        return try await allowed(try await client.search(query), matching: query).map {
            $0.isFolder ? "\($0.name)/" : $0.name.text
        }
    }

    /// Nil for what no name can have.
    private func query(_ terms: SearchTerms) -> SearchQuery? {
        let now = directoryTime.now
        /// The beginning of time, for what is older than that; ages are not negative.
        func time(before age: Int64) -> Int64 { now - min(max(0, age), now / 1_000) * 1_000 }
        let sizes = (terms.leastSize ?? 0, terms.greatestSize ?? Int64.max)
        let times = (terms.newerThan.map(time) ?? 0, terms.olderThan.map(time) ?? Int64.max)
        guard sizes.0 <= sizes.1, times.0 <= times.1 else { return nil }
        var owner: UserName?
        if let name = terms.owner {
            guard let user = UserName(name) else { return nil }
            owner = user
        }
        let isSized = terms.leastSize != nil || terms.greatestSize != nil
        let isTimed = terms.newerThan != nil || terms.olderThan != nil
        let query = SearchQuery(
            // Names are in NFC, so what looks the same must be too.
            words: terms.words.map { (try? FileName($0))?.bytes ?? Array($0.utf8) }, ignoresCase: terms.ignoresCase,
            sizes: isSized ? sizes.0...sizes.1 : nil, times: isTimed ? times.0...times.1 : nil,
            extensions: terms.extensions, owner: owner, order: SearchQuery.Order(terms.order),
            isReversed: terms.isReversed)
        return query.isPossible ? query : nil
    }

    /// The directory tells names without their owners: whose they are is asked only where it matters.
    private func allowed(
        _ names: [FoundName], matching query: SearchQuery
    ) async throws(DirectoryClientFailure) -> [FoundName] {
        guard !blocked.isEmpty, !names.isEmpty,
            try await client.peers().contains(where: { blocked.contains($0) })
        else { return names }
        let listed = try await client.listings(matching: query, pages: Self.namesPages).listed
        return blocked.allowed(names, among: listed)
    }

    func listings(matching terms: SearchTerms) async throws(DirectoryClientFailure) -> FoundListings {
        guard let query = query(terms) else { return FoundListings(listings: [], isComplete: true) }
        var found = try await client.listings(matching: query, pages: Self.matchingPages)
        // What is in one folder stands together.
        if query.order == .name {
            found.listed.sort { query.isReversed ? $1.wholeName < $0.wholeName : $0.wholeName < $1.wholeName }
        }
        return FoundListings(
            blocked.allowed(found.listed), isComplete: found.isComplete, limit: FoundListings.matchingLimit,
            isSortedInParts: found.isSortedInParts)
    }

    /// Nil where he shares no such folder.
    func listings(of user: UserName, in folder: String?) async throws(DirectoryClientFailure) -> FoundListings? {
        let (top, path) = folder.map(NameQuery.splitPath) ?? ("", [])
        var parent: PublicationID?
        if !top.isEmpty {
            guard let id = try await self.folder(top, path, of: user) else { return nil }
            parent = id
        }
        var (listed, isComplete, _) = try await client.listings(of: user, below: parent, pages: Self.folderPages)
        listed.sort { $0.name < $1.name }
        return FoundListings(listed, isComplete: isComplete, limit: FoundListings.folderLimit)
    }

    /// A folder that a member shares, or one in it.
    private func folder(
        _ top: String, _ path: [String], of user: UserName
    ) async throws(DirectoryClientFailure) -> PublicationID? {
        guard let name = try? FileName(top) else { return nil }
        let listed = try await client.listings(of: user, pages: Self.folderPages).listed
        guard let first = listed.first(where: { $0.name == name && $0.kind == .parent }) else { return nil }
        let names = path.compactMap { try? FileName($0) }
        guard names.count == path.count else { return nil }
        guard !names.isEmpty else { return first.id }
        let finding = try await client.descend(from: first.id, names)
        return finding?.isParent == true ? finding?.publication : nil
    }
}

extension FoundListings {
    /// What one name and content have in common.
    private struct Key: Hashable {
        let name: String
        let kind: ListedPublication.Kind
        let access: Access
    }

    /// What has the same name and content stands where the first of it does.
    init(_ listed: [ListedPublication], isComplete: Bool, limit: Int, isSortedInParts: Bool = false) {
        var places: [Key: Int] = [:]
        var alike: [[ListedPublication]] = []
        for publication in listed {
            let key = Key(name: publication.wholeName, kind: publication.kind, access: publication.access)
            if let place = places[key] {
                alike[place].append(publication)
            } else {
                places[key] = alike.count
                alike.append([publication])
            }
        }
        self.init(
            listings: alike.prefix(limit).map(Listing.init), isComplete: isComplete && alike.count <= limit,
            isSortedInParts: isSortedInParts)
    }
}

extension ListedPublication {
    fileprivate var wholeName: String { path.isEmpty ? name.text : "\(path)/\(name)" }
}

extension SearchQuery.Order {
    fileprivate init(_ order: SearchTerms.Order) {
        self =
            switch order {
            case .name: .name
            case .size: .size
            case .age: .age
            case .holders: .holders
            }
    }
}

extension Listing {
    /// - Parameter alike: Of one name and content.
    fileprivate init(_ alike: [ListedPublication]) {
        let (name, access) = (alike[0].wholeName, alike[0].access)
        let owners = alike.map(\.owner).sorted().map(\.text)
        switch alike[0].kind {
        case .content(let content):
            self.init(
                name: name, isFolder: content.kind == .folder, size: content.size,
                root: content == .empty ? nil : content.root.hex, owners: owners)
        case .unhashed(let size): self.init(name: name, isFolder: false, size: size, root: nil, owners: owners)
        case .parent: self.init(name: name, isFolder: true, size: nil, root: nil, owners: owners)
        }
        isLocked = access == .locked
        isRestricted = access == .granted
        published = alike.compactMap(\.published).max()
        holders = alike.compactMap(\.holders).max()
    }
}
