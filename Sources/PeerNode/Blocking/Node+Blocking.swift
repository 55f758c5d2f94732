import Connectivity
import DirectoryClient
import Library
package import NodeControl
import Wire

extension Node {
    package func blocked() async throws(NodeFailure) -> [String] { try member().blocked.members.map(\.text).sorted() }

    package func block(member name: String) async throws(NodeFailure) {
        let session = try member()
        guard let user = UserName(name) else { throw .noSuchMember(name) }
        guard user != session.user else { throw .oneself }
        guard await !isUnknown(user, session) else { throw .noSuchMember(name) }
        try await change(session) { try $0.block(user) }
        // Kept first: from here on no new link comes, and then the old ones end.
        session.parts.trust.refuse(session.blocked.members)
    }

    package func unblock(member name: String) async throws(NodeFailure) {
        let session = try member()
        guard let user = UserName(name) else { throw .notBlocked(name: name) }
        try await change(session) { try $0.unblock(user) }
        session.parts.trust.refuse(session.blocked.members)
    }

    /// The server is there, and knows neither a member nor a group of that name. Where it does not say, whoever wants
    /// to be left alone is.
    private func isUnknown(_ user: UserName, _ session: MemberSession) async -> Bool {
        // Who is blocked already may have left since.
        guard session.status.isServerThere, !session.blocked.members.contains(user) else { return false }
        do {
            try await session.parts.client.check(readers: [user])
        } catch .refused(.noSuchReader(_)) {
            return true
        } catch {}
        return false
    }

    private func change(
        _ session: MemberSession, _ body: @escaping @Sendable (BlockList) throws -> Void
    ) async throws(NodeFailure) {
        do {
            try await session.parts.threads.keeping.run { [blocked = session.blocked] _ in try body(blocked) }
        } catch {
            throw NodeFailure(ofState: error)
        }
    }
}
