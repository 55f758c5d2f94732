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

    /// Names are in NFC, so what looks the same must be too. Nil for what is longer than any name.
    private static func bytes(_ text: String) -> [UInt8]? {
        let bytes = (try? FileName(text))?.bytes ?? Array(text.utf8)
        return bytes.count <= FileName.maximumByteCount ? bytes : nil
    }

    /// As ``NodeSearching/search(_:)`` gives them.
    func search(_ substring: String) async throws(DirectoryClientFailure) -> [String] {
        guard let bytes = Self.bytes(substring) else { return [] }
        return try await allowed(try await client.search(bytes), containing: bytes).map {
            $0.isFolder ? "\($0.name)/" : $0.name.text
        }
    }

    /// The directory tells names without their owners: whose they are is asked only where it matters.
    private func allowed(
        _ names: [FoundName], containing bytes: [UInt8]
    ) async throws(DirectoryClientFailure) -> [FoundName] {
        guard !blocked.isEmpty, !names.isEmpty,
            try await client.peers().contains(where: { blocked.contains($0) })
        else { return names }
        let (listed, _) = try await client.listings(containing: bytes, pages: Self.namesPages)
        return blocked.allowed(names, among: listed)
    }

    func listings(matching text: String) async throws(DirectoryClientFailure) -> FoundListings {
        guard let bytes = Self.bytes(text) else { return FoundListings(listings: [], isComplete: true) }
        let (listed, isComplete) = try await client.listings(containing: bytes, pages: Self.matchingPages)
        return FoundListings(blocked.allowed(listed), isComplete: isComplete, limit: FoundListings.matchingLimit)
    }

    /// Nil where he shares no such folder.
    func listings(of user: UserName, in folder: String?) async throws(DirectoryClientFailure) -> FoundListings? {
        let (top, path) = folder.map(NameQuery.splitPath) ?? ("", [])
        var parent: PublicationID?
        if !top.isEmpty {
            guard let id = try await self.folder(top, path, of: user) else { return nil }
            parent = id
        }
        let (listed, isComplete) = try await client.listings(of: user, below: parent, pages: Self.folderPages)
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
