import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// Standard clients: python3-libtorrent takes part with an exported torrent and identity, and its torrents are taken.
@Suite struct InteropTests {
    private static let python = "/usr/bin/python3"
    private static let script =
        "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Interop/standard_client.py"

    /// Runs the standard client to its end.
    private func standardClient(_ arguments: [String], in network: TestNetwork) async throws -> String {
        let process = try await RealProcess.start(Self.python, [Self.script] + arguments, in: network.directory.path)
        try await process.endInput()
        let ending = try await process.waitForEnd(within: .seconds(90))
        let output = try await process.output.expectEnd()
        let errors = try await process.errors.expectEnd()
        #expect(ending == .exited(0), "\(errors)")
        return output
    }

    /// Several pieces and a last one that is not whole; one piece; less than a block.
    @Test(arguments: [40_000_003, 16_384, 1]) func fetchesFromUsOverTLS(size: Int) async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        let file = try "\(network.folder(of: "hans"))/my film.mkv"
        try Files.write(file, size: size, seed: 7)
        let hans = try await network.client("hans")
        try await hans.publish("my film.mkv")
        let torrent = network.directory.file("film.torrent")
        try await hans.ask("export \"my film.mkv\" \(torrent)", expecting: "Torrent written successfully\n")
        let vader = try await network.client("vader")
        let identity = network.directory.file("identity")
        try await vader.ask("identity \(identity) --days 30", expecting: "Identity written successfully\n")
        try await vader.leave()

