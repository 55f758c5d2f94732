import Connectivity
import Content
import DirectoryClient
import DirectoryServer
import FoundationEssentials
import NodeControl
import PeerNode
import TestKit
import Testing
import Wire

/// Folders are served from where they are as long as they are there.
@Suite(.timeLimit(.minutes(2))) struct FolderHoldingTests {
    let network: TestNetwork

    init() throws { network = try TestNetwork() }

    /// Each a piece of one block.
    private static let files = (0..<20).map { (path: "sub/\($0)", bytes: content(16_384, seed: $0)) }

    private func publish(
        _ node: TestNode, _ files: [(path: String, bytes: [UInt8])] = files
    ) async throws -> ContentID {
        try node.make("photos", files)
        let file = try await node.node.publish(path: node.path("photos")) { _ in }.file
        return try #require(
            file.root.flatMap { Hash256(hex: $0) }.flatMap { root in
                file.size.flatMap { ContentID(root: root, size: $0, kind: .folder) }
            })
    }

    private func isHolder(_ member: String, of content: ContentID, whole: Bool, _ asker: BadPeer) async throws -> Bool {
        try await asker.client.holders(content).contains { $0.user.text == member && $0.isWhole == whole }
    }

    /// Also for those who are linked: their blocks come from files that are still open.
    @Test(arguments: [false, true]) func aFolderThatWasMovedAwayIsWithdrawn(leavesALink: Bool) async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                let content = try await publish(hans)
                let asker = try await BadPeer("leia", port: server.port)
                let link = try await asker.link(to: "hans", for: content)
                try await link.send([.haveNone, .interested])
                var piece: UInt32?
                var isUnchoked = false
                var given = 0
                do {
                    for try await messages in link.inbound {
                        var asks = false
                        for message in messages {
                            switch message {
                            case .have(let offered) where piece == nil:
                                piece = offered
                                asks = true
                            case .unchoke:
                                isUnchoked = true
                                asks = true
                            case .piece:
                                given += 1
                                asks = true
                            default: break
                            }
                        }
                        if given == 1 {
                            let (path, place) = (hans.path("photos"), hans.path("moved"))
                            try FileManager.default.moveItem(atPath: path, toPath: place)
                            if leavesALink {
                                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: place)
                            }
                            given += 1
                        }
                        guard asks, isUnchoked, let piece else { continue }
                        try await link.send([.request(BlockRequest(piece: piece, begin: 0, length: 16_384))])
                    }
                } catch {
                    // So a link may end, too.
                }
                #expect(given > 0)
                let reason = leavesALink ? "it is a symbolic link" : "there is no such file or folder"
                try await eventually("the notice") {
                    hans.notices.contains(.withdrawn(name: "photos", reason: reason))
                }
                #expect(try await hans.node.published() == [])
                await asker.client.goodbye()
            }
        }
    }

    @Test func aFolderThatWasFetchedIsHeldAfterARestart() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let content = try await publish(nodes[0])
                let vader = try TestNode("vader", port: server.port)
                try await vader.signedIn { _ = try await vader.get("photos") }
                let asker = try await BadPeer("leia", port: server.port)
                #expect(try await asker.client.holders(content).map(\.user.text) == ["hans"])
                let again = try TestNode("vader", port: server.port, home: vader.home)
                try await again.signedIn {
                    #expect(try await isHolder("vader", of: content, whole: true, asker))
                    try await asker.link(to: "vader", for: content).close()
                    // Until a file is not what it was, and somebody asks.
                    try again.remove("photos/sub/7")
                    try await eventually("vader still serves what is not there any more") {
                        do { try await asker.link(to: "vader", for: content).close() } catch { return true }
                        return false
                    }
                    try await eventually("the directory still names vader") {
                        try await asker.client.holders(content).map(\.user.text) == ["hans"]
                    }
                }
                let third = try TestNode("vader", port: server.port, home: vader.home)
                try await third.signedIn {
                    let holders = try await asker.client.holders(content)
                    #expect(holders.map(\.user.text) == ["hans"])
                }
                await asker.client.goodbye()
            }
        }
    }

    /// Nothing of it was fetched, and yet it is one more source, whose torrent can be written.
    @Test func aFolderThatWasCopiedIsHeld() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let files = Self.files + [("large", PeerNodeTests.content(3_000_000, seed: 9))]
                let content = try await publish(hans, files)
                try vader.make("other", files + [("more", [1])])
                _ = try await vader.node.publish(path: vader.path("other")) { _ in }
                guard case .completed(_, _, _, _, sources: []) = try await vader.get("photos") else {
                    Issue.record("it was fetched")
                    return
                }
                let asker = try await BadPeer("leia", port: server.port)
                try await eventually("vader is a holder") {
                    try await isHolder("vader", of: content, whole: true, asker)
                }
                try await asker.link(to: "vader", for: content).close()
                let exported = try await vader.node.exportTorrent(name: "photos", to: vader.path("photos.torrent"))
                #expect(exported.ownPort != nil)
                _ = try await hans.node.exportTorrent(name: "photos", to: hans.path("photos.torrent"))
                #expect(try vader.read("photos.torrent") == hans.read("photos.torrent"))
                await asker.client.goodbye()
            }
        }
    }

    /// One that is done has nothing to do with another that goes on.
    @Test func partsAreHeldEachByItself() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let content = try await publish(
                    hans, Self.files + [("large", PeerNodeTests.content(3_000_000, seed: 9))])
                let asker = try await BadPeer("leia", port: server.port)
                try await vader.node.setLimits(NodeLimits(downward: NodeLimits.leastRate))
                let request = DownloadRequest(name: "photos/large", directory: vader.home.path)
                let large = try #require(try await vader.node.enqueue(request).first)
                let transfer = "\(large.number)"
                try await eventually("vader is a holder") {
                    try await isHolder("vader", of: content, whole: false, asker)
                }
                _ = try await vader.node.change(transfer: transfer, .limit(.down, NodeLimits.leastRate))
                try await vader.node.setLimits(NodeLimits())
                try await vader.get("photos/sub/3")
                #expect(try vader.read("3") == Self.files[3].bytes)
                #expect(try await isHolder("vader", of: content, whole: false, asker))
                _ = try await vader.node.change(transfer: transfer, .cancel)
                try await eventually("vader is none any more") {
                    try await asker.client.holders(content).map(\.user.text) == ["hans"]
                }
                await asker.client.goodbye()
            }
        }
    }
}
