import Content
import DirectoryServer
import FoundationEssentials
import NodeControl
import PeerNode
import TestKit
import Testing
import Wire

/// From a name to a file.
@Suite(.timeLimit(.minutes(2))) struct GettingTests {
    private let network: TestNetwork

    init() throws { network = try TestNetwork() }

    @Test func whatOnePublishesAnotherFindsAndGets() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let bytes = content(3_000_000, seed: 1)
                let file = try await hans.publish("Größe 1.pdf", bytes)
                #expect(file.size == 3_000_000)
                #expect(try await hans.node.published() == [file])
                #expect(try await vader.node.activePeers() == ["hans"])
                #expect(try await vader.node.search("öße") == ["Größe 1.pdf"])
                #expect(try await hans.node.search("öße") == [])
                let outcome = try await vader.get("Größe 1.pdf")
                #expect(
                    outcome
                        == .completed(
                            name: "Größe 1.pdf", path: vader.path("Größe 1.pdf"), size: 3_000_000, files: nil,
                            sources: ["hans"]))
                #expect(try vader.read("Größe 1.pdf") == bytes)
                try await hans.node.unpublish(name: "Größe 1.pdf")
                #expect(try await vader.node.search("öße") == [])
                #expect(try await vader.failure("Größe 1.pdf") == .notFound(name: "Größe 1.pdf", absent: []))
                await #expect(throws: NodeFailure.notPublished(name: "Größe 1.pdf")) {
                    try await hans.node.unpublish(name: "Größe 1.pdf")
                }
            }
        }
    }

    @Test func whatWasFetchedIsNotKeptOpen() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                try await nodes[0].publish("file", content(100_000, seed: 7))
                for number in 0..<5 {
                    try await nodes[1].get("file", output: "copy\(number)")
                    // What is here would be copied.
                    try nodes[1].remove("copy\(number)")
                }
                let home = nodes[1].home.path
                try await eventually("its partial files are closed", within: .seconds(20)) {
                    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").allSatisfy { number in
                        let target = try? FileManager.default.destinationOfSymbolicLink(
                            atPath: "/proc/self/fd/\(number)")
                        guard let target, target.hasPrefix(home) else { return true }
                        return !target.contains(".part") && !target.contains(".have")
                    }
                }
            }
        }
    }

    @Test(arguments: [0, 1, 16_383, 16_384, 16_385, 1_000_003])
    func everySizeArrives(size: Int) async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let bytes = content(size, seed: UInt64(size))
                try await nodes[0].publish("file", bytes)
                try await nodes[1].get("file")
                #expect(try nodes[1].read("file") == bytes)
                #expect(!nodes[1].exists(".bittrickle-\(Hash256.zero).part"))
            }
        }
    }

    @Test func twoHoldersAreUsedAtOnce() async throws {
        try await network.running { server in
            try await withNodes(["hans", "leia", "vader"], port: server.port) { nodes in
                let bytes = content(48 << 20, seed: 3)
                try await nodes[0].publish("film.mkv", bytes)
                try await nodes[1].publish("other name.mkv", bytes)
                let outcome = try await nodes[2].get("film.mkv")
                let path = nodes[2].path("film.mkv")
                #expect(
                    outcome
                        == .completed(
                            name: "film.mkv", path: path, size: Int64(bytes.count), files: nil,
                            sources: ["hans", "leia"]))
                #expect(try nodes[2].read("film.mkv") == bytes)
            }
        }
    }

    @Test func whatStandsThereIsNeverTouched() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let vader = nodes[1]
                let bytes = content(100_000, seed: 4)
                try await nodes[0].publish("a", bytes)
                try vader.write("a", [1, 2, 3])
                #expect(try await vader.failure("a") == .targetExists(path: vader.path("a")))
                #expect(try vader.read("a") == [1, 2, 3])
                try await vader.get("a", output: "b")
                #expect(try vader.read("b") == bytes)
                #expect(try await vader.get("a", output: "b") == .alreadyThere(path: vader.path("b")))
                let kept = ".bittrickle-\(String(repeating: "0", count: 64)).have"
                try await nodes[0].publish(kept, bytes)
                for (name, output) in [("a", kept), ("a", kept.uppercased()), (kept, nil)] {
                    guard case .unwritable = try await vader.failure(name, output: output) else {
                        Issue.record("a file may be called as the record of a download is")
                        return
                    }
                }
                // A folder gets the file under its own name.
                #expect(
                    try await vader.failure("a", output: vader.home.path) == .targetExists(path: vader.path("a")))
                for (output, folder) in [("nowhere/a", "nowhere"), ("nowhere/", "nowhere"), ("b/", "b"), ("b/c", "b")] {
                    #expect(
                        try await vader.failure("a", output: output) == .noSuchFolder(path: vader.path(folder)))
                }
            }
        }
    }

    @Test func aNameMayStandForSeveralContents() async throws {
        try await network.running { server in
            try await withNodes(["hans", "leia", "vader"], port: server.port) { nodes in
                let vader = nodes[2]
                let (one, two) = (content(70_000, seed: 5), content(80_000, seed: 6))
                let his = try await nodes[0].publish("a", one)
                let hers = try await nodes[1].publish("a", two)
                let failure = try await vader.failure("a")
                let choices = [(his, "hans"), (hers, "leia")].map { file, owner in
                    ContentChoice(size: file.size ?? 0, root: file.root ?? "", owners: [owner])
                }
                #expect(failure == .ambiguous(name: "a", choices: choices.sorted { $0.root < $1.root }))
                try await vader.get("a@leia")
                #expect(try vader.read("a") == two)
                try vader.remove("a")
                try await vader.get("a#\((his.root ?? "").prefix(6).uppercased())")
                #expect(try vader.read("a") == one)
                // A published name that looks like a choice wins.
                try await nodes[0].publish("a@leia", [9])
                try await vader.get("a@leia")
                #expect(try vader.read("a@leia") == [9])
                for choice in ["@yoda", "@nobody with so long a name", "#zz"] {
                    #expect(
                        try await vader.failure("a\(choice)")
                            == .noSuchChoice(
                                name: "a", choice: choice, choices: choices.sorted { $0.root < $1.root }, absent: []))
                }
                #expect(
                    try await vader.failure("b@hans")
                        == .noSuchChoice(name: "b", choice: "@hans", choices: [], absent: []))
            }
        }
    }

    /// Published or fetched, under whatever name; unless it is not any more what it was.
    @Test func whatIsHereIsCopied() async throws {
        try await network.running { server in
            try await withNodes(["hans", "vader"], port: server.port) { nodes in
                let (hans, vader) = (nodes[0], nodes[1])
                let bytes = content(3_000_000, seed: 9)
                try await hans.publish("a", bytes)
                func sources(_ name: String) async throws -> [String]? {
                    guard case .completed(_, _, 3_000_000, nil, let sources) = try await vader.get(name) else {
                        return nil
                    }
                    #expect(try vader.read(name) == bytes)
                    return sources
                }
                #expect(try await sources("a") == ["hans"])
                try await hans.publish("b", bytes)
                #expect(try await sources("b") == [])
                try vader.write("a", [1])
                try vader.remove("b")
                try await hans.publish("c", bytes)
                #expect(try await sources("c") == ["hans"])
                _ = try await vader.node.publish(path: vader.path("c")) { _ in }
                try await hans.publish("d", bytes)
                #expect(try await sources("d") == [])
                // What was copied is held: others get it from there.
                try await vader.node.unpublish(name: "c")
                try vader.write("c", [1])
                #expect(try await vader.node.exportTorrent(name: "d", to: vader.path("d.torrent")).ownPort != nil)
                let left = try FileManager.default.contentsOfDirectory(atPath: vader.home.path)
                #expect(left.filter { $0.hasPrefix(".bittrickle-") } == [])
            }
        }
    }

    /// Whoever has fetched something serves it on: it is to be had though its owner is away, a folder and a part of it too.
    @Test func whatOnlyOthersHaveIsHadFromThem() async throws {
        try await network.running { server in
            try await withNodes(["vader", "leia"], port: server.port) { nodes in
                let (vader, leia) = (nodes[0], nodes[1])
                let hans = try TestNode("hans", port: server.port)
                let bytes = content(200_000, seed: 11)
                let files: [(path: String, bytes: [UInt8])] = [("one", content(90_000, seed: 12)), ("two", [1])]
                try hans.make("photos", files)
                try await hans.signedIn {
                    try await hans.publish("a", bytes)
                    _ = try await hans.node.publish(path: hans.path("photos")) { _ in }
                    for name in ["a", "photos"] { try await vader.get(name) }
                }
                let path = leia.path("a")
                #expect(
                    try await leia.get("a@hans")
                        == .completed(name: "a", path: path, size: 200_000, files: nil, sources: ["vader"]))
                #expect(try leia.read("a") == bytes)
                try await leia.get("photos/one")
                try await leia.get("photos")
                #expect(try leia.read("photos/two") == [1] && leia.read("one") == files[0].bytes)
                // With whom she has nothing to do is nobody.
                try await leia.node.block(member: "vader")
                guard case .notFound("a", let absent) = try await leia.failure("a", output: "b") else {
                    Issue.record("somebody else has it")
                    return
                }
                #expect(absent.map(\.name) == ["hans"])
            }
        }
    }

    /// Who has begun it has perhaps nothing of it: nobody begins to wait for its owner together with him, but in the queue.
    @Test func whatNobodyHasWholeIsNotToBeHad() async throws {
        try await network.running { server in
            try await withNodes(["vader", "leia"], port: server.port) { nodes in
                let (vader, leia) = (nodes[0], nodes[1])
                let hans = try TestNode("hans", port: server.port)
                let get = Waiter("a", leia)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    try await hans.signedIn {
                        try await hans.publish("a", content(1_000_000, seed: 13))
                        try await leia.node.setLimits(NodeLimits(downward: 200_000))
                        group.addTask { await get.run() }
                        try await eventually("she begins") { try await leia.node.transfers().contains { $0.done > 0 } }
                    }
                    guard case .notFound("a", let absent) = try await vader.failure("a") else {
                        Issue.record("leia has not all of it")
                        return
                    }
                    #expect(absent.map(\.name) == ["hans"])
                    _ = try await vader.node.enqueue(DownloadRequest(name: "a", directory: vader.home.path))
                    try await eventually("what she has comes") {
                        try await vader.node.transfers().contains { $0.done > 0 }
                    }
                    get.interrupt()
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func whoIsAwayIsNamed() async throws {
        try await network.running { server in
            try await withNodes(["vader"], port: server.port) { nodes in
                try await TestNode("hans", port: server.port).signedIn {}
                let hans = try TestNode("hans", port: server.port)
                try await hans.signedIn { _ = try await hans.publish("a", [1]) }
                guard case .notFound(name: "a", let absent) = try await nodes[0].failure("a") else {
                    Issue.record("found")
                    return
                }
                #expect(absent.map(\.name) == ["hans"])
                #expect(absent.allSatisfy { $0.since != nil })
            }
        }
    }
}
