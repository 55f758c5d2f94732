import DirectoryClient
package import NodeControl
import Wire

extension Node {
    package func search(_ terms: SearchTerms) async throws(NodeFailure) -> [String] {
        let others = try member().others
        return try await asked { _ throws(DirectoryClientFailure) in try await others.search(terms) }
    }

    package func listings(matching terms: SearchTerms) async throws(NodeFailure) -> FoundListings {
        let others = try member().others
        return try await asked { _ throws(DirectoryClientFailure) in try await others.listings(matching: terms) }
    }

    package func browse(member: String, folder: String?) async throws(NodeFailure) -> FoundListings {
        guard let user = UserName(member) else { throw .memberAway(name: member) }
        let session = try self.member()
        guard !session.blocked.contains(user) else { throw .memberBlocked(name: member) }
        let found: FoundListings? = try await asked { _ throws(DirectoryClientFailure) in
            try await session.others.listings(of: user, in: folder)
        }
        if let found, !found.listings.isEmpty { return found }
        guard try await isOnline(user) else { throw .memberAway(name: member) }
        if let top = folder.map({ NameQuery.splitPath($0).name }), try await isLocked(top, of: user) {
            throw .locked(name: top, owner: member)
        }
        guard let found else { throw .noSuchShare(member: member, folder: folder ?? "") }
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
}
