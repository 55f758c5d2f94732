import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// A server is found on the local network by who knows nothing but that there is one: two machines on one wire.
@Suite struct NearbyTests {
    /// As addresses of the two machines, with their prefix.
    @Test(
        .enabled(if: Cable.canBeMade, "needs root, and ip, unshare and nsenter"),
        arguments: [("10.77.0.1/24", "10.77.0.2/24"), ("fd77::1/64", "fd77::2/64")])
    func aServerIsFoundChosenAndTrusted(server: String, client: String) async throws {
        let place = Place(directory: try TemporaryDirectory())
        let cable = try await Cable.lay(place, server, client)
        let home = try place.home("operator")
        try "hans falcon*solo\n".write(toFile: "\(home)/credentials.txt", atomically: true, encoding: .utf8)
        let running = try await cable.left.start(Programs.server, ["12000"], in: home)
        let said = try await running.errors.expect("Announced on the local network", within: .seconds(20))
        #expect(!said.contains("Not announced"))
        let greeting = try await running.output.expect("bittrickle://", within: .seconds(20))
        let pin = try #require(greeting.split(whereSeparator: \.isWhitespace).first { $0.utf8.count == 64 })
        let host = server.split(separator: "/")[0]
        let address = host.contains(":") ? "[\(host)]:12000" : "\(host):12000"

        // A script hears of it, and has to say which it means.
        let hans = try place.home("hans")
        let piped = try await cable.right.run(Programs.client, [], in: hans)
        #expect(piped.ending == .exited(64) && piped.output.isEmpty)
        #expect(piped.errors.contains("1 network answers on the local network:\n"))
        #expect(piped.errors.contains(address) && piped.errors.contains(pin.prefix(8)))
        let listed = try await cable.right.run(Programs.client, ["networks", "--nearby", "--json"], in: hans)
        #expect(listed.ending == .exited(0), "\(listed.errors)")
        #expect(listed.output.contains(#""fingerprint":"\#(pin)","isKnown":false,"#))
        #expect(listed.output.contains(#""server":"\#(address)"}"#))

        // A person chooses, compares the fingerprint, and signs in.
        let shell = try await cable.right.start(Programs.client, [], in: hans, mode: .terminal(separateErrors: true))
        try await shell.output.expect("Which one? 1, or Enter for none: ", within: .seconds(20))
        try await shell.type("1\n")
        try await shell.errors.expect("First contact with the network at \(address)", within: .seconds(20))
        try await shell.errors.expect(String(pin))
        try await shell.type("y\n")
        try await shell.output.expect("Enter username: ", within: .seconds(20))
        try await shell.type("hans\n")
        try await shell.output.expect("Enter password: ")
        try await shell.type("falcon*solo\n")
        try await shell.output.expect("Welcome to BitTrickle!", within: .seconds(20))
        try await shell.type("xit\n")
        #expect(try await shell.waitForEnd() == .exited(0))

        // From then on it is known.
        let known = try await cable.right.run(Programs.client, ["networks", "--nearby"], in: hans)
        #expect(known.output.contains("as hans"), "\(known.output)\(known.errors)")
        running.signal(SIGTERM)
        #expect(try await running.waitForEnd() == .exited(0))
        let gone = try await cable.right.run(Programs.client, ["networks", "--nearby"], in: hans)
        #expect(gone.ending == .exited(69) && gone.errors.hasPrefix("No network answers on the local network.\n"))
    }

    @Test(.enabled(if: Cable.canBeMade, "needs root, and ip, unshare and nsenter"))
    func whoDoesNotWantItIsNotFound() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let cable = try await Cable.lay(place, "10.77.0.1/24", "10.77.0.2/24")
        for arguments in [["12000", "--no-announce-locally"], ["12000", "--host", "10.77.0.1"]] {
            let running = try await cable.left.start(Programs.server, arguments, in: place.home("operator"))
            try await running.output.expect("bittrickle://", within: .seconds(20))
            let found = try await cable.right.run(Programs.client, ["networks", "--nearby"], in: place.home("hans"))
            #expect(found.ending == .exited(69), "\(found.output)")
            #expect(!running.errors.text.contains("Announced"))
            running.signal(SIGTERM)
            #expect(try await running.waitForEnd() == .exited(0))
        }
    }
}

/// Two machines with a wire between them: network namespaces, which go with the processes that hold them.
private struct Cable {
    let left: Machine
    let right: Machine

    static var canBeMade: Bool {
        let tools: [String] = ["/usr/bin/unshare", "/usr/bin/nsenter"]
        return geteuid() == 0 && tools.allSatisfy { access($0, X_OK) == 0 } && ip != nil
    }

    private static var ip: String? {
        let places: [String] = ["/usr/sbin/ip", "/sbin/ip", "/usr/bin/ip"]
        return places.first { access($0, X_OK) == 0 }
    }

    static func lay(_ place: Place, _ leftAddress: String, _ rightAddress: String) async throws -> Cable {
        let ip = try #require(Self.ip)
        let home = try place.home("wire")
        let (left, right) = (try await Machine.make(in: home), try await Machine.make(in: home))
        try await left.succeed(
            ip, ["link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", "\(right.processID)"], in: home
        )
        for (machine, address) in [(left, leftAddress), (right, rightAddress)] {
            // It is there at once: nobody has to be asked whether he has it already.
            let isSix = address.contains(":")
            try await machine.succeed(
                ip, ["address", "add", address, "dev", "wire"] + (isSix ? ["nodad"] : []), in: home)
            for name in ["lo", "wire"] { try await machine.succeed(ip, ["link", "set", name, "up"], in: home) }
        }
        for machine in [left, right] { try await machine.settle(ip, in: home) }
        return Cable(left: left, right: right)
    }
}

private struct Machine {
    private let holder: RealProcess
    var processID: Int32 { holder.processID }

    static func make(in folder: String) async throws -> Machine {
        let holder = try await RealProcess.start(
            "/usr/bin/unshare", ["-n", "sh", "-c", "echo there; exec cat"], in: folder)
        try await holder.output.expect("there\n")
        return Machine(holder: holder)
    }

    func start(
        _ program: String, _ arguments: [String], in folder: String, mode: RealProcess.Mode = .pipes
    ) async throws -> RealProcess {
        try await RealProcess.start(
            "/usr/bin/nsenter", ["-t", "\(processID)", "-n", program] + arguments, in: folder, mode: mode)
    }

    func run(
        _ program: String, _ arguments: [String], in folder: String
    ) async throws -> (ending: RealProcess.Ending, output: String, errors: String) {
        let process = try await start(program, arguments, in: folder)
        try? await process.endInput()
        let ending = try await process.waitForEnd(within: .seconds(20))
        return (ending, try await process.output.expectEnd(), try await process.errors.expectEnd())
    }

    /// Until the address of the link, which the system makes, is tried and taken too: before, nothing goes out by it.
    func settle(_ ip: String, in folder: String) async throws {
        for _ in 0..<200 {
            let tried = try await run(ip, ["-6", "address", "show", "dev", "wire", "tentative"], in: folder)
            if tried.output.isEmpty { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw TestKitError.timedOut("the addresses of the wire")
    }

    func succeed(_ program: String, _ arguments: [String], in folder: String) async throws {
        let ended = try await run(program, arguments, in: folder)
        guard ended.ending == .exited(0) else {
            throw TestKitError.timedOut("\(arguments.joined(separator: " ")): \(ended.errors)")
        }
    }
}
