import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// What a member keeps: searches that go on, passwords that nobody types, and what is left when he leaves.
@Suite struct KeepingTests {
    private static func daemon(of name: String, in place: Place) async throws -> RealProcess {
        let daemon = try await RealProcess.start(Programs.client, ["daemon"], in: place.home(name))
        try await daemon.output.expect("Ctrl-C ends it.\n", within: .seconds(20))
        return daemon
    }

    private static func end(_ processes: RealProcess...) async throws {
        for process in processes {
            process.signal(SIGTERM)
            _ = try await process.waitForEnd()
        }
    }

    private static func text(_ path: String, within limit: Duration = .seconds(30)) async throws -> String {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if let text = try? String(contentsOfFile: path, encoding: .utf8) { return text }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw TestKitError.timedOut(path)
    }

    @Test func aSavedSearchRunsACommandOfTheUsers() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
        let daemon = try await Self.daemon(of: "frida", in: place)
        let (olga, frida) = (try place.home("olga"), try place.home("frida"))
        let publisher = try await Self.daemon(of: "olga", in: place)
        try Files.write("\(olga)/old jazz.mp3", size: 1_000, seed: 1)
        _ = try await place.run(Programs.client, ["publish", "old jazz.mp3"], as: "olga")
        let command =
            "printf '%s|%s|%s' \"$BITTRICKLE_SEARCH\" \"$BITTRICKLE_OWNER\" \"$BITTRICKLE_NAME\" > p && mv p told"
        #expect(
            try await place.run(
                Programs.client, ["search", "jazz", "--save", "music", "--run", "cd '\(frida)' && \(command)"],
                as: "frida"
            ).output == "Search saved successfully\n")
        // In the daemon, at once.
        let set = try await place.run(Programs.client, ["config", "search-interval", "5s"], as: "frida")
        #expect(set.output == "search-interval: 5 s\n")
        let name = "new Jazz $(touch pwned).mp3"
        try Files.write("\(olga)/\(name)", size: 2_000, seed: 2)
        _ = try await place.run(Programs.client, ["publish", name], as: "olga")
        #expect(try await Self.text("\(frida)/told") == "music|olga|\(name)")
        #expect(!FileManager.default.fileExists(atPath: "\(frida)/pwned"))
        try await daemon.errors.expect("New for music: \(name) from olga, 1.95 KiB.\n", within: .seconds(5))
        let listed = try await place.run(Programs.client, ["searches", "music", "--json"], as: "frida").output
        #expect(listed.contains("\"owner\":\"olga\"") && !listed.contains("old jazz"))
        #expect(
            try await place.run(Programs.client, ["searches", "music"], as: "frida").output == "Nothing new found\n")
        _ = try await place.run(Programs.client, ["searches", "--forget", "music"], as: "frida")
        #expect(try await place.run(Programs.client, ["searches"], as: "frida").output == "No searches saved\n")
        try await Self.end(daemon, publisher, server)
    }

    @Test func whoIsBlockedIsNotFound() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
        let olga = try await Self.daemon(of: "olga", in: place)
        try Files.write("\(place.home("olga"))/a.pdf", size: 1_000, seed: 1)
        _ = try await place.run(Programs.client, ["publish", "a.pdf"], as: "olga")
        _ = try await place.run(Programs.client, ["block", "olga"], as: "frida")
        // Each command is a login of its own.
        #expect(try await place.run(Programs.client, ["block"], as: "frida").output == "1 member blocked:\nolga\n")
        #expect(try await place.run(Programs.client, ["search", ""], as: "frida").output == "No files found\n")
        _ = try await place.run(Programs.client, ["get", "a.pdf"], as: "frida", exits: 69)
        let browsed = try await place.run(Programs.client, ["browse", "olga"], as: "frida", exits: 77)
        #expect(browsed.errors.contains("You have blocked olga."))
        _ = try await place.run(Programs.client, ["unblock", "olga"], as: "frida")
        _ = try await place.run(Programs.client, ["get", "a.pdf"], as: "frida")
        try await Self.end(olga, server)
    }

    @Test func passwordsThatNobodyTypes() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        let home = try place.home("frida")
        let path = "\(home)/secret"
        try Data("frida's own\nfrida's new\n".utf8).write(to: URL(filePath: path))
        chmod(path, 0o644)
        let joined = try await place.run(
            Programs.client, ["join", invite, "--password-file", "secret"], as: "frida", input: "frida\n")
        #expect(joined.errors.contains("Others on this computer can read secret"))
        let none = try await place.run(Programs.client, ["passwd"], as: "frida", exits: 66)
        #expect(none.errors.contains("No password came"))
        let wrong = try await place.run(
            Programs.client, ["passwd"], as: "frida", input: "not hers\nfrida's new\n", exits: 77)
        #expect(wrong.errors.contains("The password that you have is another one."))
        chmod(path, 0o600)
        let changed = try await place.run(
            Programs.client, ["passwd", "--password-fd", "0"], as: "frida", input: "frida's own\nfrida's new\n")
        #expect(changed.output == "Password changed\n" && changed.errors.isEmpty)
        // The daemon, whose login was taken from it.
        let folder = "\(home)/.local/state/bittrickle"
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        for token in names where token.hasSuffix("/token") {
            try FileManager.default.removeItem(atPath: "\(folder)/\(token)")
        }
        let daemon = try await RealProcess.start(
            Programs.client, ["daemon"], in: home,
            environment: ["PATH": "/usr/bin:/bin", "HOME": home, "BITTRICKLE_PASSWORD": "frida's new"])
        try await daemon.output.expect("Ctrl-C ends it.\n", within: .seconds(20))
        try await Self.end(daemon)
        // A first login elsewhere, by the environment; the address and the fingerprint are known from loopback.
        let port = try await server.ports.first(.udp)
        let elsewhere = try place.home("elsewhere")
        var environment = ["PATH": "/usr/bin:/bin", "HOME": elsewhere, "BITTRICKLE_PASSWORD": "frida's new"]
        let shell = try await RealProcess.start(
            Programs.client, ["\(port)"], in: elsewhere, environment: environment)
        try await shell.type("frida\npeers\n")
        try await shell.endInput()
        #expect(try await shell.waitForEnd(within: .seconds(30)) == .exited(0))
        environment["BITTRICKLE_PASSWORD"] = "wrong one"
        let refused = try await RealProcess.start(
            Programs.client, ["\(port)"], in: elsewhere, environment: environment)
        try await refused.type("frida\npeers\n")
        try await refused.endInput()
        #expect(try await refused.waitForEnd(within: .seconds(30)) == .exited(77))
        try await Self.end(server)
    }

    @Test func whoLeavesLeavesNothingButHisAccount() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
        let daemon = try await Self.daemon(of: "frida", in: place)
        let home = try place.home("frida")
        try Files.write("\(home)/a.pdf", size: 1_000, seed: 1)
        _ = try await place.run(Programs.client, ["publish", "a.pdf"], as: "frida")
        let asked = try await place.run(Programs.client, ["leave"], as: "frida", exits: 64)
        #expect(asked.errors.contains("--yes"))
        let left = try await place.run(Programs.client, ["leave", "--yes", "--unpublish"], as: "frida")
        #expect(left.output.contains("The account frida stays"))
        #expect(try await daemon.waitForEnd() == .exited(0))
        #expect(FileManager.default.fileExists(atPath: "\(home)/a.pdf"))
        let state = "\(home)/.local/state/bittrickle"
        let rest = try FileManager.default.contentsOfDirectory(atPath: state)
        #expect(!rest.contains { $0.count == 64 || $0.hasSuffix(".sock") }, "\(rest)")
        #expect(try String(contentsOfFile: "\(state)/networks", encoding: .utf8).isEmpty)
        _ = try await place.run(Programs.client, ["peers"], as: "frida", exits: 64)

        // The account is there, and what was published is not.
        let port = try await server.ports.first(.udp)
        let back = try await place.run(
            Programs.client, ["\(port)"], as: "frida", input: "frida\nfrida's own\npublished\n")
        #expect(back.output.contains("No files published"))
        try await Self.end(server)
    }

    /// Nothing runs: it signs in once more for it.
    @Test func leavingWithoutADaemon() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
        let port = try await server.ports.first(.udp)
        _ = try await place.run(Programs.client, ["leave", "\(port)", "--yes"], as: "frida")
        _ = try await place.run(Programs.client, ["leave", "--yes"], as: "frida", exits: 64)
        try await Self.end(server)
        // Nobody is there to be told.
        let away = try await place.run(Programs.client, ["leave", "--yes"], as: "olga", exits: 69)
        #expect(away.errors.contains("No BitTrickle server answers"))
    }
}
