import Connectivity
import Transfer
import Wire

/// A link as Transfer wants it.
struct MemberLink: PeerLink {
    let link: AuthenticatedLink

    var member: UserName { link.member }
    var abilities: PeerAbilities {
        PeerAbilities(fast: link.handshake.fast, extensions: link.handshake.extensions)
    }
    var inbound: LinkMessages { link.inbound }
    func send(_ messages: [PeerMessage]) async throws { try await link.send(messages) }
    func close() async { await link.close() }
}
