import ControlAPI
import NIOCore
import NIOPosix
import NodeControl
import TestKit
import Testing

/// A node of another process does what one of the own process does: each call with what it was given, each answer, each
/// failure.
@Suite struct RemoteNodeTests {
    private static let status = TransferStatus(
        number: 3, name: "ü/b c.txt", path: "/x/ü", state: .failed(.diskFull(path: "/x")), priority: .high, done: 1,
        total: nil, rate: 2.5, sources: 1, upward: 5_000, downward: nil)

    /// One that was stopped takes connections, and never answers.
    @Test func aNodeThatHangsIsNotWaitedForByTheDoctor() async throws {
        let folder = try TemporaryDirectory()
        let silent = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(unixDomainSocketPath: folder.file("node.sock")).get()
        let node = RemoteNode(
            socket: folder.file("node.sock"), workingFolder: folder.path, examinationLimit: .milliseconds(50))
        await #expect(throws: NodeFailure.nodeAway) { try await node.examine(ExaminationRequest()) }
        await node.leave()
        try await silent.close()
    }

    /// It is not taken for one that is away: that would be waited for.
    @Test func whoComesLearnsWhetherANodeHangs() async throws {
        let folder = try TemporaryDirectory()
        let socket = folder.file("node.sock")
        let early = RemoteNode(socket: socket, workingFolder: folder.path)
        #expect(await early.reception == .away)
        await early.leave()
        let silent = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(unixDomainSocketPath: socket).get()
        let node = RemoteNode(socket: socket, workingFolder: folder.path, patience: .milliseconds(50))
        #expect(await node.reception == .silent)
        #expect(await node.promptStatus() == nil)
        await node.leave()
        try await silent.close()
        try await Interface.with(ScriptedNode.Script()) { interface in
            #expect(await interface.remote.reception == .answered)
            #expect(await interface.remote.promptStatus()?.member == "hans")
        }
    }

