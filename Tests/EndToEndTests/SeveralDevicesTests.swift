import NetworkTestKit
import TestKit
import Testing

/// One member on two devices at the same time, where the server lets him be.
@Suite struct SeveralDevicesTests {
    @Test func eachServesWhatItHas() async throws {
        let network = try await TestNetwork.start(members: ["hans", "vader"], serverArguments: ["--devices", "2"])
        try Files.write("\(network.folder(of: "hans"))/a.bin", size: 300_000, seed: 1)
        try Files.write("\(network.folder(of: "desktop"))/b.bin", size: 300_000, seed: 2)
        try Files.write("\(network.folder(of: "desktop"))/c.bin", size: 300_000, seed: 3)
        let laptop = try await network.client("hans")
        // Another home, so another device.
        let desktop = try await signedIn("desktop", in: network)
        try await laptop.publish("a.bin")
        try await desktop.publish("b.bin")
        try await desktop.publish("c.bin")
        let vader = try await network.client("vader")
        try await vader.ask("lap", expecting: "1 active peer:\nhans\n")
        try await vader.ask("get a.bin", expecting: "a.bin downloaded successfully\n")
        try await vader.ask("get b.bin", expecting: "b.bin downloaded successfully\n")
        let third = try await network.unsigned("phone")
        try await third.process.type("hans\n\(TestNetwork.password(of: "hans"))\n")
        try await third.process.output.expect("hans is online already.\n", within: .seconds(20))
        // What the other one has can be had on.
        try await laptop.leave()
        try await vader.ask("lap", expecting: "1 active peer:\nhans\n")
        try await vader.ask("get c.bin", expecting: "c.bin downloaded successfully\n")
        try await vader.ask("sch a.b", expecting: "No files found\n")
        for client in [desktop, vader] { try await client.leave() }
    }

    private func signedIn(_ device: String, in network: TestNetwork) async throws -> ShellClient {
        let client = try await network.unsigned(device)
        try await client.process.type("hans\n\(TestNetwork.password(of: "hans"))\n")
        try await client.process.output.expect("Welcome to BitTrickle!\n", within: .seconds(20))
        try await client.process.output.expect("\n")
        return client
    }
}
