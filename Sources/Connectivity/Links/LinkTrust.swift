import NIOSSL
import Synchronization
package import Wire

/// Who we are and whom we believe, as of now: shared by the listener and all dials of a node.
///
/// Links are judged when they are made and again whenever revocations come in; a renewed certificate is
/// used from the next link on.
package final class LinkTrust: Sendable {
    private struct State {
        var identity: MemberIdentity
        var security: TransportSecurity
        var revocations = RevocationList()
        /// Members with whom there are to be no links, though they are members.
        var refused: Set<UserName> = []
    }

    private let state: Mutex<State>
    private let verifier: PeerVerifier
    private let directoryTime: @Sendable () -> Int64
    let registry: LinkRegistry
    let expected = ExpectedLinks()
    let limits: LinkLimits

    /// - Parameter directoryTime: milliseconds since 1970 by the directory's clock.
    package init(
        identity: MemberIdentity, limits: LinkLimits = LinkLimits(), directoryTime: @escaping @Sendable () -> Int64
    ) throws {
        state = Mutex(State(identity: identity, security: try TransportSecurity(identity: identity)))
        verifier = PeerVerifier(authority: identity.authority, ownName: identity.user)
        self.limits = limits
        self.directoryTime = directoryTime
        registry = LinkRegistry(limits: limits)
    }

    package var identity: MemberIdentity { state.withLock { $0.identity } }

    /// How many links are open, those included that have not said yet who they are.
    package var linkCount: Int { registry.count }
    /// Of the open links, each way to each member once.
    package var paths: [UserName: Set<LinkPath>] { registry.paths }

    /// Uses a renewed certificate from the next link on.
    package func replace(_ identity: MemberIdentity) throws {
        let security = try TransportSecurity(identity: identity)
        state.withLock { state in
            state.identity = identity
            state.security = security
        }
    }

    /// Takes what the directory told, and ends the links that it voids.
    package func revoke(_ revocations: some Sequence<Revocation>) {
        let now = directoryTime()
        let list = state.withLock { state in
            state.revocations.insert(revocations, at: now)
            return state.revocations
        }
        registry.cut { list.revokes($0) ? .expelled($0.user) : nil }
    }

    /// With these members there are to be no links from now on, in either direction: those that there are end. Without them
    /// there may be again.
    package func refuse(_ members: Set<UserName>) {
        state.withLock { $0.refused = members }
        registry.cut { members.contains($0.user) ? .refused(.blocked($0.user)) : nil }
    }

    /// Whether there are to be no links with a member.
    func refuses(_ member: UserName) -> Bool { state.withLock { $0.refused.contains(member) } }

    /// Ends all links of a member.
    package func cut(_ member: UserName) {
        registry.cut { $0.user == member ? .closed : nil }
    }

    /// With whom there are links, in either direction.
    package var linkedMembers: Set<UserName> { registry.members }

    /// Ends the links from addresses that this computer does not have any more: nothing would come on them, nor tell that.
    ///
    /// - Returns: Whose they were.
    package func cut(from addresses: Set<[UInt8]>) -> Set<UserName> { registry.cut(from: addresses) }

    /// Ends those links, with one member or with all, on which nothing comes any more for ``LinkLimits/doubt``, because this
    /// computer or that member is elsewhere. Does not wait: where our own reader holds back, a link stays in doubt until it does
    /// not. When this is called anew, what came before says nothing any more.
    ///
    /// - Parameter cut: Told whose link was ended, of each as soon as it is.
    package func cutSilent(of member: UserName? = nil, _ cut: @escaping @Sendable (UserName) -> Void) {
        registry.cutSilent(of: member, cut)
    }

    /// Ends every link.
    package func cutAll() { registry.cutAll() }

    var security: TransportSecurity { state.withLock { $0.security } }

    /// - Parameter expected: the member who was dialled.
    func judge(_ chain: [[UInt8]], expected: UserName? = nil) throws(PeerRefusal) -> MemberCertificate {
        let certificate = try verifier.verify(
            chain: chain, at: directoryTime(), revocations: state.withLock { $0.revocations })
        if let expected, certificate.user != expected { throw .unexpectedMember(certificate.user) }
        if state.withLock({ $0.refused.contains(certificate.user) }) { throw .blocked(certificate.user) }
        return certificate
    }

    /// Judges once more, now that the link is in the registry: what came in between has not cut it. Nil where all is well.
    func laterRefusal(of certificate: MemberCertificate) -> PeerRefusal? {
        state.withLock { state in
            if state.revocations.revokes(certificate) { return .revoked(certificate.user) }
            return state.refused.contains(certificate.user) ? .blocked(certificate.user) : nil
        }
    }

    /// Milliseconds until a certificate ends.
    func remaining(of certificate: MemberCertificate) -> Int64 { max(0, certificate.expiresAt - directoryTime()) }
}
