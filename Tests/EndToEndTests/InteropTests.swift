import FoundationEssentials
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
        #expect(output == "done\n")
        #expect(try Files.hash("\(folder)/my film.mkv") == Files.hash(file))
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
