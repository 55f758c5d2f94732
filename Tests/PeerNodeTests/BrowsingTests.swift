import DirectoryServer
import NodeControl
import PeerNode
import TestKit
import Testing

/// What others have, looked through.
@Suite(.timeLimit(.minutes(2))) struct BrowsingTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    @Test func oneContentOfSeveralIsOneListing() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader", "leia"], port: server.port) { nodes in
                let bytes = content(5_000, seed: 1)
                let file = try await nodes[0].publish("Film.MKV", bytes)
                try await nodes[1].publish("Film.MKV", bytes)
                try await nodes[1].publish("film two.mkv", [1])
                try nodes[1].make("films", [("a", [1, 2])])
                _ = try await nodes[1].node.publish(path: nodes[1].path("films")) { _ in }
                let found = try await nodes[2].node.listings(matching: "fILM")
                #expect(found.isComplete)
                #expect(found.listings.map(\.name) == ["Film.MKV", "film two.mkv", "films"])
                var first = Listing(
                    name: "Film.MKV", isFolder: false, size: 5_000, root: file.root, owners: ["hans", "vader"])
                first.published = found.listings.first?.published
                #expect(first.published != nil)
                #expect(found.listings.first == first)
                #expect(found.listings.last?.isFolder == true)
                #expect(found.listings.last?.size == 2)
                #expect(try await nodes[2].node.listings(matching: "nothing").listings == [])
            }
        }
    }

    @Test func aMemberIsLookedThrough() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                try await nodes[0].publish("b", [1])
                try await nodes[0].publish("a", [1])
                let found = try await nodes[1].node.browse(member: "hans", folder: nil)
                #expect(found.listings.map(\.name) == ["a", "b"])
                #expect(try await nodes[0].node.browse(member: "hans", folder: nil) == found)
                #expect(try await nodes[0].node.browse(member: "vader", folder: nil).listings == [])
                for away in ["yoda", "nobody at all", "x"] {
                    await #expect(throws: NodeFailure.memberAway(name: away)) {
                        try await nodes[0].node.browse(member: away, folder: nil)
                    }
                }
                await #expect(throws: NodeFailure.noSuchShare(member: "hans", folder: "c/d")) {
                    try await nodes[1].node.browse(member: "hans", folder: "c/d")
                }
            }
        }
    }
}