    @Test func callsArriveWithWhatTheyWereGiven() async throws {
        var script = ScriptedNode.Script(peers: .success(["yoda"]), found: .success(["a", "b/"]))
        script.download = .success(
            .completed(name: "a b", path: "/here/a b", size: 3, files: nil, sources: ["yoda", "hans"]))
        script.enqueued = .success([Self.status])
        script.change = .success(Self.status)
        script.transfers = [Self.status]
        script.torrent = .success(
            ExportedTorrent(name: "a", path: "/t", size: 1, infoHash: "00", ownPort: nil, holders: []))
        script.identity = .success(ExportedIdentity(member: "hans", folder: "/i", expiresAt: 5, isRenewal: true))
        script.links = [OpenLink(member: "yoda", path: .punched)]
        try await Interface.with(script) { interface in
            let node = interface.remote
            #expect(try await node.openLinks() == [OpenLink(member: "yoda", path: .punched)])
            #expect(try await node.status().member == "hans")
            try await node.signInAgain(user: "hans")
            #expect(try await node.activePeers() == ["yoda"])
            #expect(try await node.search("50% & more+") == ["a", "b/"])
            #expect(try await node.listings(matching: "ä/?").isComplete)
            let terms = SearchTerms(
                words: ["a&b", "c d"], ignoresCase: true, leastSize: 1, greatestSize: 2, newerThan: 3, olderThan: 4,
                extensions: ["mp3", "ps"], owner: "o'b", order: .holders, isReversed: true)
            #expect(try await node.listings(matching: terms).isComplete)
            #expect(try await node.browse(member: "o'b", folder: "x/y").listings == [])
            #expect(try await node.publish(path: "rel/a.pdf") { _ in }.file.name == "a")
            try await node.unpublish(name: "a/b ü#@")
            try await node.show(name: "a/b ü", to: .only(["leia"], isListed: true))
            try await node.check(.only(["leia", "tüm"]))
            let outcome = try await node.download(
                DownloadRequest(name: "a b@yoda", output: "c", directory: "/here")
            ) { _ in }
            #expect(
                outcome == .completed(name: "a b", path: "/here/a b", size: 3, files: nil, sources: ["yoda", "hans"]))
            #expect(try await node.enqueue(DownloadRequest(name: "q", directory: "d")) == [Self.status])
            #expect(try await node.transfers() == [Self.status])
            #expect(try await node.change(transfer: "3", .limit(.down, 5_000)) == Self.status)
            #expect(try await node.pieces(of: "3").sources.map(\.member) == ["yoda"])
            try await node.setLimits(NodeLimits(upward: 0, downward: 8_000, slots: 2, active: 1))
            #expect(try await node.limits() == NodeLimits(upward: 0, downward: 8_000, slots: 2, active: 1))
            _ = try await node.exportTorrent(name: "a", to: "a.torrent")
            _ = try await node.importTorrent(path: "t", content: "c") { _ in }
            _ = try await node.exportIdentity(to: "/i", days: 30)
            #expect(
                interface.node.questions == [
                    "activePeers", "search 50% & more+", "listings ä/? (any case)", "listings \(terms)",
                    "browse o'b x/y", "publish /here/rel/a.pdf",
                    "unpublish a/b ü#@", "show a/b ü for leia locked", "check for leia,tüm",
                    "download a b@yoda c /here",
                    "enqueue q - /here/d",
                    "change 3 limit(NodeControl.TransferDirection.down, Optional(5000))", "pieces 3", "setLimits",
                    "exportTorrent a /here/a.torrent", "importTorrent /here/t /here/c", "exportIdentity /i 30",
                ])
        }
    }

    @Test func whatIsKeptArrivesToo() async throws {
        var script = ScriptedNode.Script()
        script.keeping.searches = [SavedSearch(name: "a b", text: "x", command: "true", newCount: 2, lastRun: 5)]
        script.keeping.matches = [
            SearchMatch(name: "f", owner: "yoda", isFolder: false, size: 1, root: nil, found: 9)
        ]
        script.keeping.blocked = ["vader"]
        script.keeping.settings = [Setting(key: .handOn, value: "on", source: .standard)]
        let kept = script.keeping
        try await Interface.with(script) { interface in
            let node = interface.remote
            #expect(try await node.savedSearches() == kept.searches)
            let draft = SearchDraft(name: "a/b ü", text: "50% & +", command: "echo \"$BITTRICKLE_NAME\"")
            #expect(try await node.saveSearch(draft).command == draft.command)
            #expect(try await node.newMatches(ofSearch: "a/b ü") == kept.matches)
            try await node.forgetSearch("a/b ü")
            #expect(try await node.blocked() == ["vader"])
            try await node.block(member: "o'b")
            try await node.unblock(member: "o'b")
            #expect(try await node.settings() == kept.settings)
            #expect(try await node.set(.down, to: "5000").source == .set)
            #expect(try await node.set(.downloads, to: nil).source == .standard)
            try await node.signOutHere()
            #expect(
                interface.node.questions == [
                    "saveSearch a/b ü 50% & + echo \"$BITTRICKLE_NAME\"", "newMatches a/b ü", "forgetSearch a/b ü",
                    "block o'b", "unblock o'b", "set down 5000", "set downloads -", "signOutHere",
                ])
            await #expect(throws: NodeFailure.searchUnfit) {
                try await node.saveSearch(SearchDraft(name: "", text: ""))
            }
            await #expect(throws: NodeFailure.noSuchSearch("")) { try await node.forgetSearch("") }
            await #expect(throws: NodeFailure.noSuchSearch("")) { try await node.newMatches(ofSearch: "") }
            await #expect(throws: NodeFailure.noSuchMember("")) { try await node.block(member: "") }
            await #expect(throws: NodeFailure.notBlocked(name: "")) { try await node.unblock(member: "") }
        }
    }

    @Test func failuresArriveAsTheyAre() async throws {
        let absent = NodeFailure.notFound(name: "a", absent: [AbsentOwner(name: "yoda", since: 5)])
        var script = ScriptedNode.Script(published: .failure(.expelled), unpublication: .notPublished(name: "a"))
        script.download = .failure(absent)
        try await Interface.with(script) { interface in
            let node = interface.remote
            await #expect(throws: NodeFailure.expelled) { try await node.published() }
            await #expect(throws: NodeFailure.notPublished(name: "a")) { try await node.unpublish(name: "a") }
            await #expect(throws: absent) {
                _ = try await node.download(DownloadRequest(name: "a", directory: "/")) { _ in }
            }
            await #expect(
                throws: NodeFailure.onlineElsewhere(
                    user: "hans", place: "another program on this computer")
            ) { try await node.signInAgain(user: "yoda") }
        }
    }

    @Test func whoGivesUpWaitingEndsTheWork() async throws {
        var script = ScriptedNode.Script()
        script.downloadsHang = true
        try await Interface.with(script) { interface in
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: NodeFailure.cancelled) {
                        _ = try await interface.remote.download(DownloadRequest(name: "a", directory: "/")) { _ in }
                    }
                }
                for await _ in interface.node.downloads { break }
                group.cancelAll()
            }
            // The node's own download was cancelled.
            for await _ in interface.node.endings { break }
        }
    }

    @Test func aNodeThatHasEndedIsSaid() async throws {
        let directory = try TemporaryDirectory()
        let node = RemoteNode(socket: directory.file("none.sock"), workingFolder: "/")
        await #expect(throws: NodeFailure.nodeAway) { try await node.activePeers() }
        await node.leave()
    }
}
