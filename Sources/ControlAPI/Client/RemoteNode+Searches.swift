import NIOHTTP1
package import NodeControl

// MARK: NodeSavedSearches, NodeBlocking, NodeSettings

extension RemoteNode {
    package func savedSearches() async throws(NodeFailure) -> [SavedSearch] {
        try await client.get("/searches", as: SearchesBody.self).searches
    }

    package func saveSearch(_ draft: SearchDraft) async throws(NodeFailure) -> SavedSearch {
        guard draft.isPossible else { throw .searchUnfit }
        return try await client.call(
            .PUT, "/searches/\(Self.part(draft.name))", SearchBody(text: draft.text, command: draft.command),
            as: SavedSearch.self)
    }

    package func newMatches(ofSearch name: String) async throws(NodeFailure) -> [SearchMatch] {
        guard !name.isEmpty else { throw .noSuchSearch(name) }
        return try await client.call(.POST, "/searches/\(Self.part(name))/look", as: MatchesBody.self).matches
    }

    package func forgetSearch(_ name: String) async throws(NodeFailure) {
        guard !name.isEmpty else { throw .noSuchSearch(name) }
        try await client.perform(.DELETE, "/searches/\(Self.part(name))")
    }

    package func blocked() async throws(NodeFailure) -> [String] {
        try await client.get("/blocked", as: MembersBody.self).members
    }

    package func block(member: String) async throws(NodeFailure) {
        guard !member.isEmpty else { throw .noSuchMember(member) }
        try await client.perform(.PUT, "/blocked/\(Self.part(member))")
    }

    package func unblock(member: String) async throws(NodeFailure) {
        guard !member.isEmpty else { throw .notBlocked(name: member) }
        try await client.perform(.DELETE, "/blocked/\(Self.part(member))")
    }

    package func settings() async throws(NodeFailure) -> [Setting] {
        try await client.get("/settings", as: SettingsBody.self).settings
    }

    package func set(_ key: SettingKey, to value: String?) async throws(NodeFailure) -> Setting {
        let path = "/settings/\(key.rawValue)"
        guard let value else { return try await client.call(.DELETE, path, as: Setting.self) }
        return try await client.call(.PUT, path, ValueBody(value: value), as: Setting.self)
    }
}
