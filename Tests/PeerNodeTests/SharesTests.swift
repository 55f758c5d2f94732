import DirectoryServer
import Foundation
import NodeControl
import PeerNode
import TestKit
import Testing

/// A folder is shared: what happens in it is seen by others.
@Suite(.timeLimit(.minutes(2))) struct SharesTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    private func names(_ text: String, _ node: TestNode) async throws -> [String] {
        try await node.node.listings(matching: text).listings.map(\.name)
    }

    private func rename(_ from: String, _ to: String, _ node: TestNode) throws {
        try FileManager.default.moveItem(atPath: node.path(from), toPath: node.path(to))
    }

    @Test func whatIsInASharedFolderIsListedAndFetched() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let bytes = content(300_000, seed: 1)
                try hans.make("music", [("Album/Song One.mp3", bytes), ("cover", [1, 2, 3]), ("empty", [])])
                try await hans.node.share(path: hans.path("music"))
                try await eventually("the names") {
                    try await names("", vader) == [
                        "music", "music/Album", "music/Album/Song One.mp3", "music/cover", "music/empty",
                    ]
                }
                #expect(try await vader.node.search("Song") == ["Song One.mp3"])
                #expect(try await names("SONG", vader) == ["music/Album/Song One.mp3"])
                try await vader.get("music/Album/Song One.mp3")
                #expect(try vader.read("Song One.mp3") == bytes)
                try await vader.get("cover")
                #expect(try vader.read("cover") == [1, 2, 3])
                try await vader.get("music/empty")
                #expect(
                    try await vader.failure("music/nothing") == .notInFolder(name: "music", path: "nothing"))
                let found = try await vader.node.browse(member: "hans", folder: "music/Album")
                #expect(found.listings.map(\.name) == ["music/Album/Song One.mp3"])
                try await eventually("all hashed") {
                    let status = try await hans.node.shares()
                    return status == [
                        ShareStatus(
                            path: hans.path("music"), fileCount: 3, unhashedCount: 0, bytesToHash: 0, isAway: false)
                    ]
                }
                #expect(try await vader.node.browse(member: "hans", folder: nil).listings.map(\.isFolder) == [true])
                #expect(try await hans.node.published().map(\.isFolder) == [true])
            }
        }
    }

    @Test func whatNobodyCouldHaveIsSaidOnce() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                let path = (1...48).map(String.init).joined(separator: "/")
                try hans.make("music", [("\(path)/song", [1]), ("song", [1])])
                try await hans.node.share(path: hans.path("music"))
                let notice = NodeNotice.outOfReach(folder: hans.path("music"), paths: [path], count: 1)
                try await eventually("it is said") { hans.notices.contains(notice) }
                try hans.make("music", [("other", [1])])
                try await eventually("it is looked once more") {
                    try await hans.node.shares().first?.fileCount == 2
                }
                let told = hans.notices.all.filter { $0 == notice }
                #expect(told.count == 1)
            }
        }
    }

    @Test func changesInTheFolderAreSeen() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let bytes = content(100_000, seed: 2)
                try hans.make("music", [("old/a", bytes), ("old/b", [1])])
                try await hans.node.share(path: hans.path("music"))
                try await eventually("the names") { try await names("", vader).count == 4 }
                try hans.write("music/new", [7])
                try await eventually("a new one") { try await names("new", vader) == ["music/new"] }
                try await eventually("all hashed") { try await hans.node.shares().first?.unhashedCount == 0 }
                try rename("music/old", "music/other", hans)
                try await eventually("the new name") { try await names("", vader).contains("music/other/a") }
                // Not a byte was read again.
                #expect(try await hans.node.shares().first?.unhashedCount == 0)
                try await vader.get("music/other/a")
                #expect(try vader.read("a") == bytes)
                try hans.remove("music/other/b")
                try await eventually("it is gone") { try await !names("", vader).contains("music/other/b") }
                let changed = content(150_000, seed: 3)
                try hans.write("music/other/a", changed)
                try await eventually("the new content") {
                    try await vader.node.listings(matching: "a").listings.first { $0.name == "music/other/a" }?.size
                        == 150_000
                }
                try await vader.get("music/other/a", output: "again")
                #expect(try vader.read("again") == changed)
            }
        }
    }

    @Test func aFolderThatIsAwayStaysPublishedAndIsNotSeen() async throws {
        try await network.running { server in
            try await withNodes(
                ["hans", "vader"], port: server.port, change: { $0.checkInterval = .milliseconds(100) }
            ) {
                nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try hans.make("disk", [("a", [1, 2])])
                try await hans.node.share(path: hans.path("disk"))
                try await eventually("the names") { try await names("", vader) == ["disk", "disk/a"] }
                try rename("disk", "unplugged", hans)
                try await eventually("it is away") { try await hans.node.shares().first?.isAway == true }
                try await eventually("nobody sees it") { try await names("", vader) == [] }
                #expect(try await hans.node.published().map(\.name) == ["disk"])
                try rename("unplugged", "disk", hans)
                try await eventually("it is back") { try await names("", vader) == ["disk", "disk/a"] }
                try hans.write("disk/b", [1])
                try await eventually("it is watched") { try await names("", vader).contains("disk/b") }
            }
        }
    }

    @Test func sharedFoldersOutliveTheProgram() async throws {
        try await network.running { server in
            let home = try TemporaryDirectory()
            let first = try TestNode("hans", port: server.port, home: home)
            try await first.signedIn {
                try first.make("music", [("a", [1]), ("b", [2]), ("in/c", [3])])
                try await first.node.share(path: first.path("music"))
                try await eventually("all hashed") {
                    let status = try await first.node.shares().first
                    return status?.fileCount == 3 && status?.unhashedCount == 0
                }
            }
            try rename("music/in", "music/moved", first)
            try first.remove("music/a")
            try first.write("music/d", [4])
            try await withNodes(["vader"], port: server.port) { nodes in
                #expect(try await names("", nodes[0]) == [])
                let again = try TestNode("hans", port: server.port, home: home)
                try await again.signedIn {
                    try await eventually("the names") {
                        try await names("", nodes[0])
                            == ["music", "music/b", "music/d", "music/moved", "music/moved/c"]
                    }
                    try await nodes[0].get("music/moved/c")
                    #expect(try nodes[0].read("c") == [3])
                    try await again.node.unpublish(name: "music")
                    try await eventually("it is gone") { try await names("", nodes[0]) == [] }
                    #expect(try await again.node.shares() == [])
                    try await eventually("it is withdrawn") { try await again.node.published() == [] }
                }
            }
        }
    }

    @Test func whatChangesWhileTheServerIsAwayIsToldAfterwards() async throws {
        let port = try await network.running { $0.port }
        let hans = try TestNode("hans", port: port) { $0.checkInterval = .milliseconds(200) }
        let vader = try TestNode("vader", port: port)
        try await hans.running {
            try await vader.running {
                try await network.running(port: port) { _ in
                    for node in [hans, vader] {
                        _ = try await node.node.connect()
                        try await node.node.signIn(user: node.name, password: TestNetwork.passwords[node.name] ?? "")
                    }
                    try hans.make("music", [("a", [1]), ("in/b", [2])])
                    try await hans.node.share(path: hans.path("music"))
                    try await eventually("the names") { try await names("", vader).count == 4 }
                }
                try rename("music/in", "music/out", hans)
                try hans.write("music/c", [3])
                try await network.running(port: port) { _ in
                    try await eventually("the news", within: .seconds(40)) {
                        let found = try? await names("", vader)
                        return found == ["music", "music/a", "music/c", "music/out", "music/out/b"]
                    }
                }
            }
        }
    }

    @Test func whatCannotBeSharedIsRefused() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                try hans.make("music", [("in/a", [1])])
                try hans.make("other/music", [("b", [1])])
                try await hans.publish("file", [1])
                try hans.make("more/file", [("b", [1])])
                func failure(_ path: String) async -> NodeFailure? {
                    do throws(NodeFailure) {
                        try await hans.node.share(path: hans.path(path))
                        return nil
                    } catch { return error }
                }
                #expect(await failure("nowhere") == .noSuchFolder(path: hans.path("nowhere")))
                #expect(await failure("file") == .notAFolder(path: hans.path("file")))
                #expect(await failure("file/in") == .noSuchFolder(path: hans.path("file/in")))
                #expect(await failure("state") == .folderUnpublishable(path: hans.path("state"), fault: .ownState))
                #expect(await failure("more/file") == .publishedAlready(name: "file"))
                #expect(await failure("music") == nil)
                // As what is published again.
                #expect(await failure("music") == nil)
                #expect(try await hans.node.shares().count == 1)
                #expect(
                    await failure("music/in")
                        == .shareOverlaps(path: hans.path("music/in"), other: hans.path("music")))
                #expect(await failure("other/music") == .sharedAlready(name: "music"))
                await #expect(throws: NodeFailure.sharedAlready(name: "music")) {
                    try await hans.node.publish(path: hans.path("music")) { _ in }
                }
                await #expect(throws: NodeFailure.notShared(path: "x")) { try await hans.node.unshare(path: "x") }
                try await hans.node.unshare(path: hans.path("music"))
                #expect(await failure("other/music") == nil)
            }
        }
    }

    @Test func whatIsSharedFromElsewhereUnderTheNameGivesWay() async throws {
        try await network.running { server in
            let (laptop, desktop) = (try TemporaryDirectory(), try TemporaryDirectory())
            let first = try TestNode("hans", port: server.port, home: laptop)
            try await first.signedIn {
                try first.make("music", [("a", [1])])
                try await first.node.share(path: first.path("music"))
                try await eventually("told") { try await first.node.published().map(\.name) == ["music"] }
            }
            let second = try TestNode("hans", port: server.port, home: desktop)
            try await second.signedIn {
                try second.make("music", [("b", [1])])
                try await second.node.share(path: second.path("music"))
                try await eventually("told") {
                    // Until then there is no such folder.
                    let found = try? await second.node.browse(member: "hans", folder: "music")
                    return found?.listings.map(\.name) == ["music/b"]
                }
            }
            let back = try TestNode("hans", port: server.port, home: laptop)
            try await back.signedIn {
                try await eventually("the notice") {
                    back.notices.contains(.superseded(name: "music", path: back.path("music")))
                }
                #expect(try await back.node.shares() == [])
            }
        }
    }
}
