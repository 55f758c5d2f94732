import Content
import FoundationEssentials
import Glibc
import Library
import NetworkTestKit
import TestKit
import Testing

/// Downloads that go on while their user does something else, and after their program was killed.
@Suite(.serialized) struct QueuedTransferTests {
    private static let size = 24 << 20

    private func share(_ names: [String], in network: TestNetwork) async throws -> (ShellClient, [ContentID]) {
        let folder = try network.folder(of: "hans")
        var contents: [ContentID] = []
        let hans = try await network.client("hans")
        for (seed, name) in names.enumerated() {
            try Files.write("\(folder)/\(name)", size: Self.size, seed: UInt64(seed))
            contents.append(try await FileHasher().hash("\(folder)/\(name)").layer.content)
            try await hans.publish(name)
        }
        return (hans, contents)
    }

    /// The bytes that a row of `queue` says are there, in MiB; nil where there is no such row.
    private func mebibytes(_ name: String, _ client: ShellClient) async throws -> Double? {
        let text = try await client.ask("queue\nlimit", expecting: "active: ")
        try await client.process.output.expect("\n")
        guard let row = text.split(separator: "\n").last(where: { $0.contains("  \(name)  ") }),
            let facts = row.components(separatedBy: "  \(name)  ").last
        else { return nil }
        let words = facts.split(separator: " ")
        guard words.count > 1, let number = Double(words[0]) else { return nil }
        return words[1].hasPrefix("MiB") ? number : words[1].hasPrefix("KiB") ? number / 1_024 : 0
    }

    private func reach(_ count: Double, of name: String, _ client: ShellClient) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try await mebibytes(name, client) ?? .infinity < count {
            guard .now < end else { throw TestKitError.timedOut("\(count) MiB of \(name)") }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test func twoThatWereKilledGoOnAfterTheNextLogin() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        let (hans, contents) = try await share(["a.bin", "b.bin"], in: network)
        let folder = try network.folder(of: "vader")
        let first = try await network.client("vader")
        try await first.ask("limit down 4M", expecting: "down: 4 MB/s\n")
        for name in ["a.bin", "b.bin"] {
            try await first.ask("get \(name) --background", expecting: "\(name) queued successfully\n")
        }
        for name in ["a.bin", "b.bin"] { try await reach(3, of: name, first) }
        // Of what had arrived a second before the end, nothing is lost; both files are of this number.
        let early = try await [mebibytes("a.bin", first), mebibytes("b.bin", first)].reduce(0) { $0 + ($1 ?? 0) }
        try await Task.sleep(for: .seconds(1))
        try await first.process.kill()
        let verified = try contents.reduce(0) { try $0 + PartialFiles.verifiedBytes(of: $1, in: folder) }
        #expect(Double(verified) >= (early - 0.1) * 1_048_576)

        let second = try await network.client("vader")
        let listed = try await second.ask("queue", expecting: "b.bin")
        #expect(listed.contains("2 transfers:\n1  active") && listed.contains("\n2  active"))
        try await second.ask("limit down none", expecting: "down: no limit\n")
        for _ in contents { try await second.process.errors.expect(" is downloaded: ", within: .seconds(60)) }
        // What was verified is read once more from the disk.
        let fetched = try second.bytesRead() - verified
        #expect(fetched < (2 * Self.size - verified) * 102 / 100 + 3 << 20, "\(fetched), \(verified)")
        for name in ["a.bin", "b.bin"] {
            #expect(try Files.hash("\(folder)/\(name)") == Files.hash("\(network.folder(of: "hans"))/\(name)"))
        }
        // Who asks for it finds it done, as if he had waited for it.
        try await second.ask("get a.bin", expecting: "a.bin downloaded successfully\n")
        try await second.leave()
        try await hans.leave()
    }

    @Test func whoHasAPartServesItAfterARestartWithoutAnybodyWhoHasAll() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader", "leia"])
        let (hans, contents) = try await share(["a.bin"], in: network)
        let vaders = try network.folder(of: "vader")
        let leias = try network.folder(of: "leia")
        let vader = try await network.client("vader")
        try await vader.ask("limit down 4M", expecting: "down: 4 MB/s\n")
        try await vader.ask("get a.bin --background", expecting: "queued successfully\n")
        try await reach(4, of: "a.bin", vader)
        let leia = try await network.client("leia")
        try await leia.ask("limit down 64KiB", expecting: "down: 64 KiB/s\n")
        try await leia.ask("get a.bin --background", expecting: "queued successfully\n")
        try await reach(0.1, of: "a.bin", leia)
        try await hans.leave()
        try await vader.process.kill()
        let kept = try PartialFiles.verified(of: contents[0], in: vaders)
        #expect(!kept.isEmpty)