        let folder = try network.folder(of: "elsewhere")
        let port = try await hans.process.ports.first(.tcp)
        let output = try await standardClient(["fetch", torrent, identity, folder, "\(port)"], in: network)
        #expect(output.hasPrefix("linked\ndone\n"))
        #expect(try Files.hash("\(folder)/my film.mkv") == Files.hash(file))
        try await hans.leave()
    }

    /// Files of all kinds of sizes, in folders; the torrent is the canonical one, so that it is named by its hash.
    @Test func fetchesAFolderFromUs() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        let home = try network.folder(of: "hans")
        let files = [("a.bin", 3_000_001), ("sub/b", 16_384), ("sub/deep/c", 70_000), ("d", 1), ("e", 0)]
        for (seed, (path, size)) in files.enumerated() {
            let path = "\(home)/films/\(path)"
            let folder = "/" + path.split(separator: "/").dropLast().joined(separator: "/")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Files.write(path, size: size, seed: UInt64(seed))
        }
        let hans = try await network.client("hans")
        try await hans.ask("pub films", expecting: "Folder published successfully\n")
        let torrent = network.directory.file("films.torrent")
        try await hans.ask("export films \(torrent)", expecting: "Torrent written successfully\n")
        let identity = try await identity(of: "vader", in: network)
        let folder = try network.folder(of: "elsewhere")
        let port = try await hans.process.ports.first(.tcp)
        let output = try await standardClient(["fetch", torrent, identity, folder, "\(port)"], in: network)
        #expect(output.hasPrefix("linked\ndone\n"))
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
        for (path, _) in files {
            #expect(try Files.hash("\(folder)/\(name)/\(path)") == Files.hash("\(home)/films/\(path)"), "\(path)")
        }
        try await hans.leave()
    }

    /// Writes a member's identity for a standard client.
    private func identity(of member: String, in network: TestNetwork) async throws -> String {
        let client = try await network.client(member)
        let folder = network.directory.file("identity-\(member)")
        try await client.ask("identity \(folder)", expecting: "Identity written successfully\n")
        try await client.leave()
        return folder
    }

    /// Ends a standard client, and gives what it says of what it gave and took.
    private func statistics(of client: RealProcess) async throws -> (gave: Int, took: [Int: Int]) {
        try await client.endInput()
        let ending = try await client.waitForEnd(within: .seconds(30))
        #expect(ending == .exited(0))
        var (gave, took): (Int, [Int: Int]) = (0, [:])
        for line in try await client.output.expectEnd().split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == "gave" { gave = Int(words[1]) ?? 0 }
            if words.count == 4, words[0] == "took", let port = Int(words[3]) { took[port] = Int(words[1]) }
        }
        return (gave, took)
    }

    /// The only one who has it and is awake is a standard client, which dials the one who fetches, with the info-hash
    /// of the exported torrent.
    @Test(arguments: [40_000_003, 16_384, 1]) func seedsToUs(size: Int) async throws {
        let network = try await TestNetwork.start(
            members: ["hans", "vader", "yoda"], serverArguments: ["--silence", "600"])
        let file = try "\(network.folder(of: "hans"))/my film.mkv"
        try Files.write(file, size: size, seed: 8)
        let hans = try await network.client("hans")
        try await hans.publish("my film.mkv")
        let torrent = network.directory.file("film.torrent")
        try await hans.ask("export \"my film.mkv\" \(torrent)", expecting: "Torrent written successfully\n")
        let identity = try await identity(of: "yoda", in: network)
        let vader = try await network.client("vader")
        hans.process.signal(SIGSTOP)
        try await vader.process.type("get \"my film.mkv\"\n")
        let seed = try await RealProcess.start(
            Self.python,
            [Self.script, "seed", torrent, identity, network.folder(of: "hans"), "\(vader.process.ports.first(.tcp))"],
            in: network.directory.path)
        try await vader.process.output.expect("my film.mkv downloaded successfully\n", within: .seconds(60))
        let gave = try await statistics(of: seed).gave
        #expect(gave >= size)
        #expect(try Files.hash("\(network.folder(of: "vader"))/my film.mkv") == Files.hash(file))
        hans.process.signal(SIGCONT)
        try await vader.leave()
        try await hans.leave()
    }

    /// Nobody is told where anybody is but by the tracker: a standard client finds one of ours, and is found by one of ours and
    /// by another standard client.
    @Test func findsAndIsFoundByTheTrackerAlone() async throws {
        let network = try await TestNetwork.start(
            members: ["hans", "vader", "yoda", "leia"], serverArguments: ["--silence", "600", "--bittorrent-tracker"])
        let size = 20_000_003
        let file = try "\(network.folder(of: "hans"))/my film.mkv"
        try Files.write(file, size: size, seed: 10)
        let hans = try await network.client("hans")
        try await hans.publish("my film.mkv")
        var torrents: [String: String] = [:]
        var identities: [String: String] = [:]
        for name in ["yoda", "leia"] {
            let client = try await network.client(name)
            if name == "yoda" {
                try await client.ask("get \"my film.mkv\"", expecting: "my film.mkv downloaded successfully\n")
            }
            identities[name] = network.directory.file("identity-\(name)")
            try await client.ask("identity \(identities[name] ?? "")", expecting: "Identity written successfully\n")
            try await client.leave()
        }
        // Who has not got the pieces' hashes writes no torrent: leia's announces with hans's key.
        torrents["leia"] = network.directory.file("hans.torrent")
        try await hans.ask(
            "export \"my film.mkv\" \(torrents["leia"] ?? "")", expecting: "Torrent written successfully\n")
        try await hans.process.errors.expect("keep it to yourself")
        let yoda = try await network.client("yoda")
        torrents["yoda"] = network.directory.file("yoda.torrent")
        try await yoda.ask(
            "export \"my film.mkv\" \(torrents["yoda"] ?? "")", expecting: "Torrent written successfully\n")
        try await yoda.leave()

        // It finds ours.
        let folder = try network.folder(of: "elsewhere")
        let first = try await RealProcess.start(
            Self.python, [Self.script, "fetch", torrents["yoda"] ?? "", identities["yoda"] ?? "", folder],
            in: network.directory.path)
        try await first.output.expect("done\n", within: .seconds(60))
        #expect(try Files.hash("\(folder)/my film.mkv") == Files.hash(file))
        _ = try await statistics(of: first)

        // It is found: hans is there but asleep.
        let seed = try await RealProcess.start(
            Self.python, [Self.script, "seed", torrents["yoda"] ?? "", identities["yoda"] ?? "", folder],
            in: network.directory.path)
        try await seed.output.expect("announced\n", within: .seconds(60))
        let vader = try await network.client("vader")
        hans.process.signal(SIGSTOP)
        try await vader.ask(
            "get \"my film.mkv\"", expecting: "my film.mkv downloaded successfully\n", within: .seconds(60))
        #expect(try Files.hash("\(network.folder(of: "vader"))/my film.mkv") == Files.hash(file))
        try await vader.leave()
        let second = try await RealProcess.start(
            Self.python,
            [
                Self.script, "fetch", torrents["leia"] ?? "", identities["leia"] ?? "",
                network.folder(of: "elsewhere too"),
            ], in: network.directory.path)
        try await second.output.expect("done\n", within: .seconds(60))
        #expect(try Files.hash("\(network.folder(of: "elsewhere too"))/my film.mkv") == Files.hash(file))
        _ = try await statistics(of: second)
        #expect(try await statistics(of: seed).gave >= 2 * size)
        hans.process.signal(SIGCONT)
        try await hans.leave()
    }

    /// One has it, one of ours and two standard clients fetch it; blocks go both ways between the kinds.
    @Test func oneSwarmOfBothKinds() async throws {
        let network = try await TestNetwork.start(
            members: ["hans", "vader", "yoda", "leia"], serverArguments: ["--silence", "600"])
        let file = try "\(network.folder(of: "hans"))/film.mkv"
        try Files.write(file, size: 60_000_003, seed: 9)
        let hans = try await network.client("hans")
        try await hans.publish("film.mkv")
        let torrent = network.directory.file("film.torrent")
        try await hans.ask("export film.mkv \(torrent)", expecting: "Torrent written successfully\n")
        let identities = try await [identity(of: "yoda", in: network), identity(of: "leia", in: network)]
        let vader = try await network.client("vader")
        let (hansPort, vaderPort) = try await (hans.process.ports.first(.tcp), vader.process.ports.first(.tcp))
        // Until all are linked to each other nobody gives anything.
        hans.process.signal(SIGSTOP)
        try await vader.process.type("get film.mkv\n")
        var clients: [RealProcess] = []
        for (number, identity) in identities.enumerated() {
            clients.append(
                try await RealProcess.start(
                    Self.python,
                    [
                        Self.script, "fetch", torrent, identity, network.folder(of: "elsewhere\(number)"),
                        "\(vaderPort)", "\(hansPort)",
                    ], in: network.directory.path))
        }
        for client in clients { try await client.output.expect("linked\n", within: .seconds(60)) }
        hans.process.signal(SIGCONT)
        try await vader.process.output.expect("film.mkv downloaded successfully\n", within: .seconds(60))
        for client in clients { try await client.output.expect("done\n", within: .seconds(60)) }
        var (given, taken) = (0, 0)
        for client in clients {
            let (gave, took) = try await statistics(of: client)
            given += gave
            taken += took[vaderPort] ?? 0
        }
        #expect(given > 0, "we took nothing of standard clients")
        #expect(taken > 0, "standard clients took nothing of the one of ours who fetched")
        for folder in ["vader", "elsewhere0", "elsewhere1"] {
            #expect(try Files.hash("\(network.folder(of: folder))/film.mkv") == Files.hash(file))
        }
        try await vader.leave()
        try await hans.leave()
    }

    /// What is exported by somebody who is no owner names the same swarm.
    @Test func theSameTorrentWhoeverExportsIt() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        try Files.write("\(network.folder(of: "hans"))/a.pdf", size: 300_000, seed: 3)
        let hans = try await network.client("hans")
        let vader = try await network.client("vader")
        try await hans.publish("a.pdf")
        let (one, two) = (network.directory.file("1.torrent"), network.directory.file("2.torrent"))
        try await hans.ask("export a.pdf \(one)", expecting: "Torrent written successfully\n")
        try await vader.ask("get a.pdf --output other.pdf", expecting: "a.pdf downloaded successfully\n")
        try await vader.publish("other.pdf")
        try await vader.ask("export a.pdf \(two)", expecting: "Torrent written successfully\n")
        #expect(try Files.hash(one) == Files.hash(two))
        try await vader.leave()
        try await hans.leave()
    }

    @Test(arguments: ["v2", "hybrid"]) func itsTorrentsAreTaken(kind: String) async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let folder = try network.folder(of: "hans")
        try Files.write("\(folder)/a.pdf", size: 300_000, seed: 4)
        _ = try await standardClient(["create", kind, "\(folder)/a.pdf", "\(folder)/a.torrent"], in: network)
        let hans = try await network.client("hans")
        try await hans.ask("import a.torrent", expecting: "File published successfully\n")
        try await hans.ask("lpf", expecting: "1 file published:\na.pdf\n")
        try Files.write("\(folder)/a.pdf", size: 300_000, seed: 5)
        try await hans.process.type("import a.torrent\n")
        try await hans.process.errors.expect("piece 0 (of 0 to 4) is wrong")
        try await hans.leave()
    }

    /// A hybrid has padding between its files, which no folder holds.
    @Test(arguments: ["v2", "hybrid"]) func itsTorrentsOfFoldersAreTaken(kind: String) async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let folder = try network.folder(of: "hans")
        try FileManager.default.createDirectory(atPath: "\(folder)/photos/sub", withIntermediateDirectories: true)
        for (name, size) in [("a", 300_000), ("empty", 0), ("sub/b", 70_000), ("sub/ü", 1)] {
            try Files.write("\(folder)/photos/\(name)", size: size, seed: 4)
        }
        _ = try await standardClient(["create", kind, "\(folder)/photos", "\(folder)/photos.torrent"], in: network)
        let hans = try await network.client("hans")
        try await hans.ask("import photos.torrent", expecting: "Folder published successfully\n")
        try await hans.process.errors.expect("photos/: 4 files")
        try await hans.ask("lpf", expecting: "1 file published:\nphotos/\n")
        try Files.write("\(folder)/photos/sub/b", size: 70_000, seed: 5)
        try await hans.process.type("import photos.torrent\n")
        try await hans.process.errors.expect("photos/sub/b is not what")
        try await hans.process.errors.expect("piece 0 (of 0 to 1) is wrong")
        try await hans.leave()
    }

    @Test func itsTorrentsOfVersionOneAreRefused() async throws {
        let network = try await TestNetwork.start(members: ["hans"])
        let folder = try network.folder(of: "hans")
        try Files.write("\(folder)/a.pdf", size: 300_000, seed: 4)
        _ = try await standardClient(["create", "v1", "\(folder)/a.pdf", "\(folder)/a.torrent"], in: network)
        let hans = try await network.client("hans")
        try await hans.process.type("import a.torrent\n")
        try await hans.process.errors.expect("a torrent of BitTorrent v1 alone")
        try await hans.leave()
    }
}
