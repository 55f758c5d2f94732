/// Members whom this one does not want to have to do with. Nobody is told of it.
package protocol NodeBlocking: Sendable {
    /// By name.
    func blocked() async throws(NodeFailure) -> [String]
    /// From then on nothing of his is found or fetched, and nothing is given to him: links with him end, and new ones are
    /// refused. Blocking one who is blocked changes nothing. Throws `.noSuchMember` for what is no name, and where the server
    /// knows neither a member nor a group of that name, ``NodeFailure/oneself``, and ``NodeFailure/keptLimit(limit:)``.
    func block(member: String) async throws(NodeFailure)
    /// Throws ``NodeFailure/notBlocked(name:)``.
    func unblock(member: String) async throws(NodeFailure)
}
