import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// A get ends when what it waits for is paused or cancelled in another terminal, with or without a server.
@Suite(.serialized) struct ElsewhereTests {
    private static let cases = [("pause", 75, "paused"), ("cancel", 1, "cancelled")] as [(String, Int32, String)]

    /// Frida gets a file of olga's, slowly, by a daemon of her own.
    private func whileFridaWaits(
        _ body: (_ place: Place, _ server: RealProcess, _ daemon: RealProcess, _ get: RealProcess) async throws -> Void
    ) async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
        try Files.write("\(place.home("olga"))/a.bin", size: 64 << 20, seed: 1)
        let daemons = try await withThrowingTaskGroup(of: (String, RealProcess).self) { group in
            for name in ["olga", "frida"] {
                group.addTask {
                    let daemon = try await RealProcess.start(Programs.client, ["daemon"], in: place.home(name))
                    try await daemon.output.expect("Ctrl-C ends it.\n", within: .seconds(20))
                    return (name, daemon)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let (olga, frida) = (try #require(daemons["olga"]), try #require(daemons["frida"]))
        _ = try await place.run(Programs.client, ["publish", "a.bin"], as: "olga")
        _ = try await place.run(Programs.client, ["limit", "up", "1M"], as: "olga")
        let get = try await RealProcess.start(
            Programs.client, ["get", "a.bin", "--json", "--verbose"], in: place.home("frida"))
        try await get.output.expect("\"sources\":1", within: .seconds(20))
        try await body(place, server, frida, get)
        olga.signal(SIGTERM)
        _ = try await olga.waitForEnd()
    }

    /// In bytes, as frida's queue has it; nil where it has nothing.
    private func done(_ place: Place) async throws -> (bytes: Int64?, errors: String) {
        let (output, errors) = try await place.run(Programs.client, ["queue", "--json", "--verbose"], as: "frida")
        let digits = output.components(separatedBy: "\"done\":").dropFirst().first?.prefix { $0.isNumber }
        return (digits.flatMap { Int64($0) }, errors)
    }

    @Test(arguments: cases) func aGetEndsWithWhatWasDoneElsewhere(verb: String, code: Int32, word: String) async throws
    {
        try await whileFridaWaits { place, server, daemon, get in
            _ = try await place.run(Programs.client, [verb, "a.bin", "--yes"], as: "frida")
            #expect(try await get.waitForEnd(within: .seconds(20)) == .exited(code))
            #expect(try await get.errors.expectEnd().contains("a.bin was \(word) from elsewhere.\n"))
            #expect(try await get.output.expectEnd().contains("{\"\(word)Elsewhere\":{\"name\":\"a.bin\"}}"))
            for program in [daemon, server] {
                program.signal(SIGTERM)
                _ = try await program.waitForEnd()
            }
        }
    }

    /// Its node is killed, and the server, too: it waits, and finds what was done when the server is back.
    @Test(arguments: cases) func whatIsDoneWithoutAServerHolds(verb: String, code: Int32, word: String) async throws {
        try await whileFridaWaits { place, server, daemon, get in
            let port = try await server.ports.first(.udp)
            let end = ContinuousClock.now + .seconds(60)
            // For longer than it is not known how far it is.
            while try await done(place).bytes ?? 0 < 8_000_000 {
                guard .now < end else { throw TestKitError.timedOut("8 MB") }
            }
            server.signal(SIGKILL)
            _ = try await server.waitForEnd()
            try await daemon.kill()
            try await get.errors.expect(" Waiting.\n", within: .seconds(60))
            #expect(try await done(place).bytes ?? 0 > 1_000_000)
            let queue = try await place.run(Programs.client, ["queue"], as: "frida")
            #expect(queue.errors.contains("as it is recorded here") && !queue.errors.contains("No other bittrickle"))
            _ = try await place.run(Programs.client, [verb, "a.bin", "--yes"], as: "frida")
            let again = try await RealProcess.start(
                Programs.server, ["\(port)", "--host", "127.0.0.1"], in: place.home("operator"))
            #expect(try await get.waitForEnd(within: .seconds(90)) == .exited(code))
            #expect(try await get.errors.expectEnd().contains("a.bin was \(word) from elsewhere.\n"))
            let left = try await done(place).bytes
            #expect(verb == "pause" ? left ?? 0 > 1_000_000 : left == nil)
            again.signal(SIGTERM)
            _ = try await again.waitForEnd()
        }
    }
}
