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

    /// A standard client has a torrent with the published name: whoever has fetched under that name, or has exported it so,
    /// answers to it, also when nobody is linked to him any more, and in the next run of his program.
    @Test func theNamesOfExportedTorrentsAreAnsweredTo() async throws {
        try await network.running { server in
            let source = try BadSource(content(200_000, seed: 6), .honest)
            let vader = try TestNode("vader", port: server.port)
            let asker = try await BadPeer("leia", port: server.port)
            func isServed(_ name: String) async throws -> Bool {
                let info = try InfoDictionary.single(
                    name: Array(name.utf8), content: source.content, certificate: asker.certificate)
                let holders = try await asker.client.holders(source.content)
                let holder = try #require(holders.first { $0.user.text == "vader" })
                let greeting = PeerHandshake(infoHash: info.infoHash.truncated, peerID: PeerID.random())
                do throws(DialFailure) {
                    let link = try await asker.dialer.dial(holder.user, at: holder.endpoints, greeting: greeting)
                    await link.close()
                    return true
                } catch { return false }
            }
            try await withNodes(["hans"], port: server.port) { nodes in
                for name in ["a", "b"] { try await nodes[0].publish(name, source.bytes) }
                try await vader.signedIn {
                    try await vader.get("a", output: "elsewhere")
                    #expect(try await isServed("a"))
                    #expect(try await !isServed("b"))
                    #expect(try await !isServed("elsewhere"))
                    let told = try await vader.node.exportTorrent(name: "b", to: vader.path("b.torrent"))
                    #expect(told.ownPort != nil)
                    #expect(try await isServed("b"))
                }
            }
            let again = try TestNode("vader", port: server.port, home: vader.home)
            try await again.signedIn {
                try await eventually("what was fetched is held again") {
                    try await asker.client.holders(source.content).contains { $0.user.text == "vader" }
                }
                for name in ["a", "b"] { #expect(try await isServed(name), "\(name)") }
                try again.remove("elsewhere")
                try await eventually("it is still served") { try await !isServed("a") }
            }
            await asker.client.goodbye()
        }
    }
}
