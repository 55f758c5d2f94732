import Content
import DirectoryClient
package import NodeControl
import Wire

extension Node {
    /// About as many as fill ``FoundListings/matchingLimit`` many times over: what several have is one listing.
    private static var matchingPages: Int { 128 }
    private static var folderPages: Int { 2_048 }

    package func listings(matching text: String) async throws(NodeFailure) -> FoundListings {
        // Names are in NFC, so what looks the same must be too.
        let bytes = (try? FileName(text))?.bytes ?? Array(text.utf8)
        guard bytes.count <= FileName.maximumByteCount else { return FoundListings(listings: [], isComplete: true) }
        return try await asked { client throws(DirectoryClientFailure) in
            let (listed, isComplete) = try await client.listings(containing: bytes, pages: Self.matchingPages)
            return FoundListings(listed, isComplete: isComplete, limit: FoundListings.matchingLimit)
        }
    }

    package func browse(member: String, folder: String?) async throws(NodeFailure) -> FoundListings {
        guard let user = UserName(member) else { throw .memberAway(name: member) }
        let (top, path) = folder.map(NameQuery.splitPath) ?? ("", [])
        let found: FoundListings? = try await asked { client throws(DirectoryClientFailure) in
            var parent: PublicationID?
            if !top.isEmpty {
                guard let id = try await Self.folder(top, path, of: user, client) else { return nil }
                parent = id
            }
            let (listed, isComplete) = try await client.listings(of: user, below: parent, pages: Self.folderPages)
            return FoundListings(listed, isComplete: isComplete, limit: FoundListings.folderLimit)
        }
        if let found, !found.listings.isEmpty { return found }
        guard try await isOnline(user) else { throw .memberAway(name: member) }
        guard let found else { throw .noSuchShare(member: member, folder: folder ?? "") }
        if !top.isEmpty, try await isLocked(top, of: user) { throw .locked(name: top, owner: member) }
        return found
    }

    private func isLocked(_ folder: String, of user: UserName) async throws(NodeFailure) -> Bool {
        try await asked { client throws(DirectoryClientFailure) in
            guard let name = try? FileName(folder) else { return false }
            return try await client.lookup(name).contains { $0.owner == user && $0.access == .locked }
        }
    }

    private func isOnline(_ user: UserName) async throws(NodeFailure) -> Bool {
        if try member().user == user { return true }
        return try await activePeers().contains(user.text)
    }

    /// A folder that a member shares, or one in it.
    private static func folder(
        _ top: String, _ path: [String], of user: UserName, _ client: DirectoryClient
    ) async throws(DirectoryClientFailure) -> PublicationID? {
        guard let name = try? FileName(top) else { return nil }
        let listed = try await client.listings(of: user, pages: folderPages).listed
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

    init(_ listed: [ListedPublication], isComplete: Bool, limit: Int) {
        var owners: [Key: [UserName]] = [:]
        for publication in listed {
            let name = publication.path.isEmpty ? publication.name.text : "\(publication.path)/\(publication.name)"
            owners[Key(name: name, kind: publication.kind, access: publication.access), default: []].append(
                publication.owner)
        }
        var listings = owners.map {
            Listing($0.key.name, $0.key.kind, $0.key.access, owners: $0.value.sorted().map(\.text))
        }
        listings.sort { ($0.name, $0.root ?? "", $0.owners[0]) < ($1.name, $1.root ?? "", $1.owners[0]) }
        self.init(listings: Array(listings.prefix(limit)), isComplete: isComplete && listings.count <= limit)
    }
}

extension Listing {
    fileprivate init(_ name: String, _ kind: ListedPublication.Kind, _ access: Access, owners: [String]) {
        switch kind {
        case .content(let content):
            self.init(
                name: name, isFolder: content.kind == .folder, size: content.size,
                root: content == .empty ? nil : content.root.hex, owners: owners)
        case .unhashed(let size): self.init(name: name, isFolder: false, size: size, root: nil, owners: owners)
        case .parent: self.init(name: name, isFolder: true, size: nil, root: nil, owners: owners)
        }
        isLocked = access == .locked
        isRestricted = access == .granted
    }
}