        let again = try await network.client("vader")
        try await again.ask("limit down none", expecting: "down: no limit\n")
        try await leia.ask("limit down none", expecting: "down: no limit\n")
        let size = Double(Self.size) / 1_048_576
        let share = Double(kept.count) / Double(Geometry(canonicalFor: contents[0]).pieceCount)
        try await reach(share * size - 0.1, of: "a.bin", leia)
        // What she has recorded can be read while her program does not hold the file.
        var hers: Set<PieceIndex> = []
        for _ in 0..<100 where !hers.isSuperset(of: kept) {
            try await leia.ask("pause a.bin", expecting: "a.bin paused\n")
            try await Task.sleep(for: .milliseconds(200))
            hers = try PartialFiles.verified(of: contents[0], in: leias)
            try await leia.ask("resume a.bin", expecting: "a.bin resumed\n")
            try await Task.sleep(for: .milliseconds(200))
        }
        #expect(hers.isSuperset(of: kept))
        for client in [leia, again] { try await client.leave() }
    }

    @Test func whatWasFetchedIsServedAfterARestart() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader", "leia"])
        let (hans, _) = try await share(["a.bin"], in: network)
        let vader = try await network.client("vader")
        try await vader.ask("get a.bin", expecting: "downloaded successfully\n", within: .seconds(60))
        try await vader.leave()
        let again = try await network.client("vader")
        let before = try again.bytesRead()
        // Publishing what was fetched reads none of it.
        try await again.publish("a.bin")
        try await again.ask("unp a.bin", expecting: "File unpublished successfully\n")
        try await again.publish("a.bin")
        #expect(try again.bytesRead() - before < 1 << 20)
        try await again.ask("unp a.bin", expecting: "File unpublished successfully\n")
        // The one who published it gives nothing, so all comes from who fetched it.
        try await hans.ask("limit up 0", expecting: "up: 0 (nothing is served)\n")
        try await hans.process.errors.expect("Nothing is served from here now", within: .seconds(10))
        let leia = try await network.client("leia")
        try await leia.ask("get a.bin", expecting: "downloaded successfully\n", within: .seconds(60))
        for client in [hans, again, leia] { try await client.leave() }
    }

    @Test func theShellPausesResumesCancelsAndLimits() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        let (hans, _) = try await share(["a.bin", "b.bin"], in: network)
        let vader = try await network.client("vader")
        try await vader.ask("queue", expecting: "No transfers\n")
        try await vader.ask("limit", expecting: "up: no limit\ndown: no limit\nslots: 64\nactive: 3\n")
        try await vader.ask("limit active 1", expecting: "active: 1\n")
        try await vader.ask("limit down 1M", expecting: "down: 1 MB/s\n")
        try await vader.ask("get a.bin b.bin --background", expecting: "b.bin queued successfully\n")
        try await reach(0.1, of: "a.bin", vader)
        let both = try await vader.ask("queue", expecting: "b.bin")
        #expect(both.contains("2 transfers:\n1  active  ") && both.contains("\n2  queued      0%  b.bin"))
        try await vader.process.output.expect("\n")
        try await vader.ask("queue b.bin first", expecting: "b.bin is first of its priority\n")
        try await vader.ask("pause 1", expecting: "a.bin paused\n")
        try await reach(0.1, of: "b.bin", vader)
        let paused = try await vader.ask("queue", expecting: "a.bin")
        #expect(paused.contains("2 transfers:\n2  active  "))
        try await vader.process.output.expect("\n")
        try await vader.ask("cancel b.bin", expecting: "b.bin cancelled\n")
        try await vader.ask("limit a.bin down 2M", expecting: "a.bin down: 2 MB/s\n")
        try await vader.ask("limit down none", expecting: "down: no limit\n")
        try await vader.ask("limit a.bin down none", expecting: "a.bin down: no limit\n")
        try await vader.ask("resume a.bin", expecting: "a.bin resumed\n")
        try await vader.process.errors.expect("a.bin is downloaded: ", within: .seconds(60))
        try await vader.ask("queue", expecting: "1 transfer:\n1  finished  100%  a.bin  24.0 MiB\n")
        try await vader.ask("cancel a.bin", expecting: "a.bin taken from the list; what it fetched is not touched\n")
        try await vader.process.type("pause c\n")
        try await vader.process.errors.expect("There is no transfer c.\n")
        let names = try FileManager.default.contentsOfDirectory(atPath: network.folder(of: "vader"))
        #expect(!names.contains { $0.hasSuffix(".part") || $0 == "b.bin" })
        try await vader.leave()
        try await hans.leave()
    }
}
