import Connectivity
import Content
import DirectoryClient
import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing
import Transfer
import Wire

/// Who fetches is a source as well.
@Suite(.timeLimit(.minutes(2))) struct HoldingTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    @Test func whoHasFetchedIsAHolderUntilHisFileChanges() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let source = try BadSource(content(3_000_000, seed: 4), .honest)
                let wanted = source.hashes.layout.id
                try await hans.publish("a", source.bytes)
                try await vader.get("a")
                #expect(try await vader.node.published().isEmpty)
                let asker = try await BadPeer("leia", port: server.port)
                let holders = try await asker.client.holders(wanted)
                #expect(Set(holders.map(\.user.text)) == ["hans", "vader"])
                #expect(holders.allSatisfy { $0.isWhole })
                let holder = try #require(holders.first { $0.user.text == "vader" })
                let hash = try #require(asker.infoHash(of: wanted))
                func link() async throws -> AuthenticatedLink {
                    try await asker.dialer.dial(
                        holder.user, at: holder.endpoints,
                        greeting: PeerHandshake(infoHash: hash, peerID: PeerID.random()))
                }
                let open = try await link()
                try await open.send([.haveNone])
                var offered = 0
                for try await messages in open.inbound {
                    offered += messages.count { if case .have = $0 { true } else { false } }
                    if offered > 0 { break }
                }
                await open.close()

                try vader.write("a", [1, 2, 3])
                try await eventually("vader still serves what is not there any more") {
                    do { try await link().close() } catch { return true }
                    return false
                }
                try await eventually("the directory still names vader") {
                    try await asker.client.holders(wanted).map(\.user.text) == ["hans"]
                }
                await asker.client.goodbye()
            }
        }
    }

    @Test func whoFetchesIsListedMeanwhileAndNotAfterHeGaveUp() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let bad = try await BadPeer("hans", port: server.port)
                let source = try BadSource(content(8 << 20, seed: 5), .fails(after: 4 << 20))
                let asker = try await BadPeer("leia", port: server.port)
                let wanted = source.hashes.layout.id
                try await bad.serving("a", source) {
                    async let failure = vader.failure("a")
                    try await eventually("vader is not among the holders") {
                        try await asker.client.holders(wanted).contains { $0.user.text == "vader" && !$0.isWhole }
                    }
                    guard case .sourcesLost = try await failure else {
                        Issue.record("a source that failed gave everything")
                        return
                    }
                }
                #expect(try await asker.client.holders(wanted).allSatisfy { $0.user.text != "vader" })
                await asker.client.goodbye()
            }
        }
    }
}
