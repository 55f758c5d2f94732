import Connectivity
import NodeControl
import Transfer
import Wire

/// A link as Transfer wants it.
struct MemberLink: PeerLink {
    let link: AuthenticatedLink

    var member: UserName { link.member }
    var abilities: PeerAbilities {
        PeerAbilities(fast: link.handshake.fast, extensions: link.handshake.extensions)
    }
    var path: LinkPath { link.path }
    var inbound: InboundMessages { Messages(link: link) }
    func send(_ messages: [PeerMessage]) async throws {
        do { try await link.send(messages) } catch LinkFailure.closedByPeer { throw ClosedByPeer() }
    }
    func close() async { await link.close() }

    /// Those of the link, with the failure that is the peer's own fault as Transfer knows it.
    struct Messages: AsyncSequence, Sendable {
        typealias Failure = any Error

        fileprivate let link: AuthenticatedLink

        func makeAsyncIterator() -> Iterator { Iterator(messages: link.inbound.makeAsyncIterator()) }

        struct Iterator: AsyncIteratorProtocol {
            fileprivate var messages: LinkMessages.Iterator

            mutating func next(isolation actor: isolated (any Actor)?) async throws -> [PeerMessage]? {
                do {
                    return try await messages.next(isolation: actor)
                } catch LinkFailure.malformed(let reason) {
                    throw MalformedMessage(reason)
                }
            }

            mutating func next() async throws -> [PeerMessage]? { try await next(isolation: #isolation) }
        }
    }
}

extension LinkKind {
    init(_ path: LinkPath) {
        self =
            switch path {
            case .direct: .direct
            case .mapped: .mapped
            case .reverse: .reverse
            case .punched: .punched
            case .relayed: .relayed
            }
    }
}
