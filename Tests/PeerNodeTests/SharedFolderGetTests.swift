import DirectoryServer
import Foundation
import NodeControl
import PeerNode
import TestKit
import Testing

/// A folder that others share is fetched whole, or a part of it, file by file.
@Suite(.timeLimit(.minutes(2))) struct SharedFolderGetTests {
    private let network: TestNetwork
    private let song = content(300_000, seed: 1)

    init() throws { network = try TestNetwork() }

    /// Hans shares `music`, and the last one of the members gets of it.
    private func shared(
        by owners: [String] = ["hans"], _ body: @escaping @Sendable ([TestNode], TestNode) async throws -> Void
    ) async throws {
        try await network.running { server in
            try await withNodes(owners + ["vader"], port: server.port) { nodes in
                try nodes[0].make(
                    "music",
                    [
                        ("live/one.mp3", song), ("live/two.mp3", content(200_000, seed: 2)), ("live/same.mp3", song),
                        ("live/late/three.mp3", [3]), ("cover", [1, 2, 3]), ("empty", []),
                    ])
                try await nodes[0].node.share(path: nodes[0].path("music"))
                try await eventually("the names") {
                    try await nodes[owners.count].node.listings(matching: "").listings.count == 9
                }
                try await body(Array(nodes.dropLast()), nodes[owners.count])
            }
        }
    }

    /// Those that have their names, at any depth.
    private func files(_ node: TestNode, _ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: node.path(folder)).filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: node.path("\(folder)/\($0)"), isDirectory: &isFolder)
                && !isFolder.boolValue && !$0.contains(".bittrickle-")
        }
        .sorted()
    }

    @Test func allOfItComes() async throws {
        try await shared { _, vader in
            let outcome = try await vader.get("music")
            #expect(
                outcome
                    == .completed(
                        name: "music", path: vader.path("music"), size: 800_004, files: 6, sources: ["hans"]))
            #expect(
                try files(vader, "music") == [
                    "cover", "empty", "live/late/three.mp3", "live/one.mp3", "live/same.mp3", "live/two.mp3",
                ])
            #expect(try vader.read("music/live/same.mp3") == song)
            #expect(try vader.read("music/live/late/three.mp3") == [3])
            #expect(try await vader.get("music/") == .alreadyThere(path: vader.path("music")))
        }
    }

    @Test func aPartOfItComes() async throws {
        try await shared { _, vader in
            let outcome = try await vader.get("music/live/late", output: "mine")
            #expect(
                outcome
                    == .completed(
                        name: "music/live/late", path: vader.path("mine"), size: 1, files: 1, sources: ["hans"]))
            #expect(try files(vader, "mine") == ["three.mp3"])
        }
    }

    /// What came by the node before is counted with the rest.
    @Test func whoGoesOnAtTheNextNodeIsToldOfAllOfIt() async throws {
        try await shared { _, vader in
            try vader.make("music", [("live/one.mp3", song)])
            let outcome = try await vader.node.download(
                DownloadRequest(name: "music", directory: vader.home.path, isContinued: true)
            ) { _ in }
            #expect(
                outcome
                    == .completed(
                        name: "music", path: vader.path("music"), size: 800_004, files: 6, sources: ["hans"]))
        }
    }

    /// It is never overwritten, and the others come all the same.
    @Test func whatStandsInTheWayIsLeft() async throws {
        try await shared { _, vader in
            try vader.make("music", [("live/two.mp3", [9]), ("cover", [1, 2, 3])])
            let reason = NodeFailure.targetExists(path: vader.path("music/live/two.mp3"))
            #expect(
                try await vader.failure("music")
                    == .filesMissing(
                        name: "music", missing: 1, of: 6,
                        first: [MissingFile(name: "music/live/two.mp3", reason: reason)]))
            #expect(try vader.read("music/live/two.mp3") == [9])
            #expect(try vader.read("music/live/one.mp3") == song)
            try vader.remove("music/live/two.mp3")
            guard case .completed(_, _, 200_000, 1, ["hans"]) = try await vader.get("music") else {
                Issue.record("not what was missing")
                return
            }
        }
    }

    @Test func ofSeveralWhoShareOneEachIsOneOfHisOwn() async throws {
        try await shared(by: ["hans", "leia"]) { owners, vader in
            try owners[1].make("music", [("live/one.mp3", song), ("live/four.mp3", [4])])
            try await owners[1].node.share(path: owners[1].path("music"))
            try await eventually("her names") {
                try await vader.node.listings(matching: "four").listings.count == 1
            }
            // Wherever the choice is put.
            try await vader.get("music/live/one.mp3@leia")
            #expect(try vader.read("one.mp3") == song)
            try await vader.get("music/live@leia", output: "of hers")
            #expect(try files(vader, "of hers") == ["four.mp3", "one.mp3"])
            try await vader.get("music@leia", output: "hers")
            #expect(try files(vader, "hers") == ["live/four.mp3", "live/one.mp3"])
            #expect(
                try await vader.failure("music/live")
                    == .severalFolders(name: "music/live", owners: ["hans", "leia"]))
            #expect(
                try await vader.failure("music") == .severalFolders(name: "music", owners: ["hans", "leia"]))
            #expect(!vader.exists("music"))
        }
    }

    @Test func inTheBackgroundEachIsATransfer() async throws {
        try await shared { _, vader in
            try vader.make("live", [("two.mp3", content(200_000, seed: 2))])
            try await vader.node.setLimits(NodeLimits(downward: NodeLimits.leastRate))
            let request = DownloadRequest(name: "music/live", directory: vader.home.path)
            let queued = try await vader.node.enqueue(request)
            // What is of one content with another, for the same folder, comes when that is there.
            #expect(queued.count == 2)
            #expect(try await vader.node.enqueue(request).allSatisfy { queued.map(\.number).contains($0.number) })
            try await vader.node.setLimits(NodeLimits())
            try await eventually("all of them") {
                try files(vader, "live") == ["late/three.mp3", "one.mp3", "same.mp3", "two.mp3"]
            }
            #expect(try vader.read("live/same.mp3") == song)
            #expect(try await vader.node.enqueue(request) == [])
        }
    }

    @Test func moreThanTheQueueTakesIsNotQueued() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                for number in 0...TransferQueue.limit {
                    try hans.make("many", [("\(number)", Array("\(number)".utf8))])
                }
                try await hans.node.share(path: hans.path("many"))
                try await eventually("the names") {
                    let found = try? await vader.node.browse(member: "hans", folder: "many")
                    return found?.listings.count == TransferQueue.limit + 1
                }
                let request = DownloadRequest(name: "many", directory: vader.home.path)
                await #expect(throws: NodeFailure.sharedFolderTooLarge(name: "many", limit: TransferQueue.limit)) {
                    try await vader.node.enqueue(request)
                }
                #expect(try await vader.node.transfers().isEmpty && !vader.exists("many"))
            }
        }
    }

    /// The same again goes on.
    @Test func whoEndsItKeepsWhatHasCome() async throws {
        try await shared { _, vader in
            try await vader.node.setLimits(NodeLimits(downward: NodeLimits.leastRate))
            let progressed = Seen(false)
            let request = DownloadRequest(name: "music", directory: vader.home.path)
            await withTaskGroup(of: NodeFailure?.self) { group in
                group.addTask {
                    do throws(NodeFailure) {
                        _ = try await vader.node.download(request) { progress in
                            if progress.name == "music", progress.total == 800_004 { progressed.change { $0 = true } }
                        }
                        return nil
                    } catch { return error }
                }
                await progressed.wait { $0 }
                group.cancelAll()
                for await failure in group { #expect(failure == .cancelled) }
            }
            try await vader.node.setLimits(NodeLimits())
            try await vader.get("music")
            #expect(try files(vader, "music").count == 6)
        }
    }

    /// Where it was to go to, too.
    @Test func theSameAgainGoesOnUnderAnotherName() async throws {
        try await shared { _, vader in
            try vader.make("mine", [("live/two.mp3", [9]), ("live/late/three.mp3", [3])])
            guard case .filesMissing(_, 1, 6, _) = try await vader.failure("music", output: "mine") else {
                Issue.record("it did not go on")
                return
            }
            #expect(try files(vader, "mine").count == 6)
            // What has nothing to do with it stays apart.
            try vader.make("other", [("letter", [1])])
            try await vader.get("music", output: "other")
            #expect(try files(vader, "other").contains("music/live/one.mp3"))
        }
    }

    /// One file that is paused, as by another command, is the only one that is missing.
    @Test func whatIsPausedEndsNothingElse() async throws {
        try await shared { _, vader in
            try await vader.node.setLimits(NodeLimits(downward: 100_000))
            async let failure = vader.failure("music")
            try await eventually("it comes") {
                try await vader.node.transfers().contains { $0.name == "music/live/two.mp3" && $0.state == .active }
            }
            _ = try await vader.node.change(transfer: "music/live/two.mp3", .pause)
            try await vader.node.setLimits(NodeLimits())
            guard case .filesMissing("music", 1, 6, let first) = try await failure else {
                Issue.record("\(String(describing: try await failure))")
                return
            }
            #expect(first.map(\.name) == ["music/live/two.mp3"])
        }
    }

    /// When hans has left, what waits for him keeps nothing back that leia has.
    @Test func whatWaitsLetsTheRestBegin() async throws {
        try await network.running { server in
            try await withNodes(["leia", "vader"], port: server.port) { nodes in
                let (leia, vader) = (nodes[0], nodes[1])
                let hans = try TestNode("hans", port: server.port)
                try hans.make("music", [("a", content(1_000_000, seed: 4)), ("b", song)])
                let get = Waiter("music", vader)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await hans.signedIn {
                        try await hans.node.share(path: hans.path("music"))
                        try await eventually("the names") {
                            try await vader.node.listings(matching: "").listings.count == 3
                        }
                        try await leia.get("music/b")
                        try await vader.node.setLimits(NodeLimits(downward: 200_000, active: 1))
                        group.addTask { await get.run() }
                        try await eventually("the first begins") {
                            try await vader.node.transfers().contains { $0.done > 0 }
                        }
                    }
                    try await vader.node.setLimits(NodeLimits(active: 1))
                    try await eventually("the second comes", within: .seconds(30)) { vader.exists("music/b") }
                    #expect(get.outcome == nil && !vader.exists("music/a"))
                    let again = try TestNode("hans", port: server.port, home: hans.home)
                    try await again.signedIn { try await group.waitForAll() }
                }
                guard case .success(.completed("music", _, 1_300_000, 2, ["hans", "leia"])) = get.outcome else {
                    Issue.record("\(String(describing: get.outcome))")
                    return
                }
            }
        }
    }

    /// The same again, while its owner is away, waits for him, and then for all that is in it.
    @Test(arguments: [("music", nil), ("music@hans", "mine"), ("music/live", nil)] as [(String, String?)])
    func whatWasInterruptedWaitsForItsOwner(name: String, output: String?) async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let hans = try TestNode("hans", port: server.port)
                try hans.make(
                    "music", [("live/a", content(1_000_000, seed: 4)), ("live/b", content(500_000, seed: 5))])
                let request = DownloadRequest(name: name, output: output, directory: vader.home.path)
                let place = output ?? name
                let inner = name == "music/live" ? "live" : "\(place)/live"
                try await hans.signedIn {
                    try await hans.node.share(path: hans.path("music"))
                    try await eventually("the names") {
                        try await vader.node.listings(matching: "").listings.count == 4
                    }
                    try await vader.node.setLimits(NodeLimits(downward: 200_000, active: 1))
                    let get = Waiter(request, vader)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { await get.run() }
                        try await eventually("the first begins") {
                            try await vader.node.transfers().contains { $0.done > 0 }
                        }
                        get.interrupt()
                        try await group.waitForAll()
                    }
                    try await vader.node.setLimits(NodeLimits())
                }
                #expect(!vader.exists("\(inner)/a") && !vader.exists("\(inner)/b"))
                // Of another place nothing was begun.
                guard case .notFound = try await vader.failure(name, output: "elsewhere") else {
                    Issue.record("it was not said that he is away")
                    return
                }
                let get = Waiter(request, vader)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await get.run() }
                    try await eventually("it is said for whom it waits", within: .seconds(30)) {
                        get.said.last?.waitsFor == ["hans"]
                    }
                    let again = try TestNode("hans", port: server.port, home: hans.home)
                    try await again.signedIn { try await group.waitForAll() }
                }
                guard case .success(.completed(_, _, 500_000, 1, ["hans"])) = get.outcome else {
                    Issue.record("\(String(describing: get.outcome))")
                    return
                }
                #expect(try vader.read("\(inner)/a") == content(1_000_000, seed: 4))
                #expect(try vader.read("\(inner)/b") == content(500_000, seed: 5))
            }
        }
    }

    @Test func whoIsAwayIsNamed() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                let vader = nodes[0]
                let hans = try TestNode("hans", port: server.port)
                try await hans.signedIn {
                    try hans.make("music", [("live/one.mp3", [1])])
                    try await hans.node.share(path: hans.path("music"))
                    try await eventually("the names") {
                        try await vader.node.listings(matching: "").listings.count == 3
                    }
                }
                for name in ["music", "music/live", "music/live/one.mp3"] {
                    guard case .notFound(name, let absent) = try await vader.failure(name) else {
                        Issue.record("\(name): \(String(describing: try await vader.failure(name)))")
                        continue
                    }
                    #expect(absent.map(\.name) == ["hans"])
                }
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: vader.home.path).allSatisfy { $0 != "live" })
            }
        }
    }

    @Test func namesThatJoinTheSlashAreNamesLikeOthers() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try hans.make("music", [("\u{301}live/\u{301}one", [1])])
                try await hans.node.share(path: hans.path("music"))
                try await eventually("the names") {
                    try await vader.node.listings(matching: "").listings.count == 3
                }
                try await vader.get("music")
                #expect(try vader.read("music/\u{301}live/\u{301}one") == [1])
            }
        }
    }

    @Test func aFileInThePlaceOfAFolderIsLeft() async throws {
        try await shared { _, vader in
            try vader.make("music", [("live", [1])])
            let failure = try await vader.failure("music")
            #expect(failure != nil)
            #expect(try vader.read("music/live") == [1])
            try FileManager.default.createDirectory(atPath: vader.path("elsewhere"), withIntermediateDirectories: true)
            try vader.remove("music/live")
            try FileManager.default.createSymbolicLink(
                atPath: vader.path("music/live"), withDestinationPath: vader.path("elsewhere"))
            #expect(try await vader.failure("music") != nil)
            #expect(try files(vader, "elsewhere") == [])
        }
    }

    /// A folder of the same name that lies elsewhere is another one.
    @Test func ofSeveralOfOneMemberThatAtTheTopIsMeant() async throws {
        try await shared { owners, vader in
            let hans = owners[0]
            try hans.make("other", [("music/cover", [9]), ("a/inner/x", [1]), ("b/inner/y", [2])])
            try await hans.node.share(path: hans.path("other"))
            try await eventually("its names") {
                try await vader.node.listings(matching: "inner").listings.count == 2
            }
            try await vader.get("music")
            #expect(try vader.read("music/cover") == [1, 2, 3])
            #expect(try files(vader, "music").count == 6)
            #expect(try await vader.failure("inner") == .severalFolders(name: "inner", owners: ["hans"]))
            try await vader.get("other/b/inner")
            #expect(try files(vader, "inner") == ["y"])
        }
    }

    /// All of them, though each waits for the one before it.
    @Test func manyOfOneContentComeInTheBackground() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try hans.make("same", (0..<8).map { (path: "\($0)", bytes: song) })
                try await hans.node.share(path: hans.path("same"))
                try await eventually("the names") {
                    try await vader.node.listings(matching: "").listings.count == 9
                }
                _ = try await vader.node.enqueue(DownloadRequest(name: "same", directory: vader.home.path))
                try await eventually("all of them") { try files(vader, "same").count == 8 }
            }
        }
    }

    @Test func emptyFoldersComeToo() async throws {
        try await shared { owners, vader in
            try FileManager.default.createDirectory(
                atPath: owners[0].path("music/later/on"), withIntermediateDirectories: true)
            try await eventually("its name") {
                try await vader.node.listings(matching: "on").listings.contains { $0.name == "music/later/on" }
            }
            try await vader.get("music")
            #expect(vader.exists("music/later/on"))
            guard case .completed(_, _, 0, 0, []) = try await vader.get("music/later", output: "empty") else {
                Issue.record("an empty folder is one, too")
                return
            }
            #expect(vader.exists("empty/on"))
        }
    }

    @Test func whatIsLockedIsAskedFor() async throws {
        try await shared { owners, vader in
            let audience = Audience.only([], isListed: true)
            _ = try await owners[0].node.share(path: owners[0].path("music"), to: audience)
            try await eventually("it is locked") {
                try await vader.failure("music") == .locked(name: "music", owner: "hans")
            }
        }
    }
}
