import Content
package import Directory
package import Wire

/// What every store of the directory must do: run each case against an empty store of its own.
///
///     @Test(arguments: StoreContract.cases)
///     func holds(_ case: StoreContract.Case) async throws { try await `case`.run(subject) }
package enum StoreContract {
    /// An empty store, and the view of presence with which it was opened.
    package struct Subject: Sendable {
        package var store: any DirectoryStore
        package var presence: PresenceView

        package init(store: any DirectoryStore, presence: PresenceView) {
            self.store = store
            self.presence = presence
        }
    }

    package struct Case: Sendable, CustomStringConvertible {
        package let description: String
        package let run: @Sendable (Subject) async throws -> Void

        init(_ description: String, run: @escaping @Sendable (Subject) async throws -> Void) {
            self.description = description
            self.run = run
        }
    }

    /// A case that does not hold.
    package struct Breach: Error, CustomStringConvertible {
        package let description: String
    }

    package static let cases =
        accountCases + inviteCases + memberCases + publicationCases + findingCases + searchCases + listingCases
        + removalCases + permissionCases

    static func expect(_ condition: Bool, _ claim: String, line: Int = #line) throws {
        guard condition else { throw Breach(description: "line \(line): \(claim)") }
    }

    static func expect<Value: Equatable>(_ found: Value, is wanted: Value, line: Int = #line) throws {
        guard found == wanted else { throw Breach(description: "line \(line): \(found) is not \(wanted)") }
    }
}

extension DirectoryStore {
    /// As where there is no credentials file.
    package func publish(_ drafts: [PublicationDraft], by owner: UserName, at now: Int64 = 0, limit: Int64)
        async throws(DirectoryStoreError) -> [PublishResult]
    {
        try await publish(drafts, by: owner, at: now, limit: limit) { _ in false }
    }

    /// All that a member finds, go by go.
    package func found(_ query: SearchQuery, by member: String = "leia") async throws -> [ListedPublication] {
        let viewer = try Sample.viewer(member)
        var found: [ListedPublication] = []
        var next: Int64? = 0
        while let position = next {
            let findings = try await search(query, for: viewer, from: position)
            found += try await listings(findings.ids, for: viewer)
            next = findings.next
        }
        return found
    }

    /// Without regard to case.
    package func found(_ text: String, by member: String = "leia") async throws -> [ListedPublication] {
        try await found(SearchQuery(words: [Array(text.utf8)], ignoresCase: true), by: member)
    }
}
