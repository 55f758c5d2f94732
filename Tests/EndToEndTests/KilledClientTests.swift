import Content
import FoundationEssentials
import Glibc
import Library
import NetworkTestKit
import TestKit
import Testing

/// `kill -9` of a downloading client at random moments: the target name never holds anything but the whole
/// file, and what was verified is not fetched again.
@Suite(.serialized) struct KilledClientTests {
    private static let name = "film.mkv"
    private static let size = 192 << 20

    @Test func resumesWhatWasVerified() async throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        let source = try "\(network.folder(of: "hans"))/\(Self.name)"
        let folder = try network.folder(of: "vader")
        try Files.write(source, size: Self.size, seed: seed)
        let wanted = try Files.hash(source)
        let content = try await FileHasher().hash(source).layer.content
        let hans = try await network.client("hans")
        try await hans.publish(Self.name)

        var resumed = 0
        for round in 0..<Scale.count(50) {
            unlink("\(folder)/\(Self.name)")
            // The first one is surely in the middle: much has come, and a second has passed that keeps it.
            let moment = round == 0 ? 1_500 : Int.random(in: 0...7_000, using: &random)
            let old = try await killDuringDownload(
                in: network, from: hans, after: .milliseconds(moment), since: round == 0 ? 16 << 20 : 0)
            let early = try Files.hash("\(folder)/\(Self.name)")
            #expect(early == nil || early == wanted, "round \(round), seed \(seed)")
            let verified = try PartialFiles.verifiedBytes(of: content, in: folder)

            // Of what had arrived a second before the end, nothing is lost.
            if early == nil { #expect(verified > old - 1 << 20, "round \(round), seed \(seed)") }

            let second = try await network.client("vader")
            if early == nil {
                try await second.ask("get \(Self.name)", expecting: "downloaded successfully\n", within: .seconds(60))
                // What was verified is read once more from the disk, since nobody saw the file left in order.
                let fetched = try second.bytesRead() - verified
                // Framing, hashes, the directory's datagrams and the program itself cost a little more than the blocks.
                #expect(fetched < (Self.size - verified) * 102 / 100 + 3 << 20, "round \(round), seed \(seed)")
                if verified > 0 { resumed += 1 }
            }
            try await second.leave()
            #expect(try Files.hash("\(folder)/\(Self.name)") == wanted, "round \(round), seed \(seed)")
            #expect(try PartialFiles.verifiedBytes(of: content, in: folder) == 0, "round \(round), seed \(seed)")
        }
        #expect(resumed > 0, "no round was killed in the middle; seed \(seed)")
        try await hans.leave()
    }

    @Test func whatAnotherProgramWroteIntoAPartialFileIsNoticed() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        let source = try "\(network.folder(of: "hans"))/\(Self.name)"
        let folder = try network.folder(of: "vader")
        try Files.write(source, size: Self.size, seed: 3)
        let content = try await FileHasher().hash(source).layer.content
        let hans = try await network.client("hans")
        try await hans.publish(Self.name)
        _ = try await killDuringDownload(in: network, from: hans, after: .milliseconds(1_500), since: 16 << 20)
        try #require(try PartialFiles.verifiedBytes(of: content, in: folder) > 0)
        try PartialFiles.spoil(content, in: folder)

        // Without the hashes of its pieces the whole is looked at in the end.
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.contains("published.sqlite")
        {
            unlink("\(folder)/\(path)")
        }
        let vader = try await network.client("vader")
        try await vader.process.type("get \(Self.name)\n")
        try await vader.process.errors.expect("thrown away", within: .seconds(30))
        #expect(!Files.exists("\(folder)/\(Self.name)"))
        try await vader.ask("get \(Self.name)", expecting: "downloaded successfully\n", within: .seconds(60))
        #expect(try Files.hash("\(folder)/\(Self.name)") == Files.hash(source))
        try await vader.leave()
        try await hans.leave()
    }

    /// Starts the download and kills the client; its only source is held back, as a slow line would.
    ///
    /// - Parameters:
    ///   - moment: How long after that the client is killed.
    ///   - arrived: That many bytes have to have come first.
    /// - Returns: How many bytes had come a second before.
    private func killDuringDownload(
        in network: TestNetwork, from source: ShellClient, after moment: Duration, since arrived: Int
    ) async throws -> Int {
        try await source.give(atMost: "32M")
        let first = try await network.client("vader")
        let start = try first.bytesRead()
        try await first.process.type("get \(Self.name)\n")
        let old = try await first.wait(for: moment, after: arrived) { try first.bytesRead() - start }
        try await first.process.kill()
        try await source.give(atMost: nil)
        return old
    }
}
