import Connectivity
import Library
package import NodeControl
import Wire

extension Node {
    package func blocked() async throws(NodeFailure) -> [String] { try member().blocked.members.map(\.text).sorted() }

    package func block(member name: String) async throws(NodeFailure) {
        let session = try member()
        guard let user = UserName(name) else { throw .noSuchMember(name) }
        guard user != session.user else { throw .oneself }
        // Who is blocked already may have left since. Where the server does not say, whoever wants to be left alone is.
        if session.status.isServerThere, !session.blocked.members.contains(user), await session.isUnknown(user) {
            throw .noSuchMember(name)
        }
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
