import Content
import DirectoryServer
import Foundation
import NodeControl
import PeerNode
import TestKit
import Testing

/// Folders from one member to others, over real sockets.
@Suite(.timeLimit(.minutes(2))) struct FolderTests {
    let network: TestNetwork

    init() throws { network = try TestNetwork() }

    /// Sizes round the edges of blocks and pieces, names of all kinds, folders in folders.
    private static let files: [(path: String, bytes: [UInt8])] = [
        ("a.txt", content(1, seed: 1)), ("empty", []), ("sub/deeper/Größe\n1", content(16_384, seed: 2)),
        ("sub/b", content(16_385, seed: 3)), ("sub/also empty", []), ("sub.d/c", content(300_000, seed: 4)),
        ("same 1", content(50_000, seed: 5)), ("z/same 2", content(50_000, seed: 5)),
        (String(repeating: "n", count: 255), content(3_000_000, seed: 6)),
    ]

    private func make(_ name: String, at node: TestNode, _ files: [(path: String, bytes: [UInt8])] = files) throws {
        try node.make(name, files)
    }

    private func check(
        _ name: String, at node: TestNode, _ files: [(path: String, bytes: [UInt8])] = files
    ) throws {
        let found = try FileManager.default.subpathsOfDirectory(atPath: node.path(name)).filter { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: node.path("\(name)/\(path)"), isDirectory: &isFolder)
                && !isFolder.boolValue
        }
        #expect(Set(found) == Set(files.map(\.path)))
        for file in files { #expect(try node.read("\(name)/\(file.path)") == file.bytes, "\(file.path)") }
    }

    @Test func whatIsHiddenInAFolderIsNamed() async throws {
        try await network.running { server in
            try await withNodes(["hans"], port: server.port) { nodes in
                let files = [".env", ".git/a/config", "sub/.b/c", "sub/d.e", ".1", ".2", ".3"]
                try make("work", at: nodes[0], files.map { ($0, content(1, seed: 1)) })
                let hidden = try await nodes[0].node.publish(path: nodes[0].path("work")) { _ in }.folder?.hidden
                #expect(hidden == HiddenFiles(count: 6, paths: [".1", ".2", ".3", ".env", ".git/a/config"]))
            }
        }
    }

    @Test func aFolderArrivesWholeAndIsServedOn() async throws {
        try await network.running { server in
            try await withNodes(["hans", "leia", "vader"], port: server.port) { nodes in
                let (hans, leia, vader) = (nodes[0], nodes[1], nodes[2])
                try make("photos", at: hans)
                try FileManager.default.createSymbolicLink(
                    atPath: hans.path("photos/link"), withDestinationPath: "/etc/passwd")
                let publishing = try await hans.node.publish(path: hans.path("photos")) { _ in }
                #expect(publishing.folder?.fileCount == Self.files.count)
                #expect(publishing.folder?.hidden == nil)
                #expect(publishing.folder?.skipped == [SkippedEntry(path: "link", reason: .symbolicLink)])
                #expect(try await hans.node.published() == [publishing.file])
                #expect(publishing.file.isFolder)
                #expect(try await vader.node.search("hoto") == ["photos/"])
                let outcome = try await vader.get("photos")
                let size = Self.files.reduce(Int64(0)) { $0 + Int64($1.bytes.count) }
                #expect(
                    outcome
                        == .completed(
                            name: "photos", path: vader.path("photos"), size: size, files: Self.files.count,
                            sources: ["hans"]))
                try check("photos", at: vader)
                #expect(try await vader.get("photos") == .alreadyThere(path: vader.path("photos")))
                // Hans goes; who fetched it gives it.
                try await hans.node.unpublish(name: "photos/")
                try make("photos", at: leia)
                _ = try await leia.node.publish(path: leia.path("photos")) { _ in }
                try leia.remove("photos/a.txt")
                try await hans.get("photos/sub/", output: "part")
                try check(
                    "part", at: hans,
                    [
                        ("deeper/Größe\n1", content(16_384, seed: 2)), ("b", content(16_385, seed: 3)),
                        ("also empty", []),
                    ])
            }
        }
    }

    @Test func aPartArrives() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try make("photos", at: hans)
                _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                try await vader.get("photos/sub")
                try check(
                    "sub", at: vader,
                    [
                        ("deeper/Größe\n1", content(16_384, seed: 2)), ("b", content(16_385, seed: 3)),
                        ("also empty", []),
                    ])
                try await vader.get("photos@hans/sub.d/c", output: "one")
                #expect(try vader.read("one") == content(300_000, seed: 4))
                try await vader.get("photos/sub.d/c@hans", output: "another")
                #expect(try vader.read("another") == content(300_000, seed: 4))
                try await vader.get("photos/empty")
                #expect(try vader.read("empty") == [])
                #expect(
                    try await vader.failure("photos/nothing") == .notInFolder(name: "photos", path: "nothing"))
                let left = try FileManager.default.contentsOfDirectory(atPath: vader.home.path)
                #expect(left.filter { $0.hasPrefix(".bittrickle-") } == [])
            }
        }
    }

    /// Behind the path as behind the folder; and what is really called so comes first.
    @Test func aPartArrivesFromWhomIsNamed() async throws {
        try await network.running { server in
            try await withNodes(["hans", "leia", "vader"], port: server.port) { nodes in
                let (hans, leia, vader) = (nodes[0], nodes[1], nodes[2])
                try make("photos", at: hans, [("one", content(10, seed: 1)), ("two@leia", content(20, seed: 2))])
                _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                try await vader.get("photos/two@leia", output: "exact")
                #expect(try vader.read("exact") == content(20, seed: 2))
                #expect(
                    try await vader.failure("photos/none@hans") == .notInFolder(name: "photos", path: "none"))
                try make("photos", at: leia, [("one", content(30, seed: 3)), ("two", content(40, seed: 4))])
                _ = try await leia.node.publish(path: leia.path("photos")) { _ in }
                for (owner, seed, size) in [("hans", UInt64(1), 10), ("leia", 3, 30)] {
                    try await vader.get("photos/one@\(owner)", output: owner)
                    #expect(try vader.read(owner) == content(size, seed: seed))
                }
                for name in ["photos/one", "photos/one@luke"] {
                    guard case .ambiguous(name: "photos", _) = try await vader.failure(name) else {
                        return #expect(Bool(false), "\(name)")
                    }
                }
            }
        }
    }

    @Test func whatIsHereIsCopied() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try make("photos", at: hans)
                _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                try make("mine", at: vader, Self.files.filter { $0.bytes.count > 1 })
                _ = try await vader.node.publish(path: vader.path("mine")) { _ in }
                try await vader.publish("single", content(1, seed: 1))
                let outcome = try await vader.get("photos")
                guard case .completed(_, _, _, _, let sources) = outcome else {
                    return #expect(Bool(false), "\(outcome)")
                }
                #expect(sources == [])
                try check("photos", at: vader)
            }
        }
    }

    @Test func aChangedFileIsNoticed() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                try make("photos", at: hans)
                _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                var files = Self.files
                files[5].bytes = content(300_000, seed: 40)
                try hans.write("photos/\(files[5].path)", files[5].bytes)
                // Whoever asks makes it notice; what it is now is there soon after.
                _ = try await vader.failure("photos", output: "first")
                try await eventually("the notice") { hans.notices.contains(.republished(name: "photos")) }
                try await vader.get("photos", output: "second")
                try check("second", at: vader, files)
            }
        }
    }

    @Test func comesBackAfterARestartWithoutHashing() async throws {
        try await network.running { server in
            let hans = try TestNode("hans", port: server.port)
            try await hans.signedIn {
                try make("photos", at: hans)
                _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
            }
            let again = try TestNode("hans", port: server.port, home: hans.home)
            try await again.signedIn {
                try await withNodes(["vader"], port: server.port) { nodes in
                    try await nodes[0].get("photos")
                    try check("photos", at: nodes[0])
                }
            }
        }
    }

    /// Begun while nobody has it, it goes on by itself in the next run of the program.
    @Test func aPartOfAFolderOutlastsTheProgram() async throws {
        try await network.running { server in
            let hans = try TestNode("hans", port: server.port)
            let vader = try TestNode("vader", port: server.port)
            try await hans.signedIn {
                try make("photos", at: hans)
                _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                try await vader.signedIn {
                    let request = DownloadRequest(name: "photos/sub", directory: vader.home.path)
                    var limits = try await vader.node.limits()
                    limits.downward = NodeLimits.leastRate
                    try await vader.node.setLimits(limits)
                    #expect(try await vader.node.enqueue(request).map(\.name) == ["photos/sub"])
                }
            }
            let again = try TestNode("vader", port: server.port, home: vader.home)
            try await again.signedIn {
                #expect(try await again.node.transfers().map(\.name) == ["photos/sub"])
                try await again.node.setLimits(NodeLimits())
                let back = try TestNode("hans", port: server.port, home: hans.home)
                try await back.signedIn {
                    try await eventually("it is whole") { again.exists("sub/b") }
                    // Of the part, not of the folder.
                    #expect(try await again.node.transfers().map(\.total) == [32_769])
                }
            }
            try check(
                "sub", at: again,
                [
                    ("deeper/Größe\n1", content(16_384, seed: 2)), ("b", content(16_385, seed: 3)), ("also empty", []),
                ])
        }
    }

    /// Begun with somebody who told what is in it, and gone on with where nobody is: all that it needs is here by then.
    @Test func whatIsInAFolderIsKnownAfterARestart() async throws {
        // Of a piece each: a file of which something had come would have to be fetched.
        let files = (0..<40).map { (path: "f\($0)", bytes: content(16_000, seed: UInt64(100 + $0))) }
        try await network.running { server in
            let vader = try TestNode("vader", port: server.port)
            try await withNodes(["hans"], port: server.port) { nodes in
                try make("photos", at: nodes[0], files)
                _ = try await nodes[0].node.publish(path: nodes[0].path("photos")) { _ in }
                try await vader.signedIn {
                    var limits = try await vader.node.limits()
                    limits.downward = NodeLimits.leastRate
                    try await vader.node.setLimits(limits)
                    _ = try await vader.node.enqueue(DownloadRequest(name: "photos", directory: vader.home.path))
                    try await eventually("it has begun") {
                        try FileManager.default.contentsOfDirectory(atPath: vader.home.path)
                            .contains { $0.hasPrefix(".bittrickle-") }
                    }
                    _ = try await vader.node.change(transfer: "photos", .pause)
                }
            }
            let again = try TestNode("vader", port: server.port, home: vader.home)
            try await again.signedIn {
                try make("mine", at: again, files)
                for file in files { try await again.publish("mine/\(file.path)", file.bytes) }
                _ = try await again.node.change(transfer: "photos", .resume)
                try await eventually("it is whole") { again.exists("photos") }
            }
            try check("photos", at: again, files)
        }
    }
}
