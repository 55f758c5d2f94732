import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// Whoever vanishes from credentials.txt is out: his session ends, and so do his links, also those on which
/// something is under way.
@Suite struct ExpulsionTests {
    @Test func aDownloadOfAnExpelledMemberIsCut() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        // A hole costs no disk, and is sent like any other bytes.
        try Files.writeSparse("\(network.folder(of: "hans"))/film.mkv", size: 4 << 30)
        let hans = try await network.client("hans")
        try await hans.publish("film.mkv")
        let vader = try await network.client("vader")
        try await vader.process.type("get film.mkv\n")

        // Long enough for the file to be noticed, stable for a second, and two heartbeats.
        try await slowly(hans, for: .milliseconds(300))
        try "hans \(TestNetwork.password(of: "hans"))\n"
            .write(toFile: network.directory.file("credentials.txt"), atomically: true, encoding: .utf8)
        try await slowly(hans, for: .seconds(7))

        // At full speed gigabytes would come now.
        try await hans.ask("lap", expecting: "No active peers\n")
        let before = try vader.bytesRead()
        try await Task.sleep(for: .seconds(1))
        #expect(try vader.bytesRead() - before < 1 << 20)
        #expect(!Files.exists(try "\(network.folder(of: "vader"))/film.mkv"))
        #expect(!vader.process.output.text.contains("downloaded"))
        try await hans.leave()
    }

    private func slowly(_ client: ShellClient, for duration: Duration) async throws {
        let end = ContinuousClock.now + duration
        while ContinuousClock.now < end { try await client.runBriefly() }
    }
}
