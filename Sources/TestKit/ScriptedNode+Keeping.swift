package import NodeControl

/// What a scripted node keeps: saved searches, members who are blocked, settings.
package struct ScriptedKeeping: Sendable {
    package var searches: [SavedSearch] = []
    package var matches: [SearchMatch] = []
    package var blocked: [String] = []
    package var settings: [Setting] = []
    package var findings: [HealthFinding] = []
    /// Of whatever would change something of it.
    package var failure: NodeFailure?

    package init() {}
}

extension ScriptedNode {
    package func savedSearches() async throws(NodeFailure) -> [SavedSearch] { answers.keeping.searches }

    package func saveSearch(_ draft: SearchDraft) async throws(NodeFailure) -> SavedSearch {
        try change("saveSearch \(draft.name) \(draft.text) \(draft.command ?? "-")")
        return SavedSearch(name: draft.name, text: draft.text, command: draft.command)
    }

    package func newMatches(ofSearch name: String) async throws(NodeFailure) -> [SearchMatch] {
        try change("newMatches \(name)")
        return answers.keeping.matches
    }

    package func forgetSearch(_ name: String) async throws(NodeFailure) { try change("forgetSearch \(name)") }

    package func examine(_ request: ExaminationRequest) async throws(NodeFailure) -> Examination {
        note("examine \(request.member ?? "-")")
        if let failure = answers.keeping.failure { throw failure }
        return Examination(
            server: "example.org:12000", member: request.member, findings: answers.keeping.findings, milliseconds: 1_200
        )
    }

    package func blocked() async throws(NodeFailure) -> [String] { answers.keeping.blocked }

    package func block(member: String) async throws(NodeFailure) { try change("block \(member)") }

    package func unblock(member: String) async throws(NodeFailure) { try change("unblock \(member)") }

    package func settings() async throws(NodeFailure) -> [Setting] { answers.keeping.settings }

    package func set(_ key: SettingKey, to value: String?) async throws(NodeFailure) -> Setting {
        try change("set \(key.rawValue) \(value ?? "-")")
        return Setting(key: key, value: value, source: value == nil ? .standard : .set)
    }

    private func change(_ question: String) throws(NodeFailure) {
        note(question)
        if let failure = answers.keeping.failure { throw failure }
    }
}
