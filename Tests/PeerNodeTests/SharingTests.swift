import Content
import DirectoryServer
import Foundation
import NIOCore
import NetworkTestKit
import NodeControl
import PeerNode
import TestKit
import Testing
import Wire

/// What is offered is there, and is what was hashed.
@Suite(.timeLimit(.minutes(2))) struct SharingTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    @Test func publicationsOutliveTheProgramAndAreServedAgain() async throws {
        try await network.running { server in
            let home = try TemporaryDirectory()
            let bytes = content(200_000, seed: 1)
            let first = try TestNode("hans", port: server.port, home: home)
            try await first.signedIn { _ = try await first.publish("a", bytes) }
            try await withNodes(["vader"], port: server.port) { nodes in
                #expect(try await nodes[0].node.search("a") == [])
                let again = try TestNode("hans", port: server.port, home: home)
                try await again.signedIn {
                    #expect(try await nodes[0].node.search("a") == ["a"])
                    try await nodes[0].get("a")
                    #expect(try nodes[0].read("a") == bytes)
                    #expect(again.notices.all == [])
                }
            }
        }
    }

    /// Ages come from outside, as numbers of seconds: none is too long or too short to be asked for.
    @Test(arguments: [Int64.max, 60, 0, .min]) func anyAgeCanBeAskedFor(age: Int64) async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                _ = try await nodes[0].publish("a", [1, 2, 3])
                let newer = try await nodes[1].node.search(SearchTerms(words: ["a"], newerThan: age))
                let older = try await nodes[1].node.search(SearchTerms(words: ["a"], olderThan: age))
                // What is just of this moment may be on either side.
                if age > 0 { #expect((newer, older) == (["a"], [])) }
            }
        }
    }

    @Test func aFileThatChangedMeanwhileIsPublishedAsItIs() async throws {
        try await network.running { server in
            let home = try TemporaryDirectory()
            let first = try TestNode("hans", port: server.port, home: home)
            try await first.signedIn {
                _ = try await first.publish("a", content(200_000, seed: 1))
                _ = try await first.publish("gone", [1, 2, 3])
            }
            let changed = content(200_001, seed: 2)
            try first.write("a", changed)
            try first.remove("gone")
            try await withNodes(["vader"], port: server.port) { nodes in
                let again = try TestNode("hans", port: server.port, home: home)
                try await again.signedIn {
                    try await eventually("notices") { again.notices.all.count == 2 }
                    #expect(again.notices.contains(.republished(name: "a")))
                    #expect(
                        again.notices.contains(
                            .withdrawn(name: "gone", reason: "there is no such file or folder")))
                    #expect(try await again.node.published().map(\.name) == ["a"])
                    try await nodes[0].get("a")
                    #expect(try nodes[0].read("a") == changed)
                }
            }
        }
    }

    @Test func aFileThatChangesIsNotServedAsWhatItWas() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try await hans.publish("a", content(2_000_000, seed: 1))
                let changed = content(2_000_000, seed: 2)
                try hans.write("a", changed)
                // The first one who asks finds out; what he gets is nothing, or already the new content.
                _ = try await vader.failure("a", output: "old")
                try await eventually("the notice") { hans.notices.contains(.republished(name: "a")) }
                try await vader.get("a")
                #expect(try vader.read("a") == changed)
                if vader.exists("old") { #expect(try vader.read("old") == changed) }
            }
        }
    }

    @Test func aFileThatVanishesIsWithdrawn() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try await hans.publish("a", content(100_000, seed: 1))
                try hans.remove("a")
                #expect(try await vader.failure("a") != nil)
                try await eventually("the notice") {
                    hans.notices.contains(.withdrawn(name: "a", reason: "there is no such file or folder"))
                }
                #expect(try await hans.node.published() == [])
            }
        }
    }

    /// Nobody asks for any of it.
    @Test func changesAreFoundByLooking() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port, change: { $0.checkInterval = .milliseconds(50) }) {
                nodes in
                let hans = nodes[0]
                for name in ["a", "gone", "as it was"] { try await hans.publish(name, content(1_000, seed: 1)) }
                try FileManager.default.createDirectory(atPath: hans.path("folder"), withIntermediateDirectories: true)
                try hans.write("folder/a", [1])
                _ = try await hans.node.publish(path: hans.path("folder")) { _ in }
                try hans.write("a", content(1_000, seed: 2))
                try hans.remove("gone")
                try hans.write("folder/b", [2])
                let notices: Set<NodeNotice> = [
                    .republished(name: "a"), .republished(name: "folder"),
                    .withdrawn(name: "gone", reason: "there is no such file or folder"),
                ]
                try await eventually("the notices") { Set(hans.notices.all).isSuperset(of: notices) }
                #expect(try await hans.node.published().map(\.name) == ["a", "as it was", "folder"])
                #expect(Set(hans.notices.all) == notices)
            }
        }
    }

    @Test func publishingAgainReplacesAndIsIdempotent() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let first = try await hans.publish("a", [1])
                #expect(try await hans.node.publish(path: hans.path("a")) { _ in }.file == first)
                let second = try await hans.node.publish(path: try hans.write("a", [1, 2])) { _ in }
                #expect(second.replaced == nil)
                #expect(try await hans.node.published() == [second.file])
                try hans.make("elsewhere", [("a", [1, 2, 3])])
                let third = try await hans.node.publish(path: hans.path("elsewhere/a")) { _ in }
                #expect(third.replaced == hans.path("a"))
                #expect(try await hans.node.published() == [third.file])
                try await vader.get("a")
                #expect(try vader.read("a") == [1, 2, 3])
            }
        }
    }

    /// Not by the dots that lead to it.
    @Test(arguments: ["photos/.", "photos/sub/..", "photos/sub/../../photos/./sub/.."])
    func aFolderIsPublishedByItsOwnName(path: String) async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                try hans.make("photos", [("sub/a", content(10, seed: 1))])
                let file = try await hans.node.publish(path: hans.path(path)) { _ in }.file
                #expect(file.name == "photos" && file.isFolder)
            }
        }
    }

    @Test func whatCannotBePublishedIsSaid() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let hans = nodes[0]
                let empty = hans.path("empty")
                try FileManager.default.createDirectory(atPath: "\(empty)/in it", withIntermediateDirectories: true)
                for (path, failure) in [
                    (hans.path("nothing"), NodeFailure.noSuchFile(path: hans.path("nothing"))),
                    (empty, .folderUnpublishable(path: empty, fault: .empty)),
                    ("/dev/null", .notRegularFile(path: "/dev/null")),
                    ("/..", .isDirectory(path: "/")), ("/", .isDirectory(path: "/")),
                    (hans.path("nothing/.."), .noSuchFile(path: hans.path("nothing/.."))),
                ] {
                    await #expect(throws: failure) { try await hans.node.publish(path: path) { _ in } }
                }
            }
        }
    }

    /// A member with two computers: the second one publishes other content under a name of the first one's.
    private func supersede(_ name: String, of first: TestNode, with bytes: [UInt8], port: UInt16) async throws {
        let second = try TestNode(first.name, port: port)
        try await second.signedIn { _ = try await second.publish(name, bytes) }
    }

    @Test(arguments: [false, true])
    func whatAnotherDevicePublishedSinceIsNotOverwritten(changedHereToo: Bool) async throws {
        try await network.running { server in
            let home = try TemporaryDirectory()
            let first = try TestNode("hans", port: server.port, home: home)
            try await first.signedIn { _ = try await first.publish("a", content(1_000, seed: 1)) }
            try await supersede("a", of: first, with: content(2_000, seed: 2), port: server.port)
            if changedHereToo { try first.write("a", content(3_000, seed: 3)) }
            try await withNodes(["vader"], port: server.port) { nodes in
                let again = try TestNode("hans", port: server.port, home: home)
                try await again.signedIn {
                    let notice = NodeNotice.superseded(name: "a", path: first.path("a"))
                    try await eventually("the notice") { again.notices.all == [notice] }
                    #expect(try await again.node.published().map(\.size) == [2_000])
                    #expect(try await nodes[0].node.search("a") == [])
                    // Publishing it again is an act, and the newest one.
                    _ = try await again.node.publish(path: first.path("a")) { _ in }
                    #expect(try await again.node.published().map(\.size) == [changedHereToo ? 3_000 : 1_000])
                    try await nodes[0].get("a")
                    #expect(try nodes[0].read("a") == first.read("a"))
                    #expect(again.notices.all == [notice])
                }
            }
        }
    }

    /// The directory took the first content, and nobody here heard of it; the second one never reached it.
    @Test func whatWasPublishedHereAndNotAcknowledgedIsNoOtherDevices() async throws {
        try await network.running { server in
            let proxy = try await LossyProxy.start(
                to: try SocketAddress(ipAddress: "127.0.0.1", port: Int(server.port)))
            let port = UInt16(try #require(try await proxy.address.port))
            let hans = try TestNode("hans", port: port)
            let away = NodeFailure.serverAway(address: "127.0.0.1:\(port)")
            let last = content(2_000, seed: 2)
            try await withNodes(["vader"], port: server.port) { nodes in
                try await hans.signedIn {
                    await proxy.set(Weather(drop: 1), .toClient)
                    await #expect(throws: away) { try await hans.publish("a", content(1_000, seed: 1)) }
                    await proxy.cut()
                    await #expect(throws: away) { try await hans.publish("a", last) }
                    await proxy.set(.fair, .toClient)
                    await proxy.restore()
                    // Had the first one not arrived, nothing would be published.
                    try await eventually("it is published") {
                        (try? await hans.node.published().map(\.size)) == [2_000]
                    }
                    try await nodes[0].get("a")
                    #expect(try nodes[0].read("a") == last)
                    #expect(!hans.notices.contains(.superseded(name: "a", path: hans.path("a"))))
                }
            }
            await proxy.close()
        }
    }

    @Test func aDamagedRecordIsSetAsideAndToldAndPublishingAgainServes() async throws {
        try await network.running { server in
            let home = try TemporaryDirectory()
            let bytes = content(1_000, seed: 1)
            let first = try TestNode("hans", port: server.port, home: home)
            try await first.signedIn { _ = try await first.publish("a", bytes) }
            let state = "state/\(server.pin)/user-hans"
            for suffix in ["-wal", "-shm"] where first.exists("\(state)/published.sqlite\(suffix)") {
                try first.remove("\(state)/published.sqlite\(suffix)")
            }
            try first.write("\(state)/published.sqlite", [UInt8](repeating: 0x5A, count: 10_000))
            try await withNodes(["vader"], port: server.port) { nodes in
                let again = try TestNode("hans", port: server.port, home: home)
                try await again.signedIn {
                    let record = again.path("\(state)/published.sqlite")
                    let notice = NodeNotice.recordSetAside(path: record, setAside: "\(record).damaged")
                    try await eventually("the notice") { again.notices.all == [notice] }
                    #expect(try again.read("\(state)/published.sqlite.damaged").count == 10_000)
                    #expect(try await again.node.published().map(\.name) == ["a"])
                    #expect(try await nodes[0].node.search("a") == [])
                    _ = try await again.node.publish(path: first.path("a")) { _ in }
                    try await nodes[0].get("a")
                    #expect(try nodes[0].read("a") == bytes)
                }
            }
        }
    }
}
