import Connectivity
import Content
import DirectoryClient
import DirectoryServer
import NodeControl
import PeerNode
import Testing
import Wire

/// A file is one content, whether it lies in a folder or was published by itself.
@Suite(.timeLimit(.minutes(2))) struct InnerFileTests {
    let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private static let film = PeerNodeTests.content(3_000_000, seed: 1)
    private static let small = PeerNodeTests.content(300_000, seed: 2)
    /// So large that the pieces of the folder are longer than those of the film by itself.
    private static let files: [(path: String, bytes: [UInt8])] = [
        ("sub/film", film), ("sub/small", small), ("zeros", [UInt8](repeating: 0, count: 34 << 20)),
    ]

    private func content(_ bytes: [UInt8]) throws -> ContentID { try BadSource(bytes, .honest).content }

    private func holders(_ bytes: [UInt8], _ asker: BadPeer) async throws -> [String] {
        let holders = try await asker.client.holders(try content(bytes))
        return holders.filter { $0.isWhole }.map(\.user.text).sorted()
    }

    private func eventually(_ holders: [String], of bytes: [UInt8], _ asker: BadPeer) async throws {
        try await PeerNodeTests.eventually("the holders are \(holders)") {
            try await self.holders(bytes, asker) == holders
        }
    }

    private func isServed(_ bytes: [UInt8], at holder: Holder, _ asker: BadPeer) async throws -> Bool {
        let hash = try #require(asker.infoHash(of: try content(bytes)))
        do throws(DialFailure) {
            let greeting = PeerHandshake(infoHash: hash, peerID: PeerID.random())
            try await asker.dialer.dial(holder.user, at: holder.endpoints, greeting: greeting).close()
            return true
        } catch { return false }
    }

    /// Hans has published the folder, and is a holder of the film in it.
    private func withFilms(
        _ body: (_ hans: TestNode, _ asker: BadPeer, _ holder: Holder) async throws -> Void
    ) async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                let asker = try await BadPeer("leia", port: server.port)
                try hans.make("films", Self.files)
                _ = try await hans.node.publish(path: hans.path("films")) { _ in }
                try await eventually(["hans"], of: Self.film, asker)
                try await body(hans, asker, try #require(try await asker.client.holders(try content(Self.film)).first))
                await asker.client.goodbye()
            }
        }
    }

    @Test func aFileOfAFolderIsASourceOfTheSameUnderAnotherName() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try hans.make("films", Self.files)
                _ = try await hans.node.publish(path: hans.path("films")) { _ in }
                let leia = try await BadPeer("leia", port: server.port)
                try await eventually(["hans"], of: Self.film, leia)
                #expect(try await holders(Self.small, leia) == [])
                let outcome = try await leia.serving("movie", try BadSource(Self.film, .fails(after: 0))) {
                    try await vader.get("movie")
                }
                guard case .completed(_, _, _, _, sources: ["hans"]) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                #expect(try vader.read("movie") == Self.film)
            }
        }
    }

    @Test func itIsNoneAnyMoreWhenTheFolderIsWithdrawnOrChanges() async throws {
        try await withFilms { hans, asker, holder in
            #expect(try await isServed(Self.film, at: holder, asker))
            try await hans.node.unpublish(name: "films")
            try await eventually([], of: Self.film, asker)
            #expect(try await !isServed(Self.film, at: holder, asker))

            _ = try await hans.node.publish(path: hans.path("films")) { _ in }
            try await eventually(["hans"], of: Self.film, asker)
            let other = PeerNodeTests.content(3_000_000, seed: 7)
            try hans.write("films/sub/film", other)
            // Whoever asks makes it notice.
            #expect(try await !isServed(Self.film, at: holder, asker))
            try await eventually(["hans"], of: other, asker)
            #expect(try await holders(Self.film, asker) == [])
            #expect(try await isServed(other, at: holder, asker))
        }
    }

    /// Neither told nor given, and nobody makes it read for that.
    @Test func nothingIsHadFromWhoServesNothing() async throws {
        try await withFilms { hans, asker, holder in
            try await hans.node.setLimits(NodeLimits(upward: 0))
            try await eventually([], of: Self.film, asker)
            #expect(try await !isServed(Self.film, at: holder, asker))
            try await hans.node.setLimits(NodeLimits())
            try await eventually(["hans"], of: Self.film, asker)
            #expect(try await isServed(Self.film, at: holder, asker))
        }
    }

    /// Who fetches what was published by itself goes on when a folder with the same file goes.
    @Test func whatIsPublishedByItselfStays() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                let asker = try await BadPeer("leia", port: server.port)
                try hans.make("films", Self.files)
                try await hans.publish("film", Self.film)
                _ = try await hans.node.publish(path: hans.path("films")) { _ in }
                try await eventually(["hans"], of: Self.film, asker)
                let link = try await asker.link(to: "hans", for: try content(Self.film))
                try await link.send([.haveNone, .interested])
                var (offered, isUnchoked, isGiven): (UInt32?, Bool, Bool) = (nil, false, false)
                var isWithdrawn = false
                for try await messages in link.inbound {
                    for message in messages {
                        switch message {
                        case .have(let piece): offered = offered ?? piece
                        case .unchoke: isUnchoked = true
                        case .piece: isGiven = true
                        default: break
                        }
                    }
                    if isGiven { break }
                    guard let offered, isUnchoked, !isWithdrawn else { continue }
                    isWithdrawn = true
                    try await hans.node.unpublish(name: "films")
                    try await link.send([.request(BlockRequest(piece: offered, begin: 0, length: 16_384))])
                }
                #expect(isGiven)
                await link.close()
                await asker.client.goodbye()
            }
        }
    }

    /// What is here under one name goes when the last of its places does.
    @Test func eachPlaceIsOneOfItsOwn() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let asker = try await BadPeer("leia", port: server.port)
                try await hans.publish("film", Self.film)
                try await vader.get("film")
                try await hans.node.unpublish(name: "film")
                try vader.make("films", Self.files)
                let publishing = try await vader.node.publish(path: vader.path("films")) { _ in }
                try await eventually(["vader"], of: Self.film, asker)
                #expect(publishing.file.isFolder)
                try vader.write("film", [1])
                // What gives of it already gives what it has open; whoever comes later is the first to look.
                try await vader.node.setLimits(NodeLimits(upward: 0))
                try await eventually([], of: Self.film, asker)
                try await vader.node.setLimits(NodeLimits())
                try await eventually(["vader"], of: Self.film, asker)
                let holder = try #require(try await asker.client.holders(try content(Self.film)).first)
                // Asked for, it is served from the folder.
                #expect(try await isServed(Self.film, at: holder, asker))
                try await vader.node.unpublish(name: "films")
                try await eventually([], of: Self.film, asker)
                await asker.client.goodbye()
            }
        }
    }

    @Test func whatWasFetchedOfAFolderIsHeldAlsoAfterARestart() async throws {
        try await network.running { server in
            let vader = try TestNode("vader", port: server.port)
            let yoda = try TestNode("yoda", port: server.port)
            let asker = try await BadPeer("leia", port: server.port)
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                try hans.make("films", Self.files)
                _ = try await hans.node.publish(path: hans.path("films")) { _ in }
                try await vader.signedIn {
                    try await vader.get("films/sub/film", output: "mine")
                    try await vader.get("films/sub/small")
                    try await eventually(["hans", "vader"], of: Self.film, asker)
                    #expect(try await holders(Self.small, asker) == ["vader"])
                }
                try await yoda.signedIn {
                    try await yoda.get("films/sub")
                    try await eventually(["hans", "yoda"], of: Self.film, asker)
                    try await yoda.get("films", output: "all")
                }
            }
            for (node, name) in [(vader, "vader"), (yoda, "yoda")] {
                let again = try TestNode(name, port: server.port, home: node.home)
                try await again.signedIn {
                    try await eventually([name], of: Self.film, asker)
                    let holder = try #require(try await asker.client.holders(try content(Self.film)).first)
                    #expect(try await isServed(Self.film, at: holder, asker))
                }
            }
            await asker.client.goodbye()
        }
    }

    @Test func whatLiesInAFolderHereIsCopied() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let asker = try await BadPeer("leia", port: server.port)
                try await hans.publish("movie", Self.film)
                try vader.make("films", Self.files)
                _ = try await vader.node.publish(path: vader.path("films")) { _ in }
                try await PeerNodeTests.eventually("vader is a holder") {
                    try await holders(Self.film, asker).contains("vader")
                }
                guard case .completed(_, _, _, _, sources: []) = try await vader.get("movie") else {
                    Issue.record("it was fetched")
                    return
                }
                #expect(try vader.read("movie") == Self.film)
                await asker.client.goodbye()
            }
        }
    }
}
