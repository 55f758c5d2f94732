import Connectivity
import Content
import DirectoryClient
import DirectoryServer
import NIOCore
import NodeControl
import PeerNode
import TestKit
import Testing
import Transfer
import Wire

/// What is not for everybody: each place that keeps it so, alone, against a member who knows the content and where it is.
@Suite(.timeLimit(.minutes(2))) struct PermissionTests {
    let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private static let film = PeerNodeTests.content(3_000_000, seed: 1)

    private func content() throws -> ContentID { try BadSource(Self.film, .honest).content }

    /// A link to a holder, whatever the directory would tell.
    private func dial(_ holder: Holder, from peer: BadPeer) async throws -> AuthenticatedLink {
        let hash = try #require(peer.infoHash(of: try content()))
        return try await peer.dialer.dial(
            holder.user, at: holder.endpoints, greeting: PeerHandshake(infoHash: hash, peerID: PeerID.random()))
    }

    /// Whether a holder gives anything to whoever shows this: tells what there is, or sends it.
    private func gives(_ holder: Holder, to peer: BadPeer, showing ticket: [UInt8]?) async throws -> Bool {
        let link = try await dial(holder, from: peer)
        let handshake = ExtensionHandshake(ticket: ticket)
        let block = BlockRequest(piece: 0, begin: 0, length: 16_384)
        let hashes = HashRequest(
            root: try content().root, baseLayer: 7, index: 0, length: 2, proofLayers: 0)
        try await link.send([
            .extended(number: 0, payload: ByteBuffer(bytes: handshake.encoded)), .haveNone, .interested,
            .request(block), .hashRequest(hashes),
        ])
        var isRejected = false
        // Whoever gives nothing closes the link in the end.
        do {
            for try await messages in link.inbound {
                for message in messages {
                    switch message {
                    case .have, .bitfield, .haveAll, .unchoke, .piece, .hashes:
                        await link.close()
                        return true
                    case .reject: isRejected = true
                    default: break
                    }
                }
            }
        } catch is LinkFailure {}
        #expect(isRejected)
        return false
    }

    private func holder(_ name: String, as peer: BadPeer) async throws -> Holder {
        var found: Holder?
        try await eventually("\(name) is a holder") {
            found = try await peer.client.holders(try content()).first { $0.user.text == name }
            return found != nil
        }
        return try #require(found)
    }

    @Test func theDirectoryShowsItToItsReadersAlone() async throws {
        try await network.running { server in
            try await withNodes(["hans", "leia", "vader"], port: server.port) { nodes in
                let (hans, leia, vader) = (nodes[0], nodes[1], nodes[2])
                let path = try hans.write("film", Self.film)
                let published = try await hans.node.publish(path: path, to: .only(["leia"])) { _ in }
                #expect(published.file.audience == .only(["leia"]))
                #expect(try await hans.node.published().map(\.audience) == [.only(["leia"])])
                #expect(try await leia.node.search("") == ["film"])
                #expect(try await leia.node.listings(matching: "film").listings.map(\.isRestricted) == [true])
                #expect(try await leia.node.browse(member: "hans", folder: nil).listings.map(\.name) == ["film"])
                #expect(try await vader.node.search("") == [])
                #expect(try await vader.node.listings(matching: "film").listings == [])
                #expect(try await vader.node.browse(member: "hans", folder: nil).listings == [])
                #expect(try await vader.failure("film") == .notFound(name: "film", absent: []))
                try await leia.get("film")
                #expect(try leia.read("film") == Self.film)
                // Published again, it stays for whom it was, until something else is said.
                _ = try await hans.node.publish(path: path) { _ in }
                #expect(try await vader.node.search("") == [])
                _ = try await hans.node.publish(path: path, to: .everybody) { _ in }
                #expect(try await vader.node.search("") == ["film"])
                try await vader.get("film")
                #expect(try vader.read("film") == Self.film)
            }
        }
    }

    @Test func forWhomItIsCanBeChangedAlone() async throws {
        try await network.running { server in
            try await withNodes(["hans", "leia", "vader"], port: server.port) { nodes in
                let (hans, leia, vader) = (nodes[0], nodes[1], nodes[2])
                try await hans.publish("film", Self.film)
                try hans.make("music", [("song", [1, 2])])
                try await hans.node.share(path: hans.path("music"))
                for name in ["film", "music"] {
                    try await hans.node.show(name: name, to: .only(["leia"]))
                    let seen = try await vader.node.browse(member: "hans", folder: nil).listings.map(\.name)
                    #expect(!seen.contains(name))
                    await #expect(throws: NodeFailure.noSuchReader("nobody")) {
                        try await hans.node.show(name: name, to: .only(["nobody"]))
                    }
                }
                #expect(try await hans.node.shares().map(\.audience) == [.only(["leia"])])
                #expect(try await hans.node.published().map(\.audience) == [.only(["leia"]), .only(["leia"])])
                // It is served as before.
                try await leia.get("film")
                #expect(try leia.read("film") == Self.film)
                try await hans.node.show(name: "film", to: .everybody)
                try await vader.get("film")
                #expect(try vader.read("film") == Self.film)
                for name in ["nothing", "", "a/b"] {
                    await #expect(throws: NodeFailure.notPublished(name: name)) {
                        try await hans.node.show(name: name, to: .everybody)
                    }
                }
            }
        }
    }

    @Test func whatIsDroppedCanBeForSome() async throws {
        try await network.running { server in
            try await withNodes(["hans", "leia", "vader"], port: server.port) { nodes in
                let (hans, leia, vader) = (nodes[0], nodes[1], nodes[2])
                let bytes = AsyncThrowingStream<[UInt8], any Error> { stream in
                    stream.yield([1, 2, 3])
                    stream.finish()
                }
                let published = try await hans.node.upload(
                    bytes, as: "note", in: hans.path("dropped"), to: .only(["leia"]))
                #expect(published.file.audience == .only(["leia"]))
                #expect(try await leia.node.search("") == ["note"])
                #expect(try await vader.node.search("") == [])
                // Before a byte of it is taken.
                let (untouched, sender) = AsyncThrowingStream.makeStream(of: [UInt8].self, throwing: (any Error).self)
                for name in ["no body", "nobody"] {
                    await #expect(throws: NodeFailure.noSuchReader(name)) {
                        try await hans.node.upload(
                            untouched, as: "other", in: hans.path("dropped"), to: .only(["leia", name]))
                    }
                }
                sender.finish()
                try await hans.node.check(.only(["leia", "vader"]))
                try await hans.node.check(.everybody)
                #expect(!hans.exists("dropped/other"))
            }
        }
    }

    @Test func namesThatNobodyHasAreRefused() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let path = try hans.write("film", [1, 2, 3])
                for name in ["nobody", "no body", "nobody-has-a-name-so-long"] {
                    await #expect(throws: NodeFailure.noSuchReader(name)) {
                        try await hans.node.publish(path: path, to: .only(["vader", name])) { _ in }
                    }
                    try hans.make("music", [("a", [1])])
                    await #expect(throws: NodeFailure.noSuchReader(name)) {
                        try await hans.node.share(path: hans.path("music"), to: .only(["vader", name]))
                    }
                }
                #expect(try await hans.node.published() == [])
                // What was published before goes on being so.
                try await hans.publish("film", [1, 2, 3])
                try hans.write("film", [4, 5, 6, 7])
                await #expect(throws: NodeFailure.noSuchReader("nobody")) {
                    try await hans.node.publish(path: path, to: .only(["nobody"])) { _ in }
                }
                #expect(try await vader.node.search("") == ["film"])
            }
        }
    }

    @Test func aWholeHolderDemandsATicket() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let (leia, vader) = (
                    try await BadPeer("leia", port: server.port), try await BadPeer("vader", port: server.port)
                )
                _ = try await nodes[0].node.publish(
                    path: try nodes[0].write("film", Self.film), to: .only(["leia"])
                ) { _ in }
                let hans = try await holder("hans", as: leia)
                #expect(hans.demandsTicket)
                #expect(try await vader.client.holders(try content()) == [])
                let leias = try await leia.client.ticket(for: try content())
                let refusal = await #expect(throws: DirectoryClientFailure.self) {
                    try await vader.client.ticket(for: content())
                }
                #expect(refusal == .refused(.noSuchPublication))
                #expect(try await gives(hans, to: leia, showing: leias))
                async let bare = gives(hans, to: vader, showing: nil)
                async let anothers = gives(hans, to: vader, showing: leias)
                async let ownWithout = gives(hans, to: leia, showing: nil)
                #expect(try await [bare, anothers, ownWithout] == [false, false, false])
                await leia.client.goodbye()
                await vader.client.goodbye()
            }
        }
    }

    /// Somebody who knows the root publishes it himself, and gets a ticket for that.
    @Test func publishingTheRootOfAnothersContentGivesNothing() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let (leia, vader) = (
                    try await BadPeer("leia", port: server.port), try await BadPeer("vader", port: server.port)
                )
                _ = try await nodes[0].node.publish(
                    path: try nodes[0].write("film", Self.film), to: .only(["leia"])
                ) { _ in }
                let hans = try await holder("hans", as: leia)
                let own = Readers(CollectionOfOne(try #require(UserName("vader"))), isListed: false)
                let draft = PublicationDraft(
                    name: try FileName("mine"), visibility: .restricted(try #require(own)), content: try content())
                #expect(try await vader.client.publish([draft]).count == 1)
                #expect(try await vader.client.holders(try content()) == [])
                let ticket = try await vader.client.ticket(for: try content())
                #expect(try await !gives(hans, to: vader, showing: ticket))
                await leia.client.goodbye()
                await vader.client.goodbye()
            }
        }
    }

    @Test func aHolderOfAPartDemandsATicketAndOneThatFetchedItToo() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                _ = try await hans.node.publish(
                    path: try hans.write("film", Self.film), to: .only(["leia", "vader"])
                ) { _ in }
                let vader = try await BadPeer("vader", port: server.port)
                let ticket = try await vader.client.ticket(for: try content())
                let home = try TemporaryDirectory()
                let leia = try TestNode("leia", port: server.port, home: home)
                try await leia.signedIn {
                    try await leia.node.setLimits(NodeLimits(downward: 300_000))
                    let request = DownloadRequest(name: "film", output: nil, directory: leia.home.path)
                    #expect(try await leia.node.enqueue(request).count == 1)
                    try await PeerNodeTests.eventually("some of it has come") {
                        try await leia.node.transfers().contains { $0.done > 0 }
                    }
                    let part = try await holder("leia", as: vader)
                    #expect(part.demandsTicket && !part.isWhole)
                    #expect(try await gives(part, to: vader, showing: ticket))
                    #expect(try await !gives(part, to: vader, showing: nil))
                    try await leia.node.setLimits(NodeLimits())
                    try await PeerNodeTests.eventually("all of it has come") {
                        try await leia.node.transfers().allSatisfy { $0.state == .finished }
                    }
                }
                // The same after a new start.
                let again = try TestNode("leia", port: server.port, home: home)
                try await again.signedIn {
                    let whole = try await holder("leia", as: vader)
                    #expect(whole.demandsTicket && whole.isWhole)
                    #expect(try await gives(whole, to: vader, showing: ticket))
                    #expect(try await !gives(whole, to: vader, showing: nil))
                }
                await vader.client.goodbye()
            }
        }
    }

    @Test func whatIsNotForEverybodyAnyMoreEnds() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let path = try nodes[0].write("film", Self.film)
                _ = try await nodes[0].node.publish(path: path) { _ in }
                let vader = try await BadPeer("vader", port: server.port)
                let hans = try await holder("hans", as: vader)
                #expect(try await gives(hans, to: vader, showing: nil))
                let link = try await dial(hans, from: vader)
                _ = try await nodes[0].node.publish(path: path, to: .only([])) { _ in }
                // It ends soon, though nothing else happens on it.
                do { for try await _ in link.inbound {} } catch is LinkFailure {}
                #expect(try await !gives(hans, to: vader, showing: nil))
                await vader.client.goodbye()
            }
        }
    }

    @Test func aFolderAndASharedFolderGoToTheirReaders() async throws {
        try await network.running { server in
            try await withNodes(["hans", "leia", "vader"], port: server.port) { nodes in
                let (hans, leia, vader) = (nodes[0], nodes[1], nodes[2])
                try hans.make("photos", [("a", [1, 2, 3]), ("sub/film", Self.film)])
                _ = try await hans.node.publish(path: hans.path("photos"), to: .only(["leia"])) { _ in }
                try hans.make("music", [("live/song", PeerNodeTests.content(200_000, seed: 9))])
                try await hans.node.share(path: hans.path("music"), to: .only(["leia"]))
                #expect(try await hans.node.shares().map(\.audience) == [.only(["leia"])])
                try await PeerNodeTests.eventually("leia finds the song") {
                    try await leia.node.listings(matching: "song").listings.map(\.name) == ["music/live/song"]
                }
                try await leia.get("photos")
                #expect(try leia.read("photos/sub/film") == Self.film)
                try await leia.get("music/live/song")
                #expect(try leia.read("song") == hans.read("music/live/song"))
                #expect(try await vader.node.search("") == [])
                #expect(try await vader.failure("photos") == .notFound(name: "photos", absent: []))
                #expect(try await vader.failure("music/live/song") == .notFound(name: "music", absent: []))
                // The file in the folder is a content of its own, and no more for others than the folder.
                let asker = try await BadPeer("yoda", port: server.port)
                #expect(try await asker.client.holders(try content()) == [])
                await asker.client.goodbye()
                try await hans.node.share(path: hans.path("music"), to: .everybody)
                #expect(try await vader.node.listings(matching: "song").listings.map(\.name) == ["music/live/song"])
                try await vader.get("music/live/song")
            }
        }
    }

    @Test func whatIsLockedIsAskedForAndGranted() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let path = try hans.write("film", Self.film)
                _ = try await hans.node.publish(path: path, to: .only([], isListed: true)) { _ in }
                let listed = try await vader.node.listings(matching: "film").listings
                #expect(listed.map(\.isLocked) == [true])
                #expect(listed.map(\.root) == [nil])
                #expect(try await vader.failure("film") == .locked(name: "film", owner: "hans"))
                try await vader.node.ask(for: "film@hans")
                try await PeerNodeTests.eventually("hans is told") {
                    hans.notices.all.contains { if case .asked(_, "film", "vader") = $0 { true } else { false } }
                }
                let ask = try #require(try await hans.node.asks().ofOthers.first)
                #expect(ask.name == "film" && ask.member == "vader" && ask.state == .open)
                #expect(try await vader.node.asks().own.map(\.state) == [.open])
                await #expect(throws: NodeFailure.noSuchAsk(ask.id)) {
                    try await vader.node.answer(ask: ask.id, .always)
                }
                try await hans.node.answer(ask: ask.id, .once)
                try await PeerNodeTests.eventually("vader is told") {
                    vader.notices.contains(.answered(name: "film", owner: "hans", isGranted: true))
                }
                try await vader.get("film")
                #expect(try vader.read("film") == Self.film)
            }
        }
    }

    @Test func whatIsRefusedIsNotAskedForAgain() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try hans.make("music", [("song", [1])])
                try await hans.node.share(path: hans.path("music"), to: .only([], isListed: true))
                try await PeerNodeTests.eventually("it is listed") { try await vader.node.search("") == ["music/"] }
                #expect(try await vader.failure("music/song") == .locked(name: "music", owner: "hans"))
                await #expect(throws: NodeFailure.locked(name: "music", owner: "hans")) {
                    try await vader.node.browse(member: "hans", folder: "music")
                }
                try await vader.node.ask(for: "music")
                let ask = try #require(try await hans.node.asks().ofOthers.first)
                try await hans.node.answer(ask: ask.id, .refuse)
                await #expect(throws: NodeFailure.askRefused(name: "music")) { try await vader.node.ask(for: "music") }
                await #expect(throws: NodeFailure.notFound(name: "nothing", absent: [])) {
                    try await vader.node.ask(for: "nothing")
                }
            }
        }
    }

    /// Whoever may have what is kept to a few goes on keeping it to them, though somebody publishes the same for everybody.
    @Test func aLureOpensNothing() async throws {
        try await network.running { server in
            try await withNodes(["hans", "leia"], port: server.port) { nodes in
                let (hans, leia) = (nodes[0], nodes[1])
                _ = try await hans.node.publish(path: try hans.write("film", Self.film), to: .only(["leia"])) { _ in }
                let vader = try await BadPeer("vader", port: server.port)
                let draft = PublicationDraft(name: try FileName("lure"), content: try content())
                guard case .published(let id) = try await vader.client.publish([draft]).first else { return }
                try await vader.client.serve(add: [id])
                try await leia.get("lure")
                #expect(try leia.read("lure") == Self.film)
                // Its owner has it already, and gets it under the other name too.
                try await hans.get("lure")
                let yoda = try await BadPeer("yoda", port: server.port)
                #expect(try await yoda.client.holders(try content()).map(\.user.text) == ["vader"])
                // Where the two are he knows all the same.
                for (node, seed) in [(hans, UInt64(7)), (leia, 8)] {
                    let other = PeerNodeTests.content(20_000, seed: seed)
                    try await node.publish("other \(seed)", other)
                    let known = try await yoda.client.holders(try BadSource(other, .honest).content)
                    let holder = try #require(known.first { $0.user.text == node.name })
                    #expect(try await !gives(holder, to: yoda, showing: nil))
                }
                await vader.client.goodbye()
                await yoda.client.goodbye()
            }
        }
    }

    @Test func whoIsNoReaderAnyMoreIsCutOffByTheOwner() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let path = try nodes[0].write("film", Self.film)
                _ = try await nodes[0].node.publish(path: path, to: .only(["leia", "vader"])) { _ in }
                let vader = try await BadPeer("vader", port: server.port)
                let hans = try await holder("hans", as: vader)
                let ticket = try await vader.client.ticket(for: try content())
                #expect(try await gives(hans, to: vader, showing: ticket))
                let link = try await dial(hans, from: vader)
                let handshake = ExtensionHandshake(ticket: ticket)
                try await link.send([.extended(number: 0, payload: ByteBuffer(bytes: handshake.encoded)), .haveNone])
                _ = try await nodes[0].node.publish(path: path, to: .only(["leia"])) { _ in }
                do { for try await _ in link.inbound {} } catch is LinkFailure {}
                #expect(try await !gives(hans, to: vader, showing: ticket))
                await vader.client.goodbye()
            }
        }
    }

    /// An admin's taking down stands, though the file changes afterwards.
    @Test func whatWasWithdrawnDoesNotComeBackByItself() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port, change: { $0.checkInterval = .milliseconds(100) }) {
                nodes in
                let hans = nodes[0]
                let path = try hans.write("film", Self.film)
                _ = try await hans.node.publish(path: path, to: .only(["leia"])) { _ in }
                let user = try #require(UserName("hans"))
                _ = try await AdminClient(dataDirectory: network.folder.file("data"))
                    .ask(.change(.takeDown([try FileName("film")], of: user)))
                try hans.write("film", [1, 2, 3])
                // What is recorded as one's own can be exported.
                try await PeerNodeTests.eventually("it is forgotten") {
                    do throws(NodeFailure) {
                        _ = try await hans.node.exportTorrent(name: "film", to: hans.path("film.torrent"))
                        try? hans.remove("film.torrent")
                        return false
                    } catch { if case .notFound = error { return true } else { return false } }
                }
                #expect(try await hans.node.published() == [])
            }
        }
    }
}
