import FoundationEssentials
import NetworkTestKit
import TestKit
import Testing

/// Limits as they are felt from outside. They take their time: by default they are felt by fewer, for less of it, and
/// measured less exactly.
@Suite(.serialized) struct LimitTests {
    private func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }

    @Test(arguments: ["up", "down"]) func aLimitIsKept(direction: String) async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"])
        let size = Scale.isFull ? 20_000_000 : 4_000_000
        try Files.write("\(network.folder(of: "hans"))/a.bin", size: size, seed: 1)
        let hans = try await network.client("hans")
        try await hans.publish("a.bin")
        let vader = try await network.client("vader")
        try await (direction == "up" ? hans : vader).ask("limit \(direction) 1M", expecting: "1 MB/s\n")
        let begin = ContinuousClock.now
        try await vader.ask("get a.bin", expecting: "downloaded successfully\n", within: .seconds(60))
        let rate = Double(size) / seconds(begin.duration(to: .now))
        print("limit \(direction) 1M: \(Int(rate)) bytes a second")
        // Of a short one the beginning is a good part, beside other tests.
        let kept = Scale.isFull ? 970_000.0...1_030_000 : 500_000.0...1_100_000
        #expect(kept.contains(rate), "\(rate)")
        for client in [hans, vader] { try await client.leave() }
    }

    @Test func tenAtOnceGetTheSameOverAnyTenSeconds() async throws {
        let count = Scale.isFull ? 10 : 4
        let members = (0..<count).map { "m\($0)" }
        let network = try await TestNetwork.start(members: ["hans"] + members)
        let hans = try await network.client("hans")
        try await hans.ask("limit up 1M", expecting: "1 MB/s\n")
        for (seed, member) in members.enumerated() {
            try Files.write("\(network.folder(of: "hans"))/\(member).bin", size: 8_000_000, seed: UInt64(seed))
            try await hans.publish("\(member).bin")
        }
        var clients: [ShellClient] = []
        for member in members { clients.append(try await network.client(member)) }
        for (client, member) in zip(clients, members) { try await client.process.type("get \(member).bin\n") }
        // What each has read, a row a second.
        var samples: [[Int]] = []
        for _ in 0...(Scale.isFull ? 32 : 13) {
            samples.append(try clients.map { try $0.bytesRead() })
            try await Task.sleep(for: .seconds(1))
        }
        var worst = 0.0
        for start in 2..<samples.count - 10 {
            let sums = zip(samples[start], samples[start + 10]).map { $1 - $0 }
            let mean = Double(sums.reduce(0, +)) / Double(sums.count)
            worst = max(worst, sums.map { abs(Double($0) - mean) / mean }.max() ?? 1)
            #expect(mean > 900_000 / Double(count) * 10)
        }
        print("ten at once: at most \(Int((worst * 100).rounded())) % from their mean over ten seconds")
        #expect(worst < 0.2)
    }
}
