import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// Commands that use another's node go on when that ends, in whatever way.
@Suite struct SuccessionTests {
    /// What carries the node, and how it ends.
    enum Carrier: CaseIterable {
        case getByCtrlC, shellByGoodbye, daemonBySIGTERM, daemonBySIGKILL
    }

    private static func daemon(of name: String, in place: Place) async throws -> RealProcess {
        let daemon = try await RealProcess.start(Programs.client, ["daemon"], in: place.home(name))
        try await daemon.output.expect("Ctrl-C ends it.\n", within: .seconds(20))
        return daemon
    }

    private static func get(_ name: String, in place: Place) async throws -> RealProcess {
        let get = try await RealProcess.start(
            Programs.client, ["get", name, "--json", "--verbose"], in: place.home("frida"))
        try await get.output.expect("\"sources\":1", within: .seconds(20))
        return get
    }

    private static func carrier(_ kind: Carrier, in place: Place) async throws -> RealProcess {
        switch kind {
        case .getByCtrlC: return try await get("a.bin", in: place)
        case .daemonBySIGTERM, .daemonBySIGKILL: return try await daemon(of: "frida", in: place)
        case .shellByGoodbye:
            let shell = try await RealProcess.start(Programs.client, [], in: place.home("frida"))
            try await shell.output.expect("Welcome to BitTrickle!\n", within: .seconds(20))
            return shell
        }
    }

    /// Nobody keeps it from ending.
    private static func end(_ carrier: RealProcess, _ kind: Carrier) async throws {
        switch kind {
        case .getByCtrlC:
            carrier.signal(SIGINT)
            #expect(try await carrier.waitForEnd(within: .seconds(20)) == .exited(130))
        case .daemonBySIGTERM:
            carrier.signal(SIGTERM)
            #expect(try await carrier.waitForEnd(within: .seconds(20)) == .exited(0))
        case .daemonBySIGKILL: try await carrier.kill()
        case .shellByGoodbye:
            try await carrier.type("xit\n")
            #expect(try await carrier.waitForEnd(within: .seconds(20)) == .exited(0))
        }
    }

    @Test(arguments: Carrier.allCases) func aGetAndAShellGoOn(kind: Carrier) async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
        let olga = try await Self.daemon(of: "olga", in: place)
        for (seed, name) in ["a.bin", "b.bin"].enumerated() {
            try Files.write("\(place.home("olga"))/\(name)", size: 24 << 20, seed: UInt64(seed))
        }
        _ = try await place.run(Programs.client, ["publish", "a.bin", "b.bin"], as: "olga")
        _ = try await place.run(Programs.client, ["limit", "up", "2M"], as: "olga")
        let carrier = try await Self.carrier(kind, in: place)
        let get = try await Self.get("b.bin", in: place)
        let shell = ShellClient(process: try await RealProcess.start(Programs.client, [], in: place.home("frida")))
        try await shell.process.output.expect("Welcome to BitTrickle!\n", within: .seconds(20))

        try await Self.end(carrier, kind)
        // One of the two has the node by now, and both go on.
        try await shell.ask("lap", expecting: "1 active peer:\nolga\n", within: .seconds(20))
        _ = try await place.run(Programs.client, ["limit", "up", "none"], as: "olga")
        try await get.output.expect("{\"download\":{\"completed\":", within: .seconds(60))
        #expect(try await get.waitForEnd(within: .seconds(20)) == .exited(0))
        #expect(try Files.hash("\(place.home("frida"))/b.bin") == Files.hash("\(place.home("olga"))/b.bin"))
        // What only somebody waited for who left is not fetched by others.
        let queue = try await place.run(Programs.client, ["queue"], as: "frida").output
        #expect(!queue.contains("a.bin") || queue.contains("paused"), "\(queue)")
        try await shell.ask("lap", expecting: "1 active peer:\nolga\n", within: .seconds(20))
        try await shell.leave()
        for program in [olga, server] {
            program.signal(SIGTERM)
            _ = try await program.waitForEnd()
        }
    }

    /// Who is alone is told once that he is the one who carries it now.
    @Test func whoGoesOnByHimselfIsTold() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, _) = try await place.network(first: "olga")
        let daemon = try await Self.daemon(of: "olga", in: place)
        let shell = ShellClient(process: try await RealProcess.start(Programs.client, [], in: place.home("olga")))
        try await shell.process.output.expect("Welcome to BitTrickle!\n", within: .seconds(20))
        daemon.signal(SIGTERM)
        #expect(try await daemon.waitForEnd() == .exited(0))
        try await shell.process.errors.expect(
            "The bittrickle whose connection this one used has ended; it goes on with its own.\n", within: .seconds(20))
        #expect(try await place.run(Programs.client, ["peers"], as: "olga").output.hasPrefix("No active peers"))
        // One that stays has its place, as where a service is started again.
        let again = try await Self.daemon(of: "olga", in: place)
        try await shell.ask("lap", expecting: "No active peers\n")
        let second = try await place.run(Programs.client, ["daemon"], as: "olga", exits: 75)
        #expect(second.errors.contains("running in this network already"))
        again.signal(SIGTERM)
        #expect(try await again.waitForEnd() == .exited(0))
        try await shell.ask("lap", expecting: "No active peers\n", within: .seconds(20))
        try await shell.leave()
        server.signal(SIGTERM)
        _ = try await server.waitForEnd()
    }
}
