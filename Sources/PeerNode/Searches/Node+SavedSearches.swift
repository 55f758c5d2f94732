package import NodeControl

extension Node {
    package func savedSearches() async throws(NodeFailure) -> [SavedSearch] { try await member().searches.searches }

    package func saveSearch(_ draft: SearchDraft) async throws(NodeFailure) -> SavedSearch {
        try await member().searches.save(draft)
    }

    package func newMatches(ofSearch name: String) async throws(NodeFailure) -> [SearchMatch] {
        try await member().searches.look(at: name)
    }

    package func forgetSearch(_ name: String) async throws(NodeFailure) { try await member().searches.forget(name) }
}
