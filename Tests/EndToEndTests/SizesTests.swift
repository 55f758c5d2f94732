import NetworkTestKit
import TestKit
import Testing

/// Files of every awkward size arrive identical, and neither end needs much memory.
@Suite(.serialized) struct SizesTests {
    /// The issue allows 100 MiB to either end.
    private static let memoryLimit = 100 << 20

    @Test(arguments: [0, 1, 16_383, 16_384, 16_385])
    func small(size: Int) async throws {
        try await share(name: "file of \(size)", limit: .seconds(30)) { path in
            try Files.write(path, size: size, seed: UInt64(size))
        }
    }

    @Test func large() async throws {
        try await share(name: "large.bin", limit: .seconds(240)) { path in
            try Files.write(path, size: Scale.isFull ? 1 << 30 : 100 << 20, seed: 30)
        }
    }

    @Test func sparse() async throws {
        try await share(name: "sparse.bin", limit: .seconds(900)) { path in
            try Files.writeSparse(path, size: Scale.isFull ? 8 << 30 : 800 << 20)
        }
    }

    private func share(name: String, limit: Duration, write: (String) throws -> Void) async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        let source = try "\(network.folder(of: "hans"))/\(name)"
        let copy = try "\(network.folder(of: "vader"))/\(name)"
        try write(source)

        let hans = try await network.client("hans")
        try await hans.publish(name)
        let vader = try await network.client("vader")
        try await vader.ask("get \"\(name)\"", expecting: "\(name) downloaded successfully\n", within: limit)

        #expect(try Files.hash(copy) == Files.hash(source))
        for client in [hans, vader] {
            let peak = try #require(client.process.peakResidentBytes)
            #expect(peak < Self.memoryLimit, "\(peak >> 20) MiB")
            try await client.leave()
        }
    }
}
