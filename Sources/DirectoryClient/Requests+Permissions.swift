package import Content
package import Wire

/// What is not there for everybody.
extension DirectoryClient {
    /// A sealed ``Ticket`` for a content, where this member may see a publication of it that is not for everybody.
    package func ticket(for content: ContentID) async throws(DirectoryClientFailure) -> [UInt8] {
        guard case .ticket(let ticket) = try await one(.ticket(content)) else { throw .strange("ticket") }
        return ticket
    }

    /// Whether each is a member or a group; refused with the place of the first that is none.
    package func check(readers: [UserName]) async throws(DirectoryClientFailure) {
        guard case .done = try await one(.readers(readers)) else { throw .strange("readers") }
    }

    /// Asks its owner for what is locked.
    package func ask(for publication: PublicationID) async throws(DirectoryClientFailure) {
        guard case .done = try await one(.ask(publication)) else { throw .strange("ask") }
    }

    /// What others ask this member for, and he did not answer.
    package func asks() async throws(DirectoryClientFailure) -> [AskEntry] {
        try items(await ask(.list { .asks($0) })) { if case .asks(let page) = $0 { page.items } else { nil } }
    }

    /// What this member asked for lately.
    package func asked() async throws(DirectoryClientFailure) -> [AskEntry] {
        try items(await ask(.list { .asked($0) })) { if case .asks(let page) = $0 { page.items } else { nil } }
    }

    package func answer(ask id: Int64, _ verdict: Verdict) async throws(DirectoryClientFailure) {
        guard case .done = try await one(.answerAsk(id, verdict)) else { throw .strange("answer-ask") }
    }
}
