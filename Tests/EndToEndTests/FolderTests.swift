import Content
import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// Folders among the real programs: from one member to two others who have parts of it too, and past `kill -9`.
@Suite(.serialized) struct FolderTests {
    private static let name = "photos"

    /// Small files and large ones, odd names, empty ones, folders in folders.
    private func make(_ folder: String, seed: UInt64, large: Int) throws {
        var random = SeededRandom(seed: seed)
        let names = ["a", "Größe", "with space", "new\nline", "\u{1B}[31m", "-rf", "a.b.c", "漢"]
        for number in 0..<600 {
            var path = folder
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                path += "/\(names.randomElement(using: &random) ?? "a").d"
            }
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let size = [0, 1, 4_096, 16_384, 16_385, Int.random(in: 0...100_000, using: &random)]
                .randomElement(using: &random)
            try Files.write(
                "\(path)/\(names.randomElement(using: &random) ?? "a") \(number)", size: size ?? 0,
                seed: random.next())
        }
        try Files.write("\(folder)/large", size: large, seed: random.next())
        symlink("/etc/passwd", "\(folder)/link")
    }

    /// Path and hash of every file below; empty where there is no such folder.
    private func files(_ folder: String) throws -> [String: String] {
        guard Files.exists(folder) else { return [:] }
        var found: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            var status = stat()
            guard lstat("\(folder)/\(path)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            found[path] = try Files.hash("\(folder)/\(path)")?.hex ?? ""
        }
        return found
    }

    private func publishFolder(_ client: ShellClient) async throws {
        try await client.ask("pub \(Self.name)", expecting: "Folder published successfully\n", within: .seconds(60))
    }

    @Test func aFolderGoesFromOneToManyWholeAndInPart() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader", "leia"])
        let source = try "\(network.folder(of: "hans"))/\(Self.name)"
        try make(source, seed: 7, large: 3_000_000)
        let wanted = try files(source)
        let hans = try await network.client("hans")
        try await publishFolder(hans)
        try await hans.process.errors.expect("  link (a symbolic link)\n")
        try await hans.ask("lpf", expecting: "1 file published:\n\(Self.name)/\n")

        let vader = try await network.client("vader")
        let leia = try await network.client("leia")
        try await vader.ask("sch photo", expecting: "1 file found:\n\(Self.name)/\n")
        try await vader.ask("get \(Self.name)/large", expecting: "\(Self.name)/large downloaded successfully\n")
        #expect(try Files.hash("\(network.folder(of: "vader"))/large")?.hex == wanted["large"])
        try await vader.ask("get \(Self.name)", expecting: "\(Self.name) downloaded successfully\n")
        #expect(try files("\(network.folder(of: "vader"))/\(Self.name)") == wanted)

        // The publisher is there by name only: what he has is held by another, which the directory knows before it answers these.
        for client in [vader, leia] { try await client.ask("lap", expecting: "2 active peers:\n") }
        hans.process.signal(SIGSTOP)
        try await leia.ask(
            "get \(Self.name)", expecting: "\(Self.name) downloaded successfully\n", within: .seconds(60))
        hans.process.signal(SIGCONT)
        #expect(try files("\(network.folder(of: "leia"))/\(Self.name)") == wanted)
        for client in [hans, vader, leia] { try await client.leave() }
    }

    /// The folder has its name only when it is whole, and what was verified is not fetched twice.
    @Test func killsInTheMiddleLoseNothing() async throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        let network = try await TestNetwork.start(members: ["hans", "yoda", "vader"])
        let source = try "\(network.folder(of: "hans"))/\(Self.name)"
        let other = try "\(network.folder(of: "yoda"))/\(Self.name)"
        let folder = try network.folder(of: "vader")
        for place in [source, other] { try make(place, seed: seed, large: 96 << 20) }
        let wanted = try files(source)
        let size = try wanted.keys.reduce(0) { try $0 + Files.size("\(source)/\($1)") }
        let sources = try await [network.client("hans"), network.client("yoda")]
        for client in sources { try await publishFolder(client) }

        var resumed = 0
        for round in 0..<Scale.count(200) {
            try? FileManager.default.removeItem(atPath: "\(folder)/\(Self.name)")
            for client in sources { try await client.give(atMost: "8M") }
            let first = try await network.client("vader")
            let start = try first.bytesWritten()
            try await first.process.type("get \(Self.name)\n")
            // The first one is surely in the middle: much has come, and a second has passed that keeps it.
            let moment = round == 0 ? 1_500 : Int.random(in: 0...2_500, using: &random)
            let old = try await first.wait(for: .milliseconds(moment), after: round == 0 ? 16 << 20 : 0) {
                try first.bytesWritten() - start
            }
            try await first.process.kill()
            for client in sources { try await client.give(atMost: nil) }
            let early = try files("\(folder)/\(Self.name)")
            #expect(early == [:] || early == wanted, "round \(round), seed \(seed)")

            let second = try await network.client("vader")
            let before = try second.bytesWritten()
            if early == [:] {
                try await second.ask(
                    "get \(Self.name)", expecting: "\(Self.name) downloaded successfully\n", within: .seconds(60))
                // What is written are blocks that were not there, what asks for them, and the record. Of what had been
                // written a second before the end, nothing comes again.
                let written = try second.bytesWritten() - before
                if old > 4 << 20 { resumed += 1 }
                let missing = size - max(0, old * 98 / 100 - 1 << 20)
                #expect(
                    written < missing * 102 / 100 + 1 << 20,
                    "round \(round), seed \(seed): of \(size) \(old) had been written, then \(written)")
            }
            try await second.leave()
            #expect(try files("\(folder)/\(Self.name)") == wanted, "round \(round), seed \(seed)")
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left.filter { $0.hasPrefix(".bittrickle-") } == [], "round \(round), seed \(seed)")
        }
        #expect(resumed > 0, "no round was killed in the middle; seed \(seed)")
        for client in sources { try await client.leave() }
    }
}
