import FoundationEssentials
import Glibc
import Library
import NetworkTestKit
import TestKit
import Testing
import Wire

/// One user in two networks at the same time.
@Suite struct NetworksTests {
    /// Frida's home, in two networks whose operators have joined first as olga and as otto.
    private struct Two {
        let place: Place
        let servers: [RealProcess]
        let addresses: [String]
        let invites: [String]

        static func start() async throws -> Two {
            let place = Place(directory: try TemporaryDirectory())
            let (one, first) = try await place.network(first: "olga", operatedBy: "operator")
            let (other, second) = try await place.network(first: "otto", operatedBy: "another operator")
            for invite in [first, second] {
                _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
            }
            let addresses = [try await one.ports.first(.udp), try await other.ports.first(.udp)]
                .map { "127.0.0.1:\($0)" }
            return Two(place: place, servers: [one, other], addresses: addresses, invites: [first, second])
        }

        /// With a variable of the environment, and what it prints.
        func run(_ arguments: [String], with network: String, exits code: Int32 = 0) async throws -> String {
            let home = try place.home("frida")
            let process = try await RealProcess.start(
                Programs.client, arguments, in: home,
                environment: ["PATH": "/usr/bin:/bin", "HOME": home, "BITTRICKLE_NETWORK": network])
            #expect(try await process.waitForEnd(within: .seconds(60)) == .exited(code))
            return try await process.output.expectEnd()
        }

        func frida(_ arguments: String..., exits code: Int32 = 0) async throws -> (output: String, errors: String) {
            try await place.run(Programs.client, arguments, as: "frida", exits: code)
        }

        /// In the folder of one of frida's members.
        func file(_ name: String, of member: String, in network: Int) throws -> String {
            MemberFolder.file(
                name, base: try place.home("frida") + "/.local/state/bittrickle",
                network: try InviteLink(parsing: invites[network]).network.pin,
                member: try #require(UserName(member)))
        }

        func daemon(_ arguments: [String], of name: String) async throws -> RealProcess {
            let daemon = try await RealProcess.start(Programs.client, arguments, in: place.home(name))
            try await daemon.output.expect("Ctrl-C ends it.\n", within: .seconds(20))
            return daemon
        }

        func end(_ processes: [RealProcess]) async throws {
            for process in processes + servers {
                process.signal(SIGTERM)
                _ = try await process.waitForEnd()
            }
        }
    }

    @Test func twoDaemonsSideBySide() async throws {
        let two = try await Two.start()
        let (one, other) = (two.addresses[0], two.addresses[1])
        let olga = try await two.daemon(["daemon"], of: "olga")
        let otto = try await two.daemon(["daemon"], of: "otto")
        let first = try await two.daemon(["daemon", "--network", one], of: "frida")
        let second = try await two.daemon(["--network", other, "daemon"], of: "frida")
        let again = try await two.frida("daemon", "-n", one, exits: 75)
        #expect(again.errors.contains("running in this network already"))
        #expect(again.errors.contains("bittrickle web --network \(one)\n"))

        // Each command goes to the daemon of its network.
        #expect(try await two.frida("--network", one, "peers").output == "1 active peer:\nolga\n")
        #expect(try await two.frida("peers", "-n", other).output == "1 active peer:\notto\n")
        // The one that was joined last, and what else says it.
        #expect(try await two.frida("peers").output == "1 active peer:\notto\n")
        #expect(try await two.run(["peers"], with: one) == "1 active peer:\nolga\n")
        #expect(try await two.run(["-n", other, "peers"], with: one) == "1 active peer:\notto\n")
        #expect(try await two.run(["peers"], with: "") == "1 active peer:\notto\n")
        #expect(try await two.run(["peers"], with: "elsewhere:1", exits: 64).isEmpty)
        let status = try await two.frida("--json", "status", "--network", "frida@\(one)")
        #expect(status.output.contains("\"server\":\"\(one)\""))

        for (member, address) in [("olga", one), ("otto", other)] {
            try Files.write("\(two.place.home(member))/\(member).bin", size: 300_000, seed: 1)
            _ = try await two.place.run(Programs.client, ["publish", "\(member).bin"], as: member)
            #expect(
                try await two.frida("-n", address, "search", "bin").output == "1 file found:\n\(member).bin\n")
            let got = try await two.frida("-q", "--network", address, "get", "\(member).bin")
            #expect(got.output.isEmpty && got.errors.isEmpty)
        }
        _ = try await two.frida("--network", one, "get", "otto.bin", exits: 69)
        let pages = [
            try await two.frida("web", "--print", "-n", one).output, try await two.frida("web", "--print").output,
        ]
        #expect(Set(pages).count == 2 && pages.allSatisfy { $0.hasPrefix("http://127.0.0.1:") })
        // The shell, too; from a pipe.
        let shell = try await two.place.run(Programs.client, ["--network", one], as: "frida", input: "lap\n")
        #expect(shell.output.contains("1 active peer:\nolga\n"))

        // Leaving one is not leaving the other.
        _ = try await two.frida("--yes", "leave", "--network", one)
        #expect(try await first.waitForEnd() == .exited(0))
        #expect(try await two.frida("peers").output == "1 active peer:\notto\n")
        let gone = try await two.frida("--network", one, "peers", exits: 64)
        #expect(gone.errors == "\"\(one)\" is none of the networks that you joined.\nYou joined:\n  \(other)\n")
        try await two.end([second, olga, otto])
    }

    @Test func theListAndItsNames() async throws {
        let two = try await Two.start()
        let (one, other) = (two.addresses[0], two.addresses[1])
        func rows(_ output: String) -> [[String]] {
            output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        }
        let listed = try await two.frida("networks").output
        #expect(listed.hasPrefix("2 networks:\nDEFAULT  MEMBER  FINGERPRINT  NETWORK\n"))
        #expect(
            rows(listed).dropFirst(2).map { [$0[0], $0[1], $0[3]] } == [["yes", "frida", other], ["-", "frida", one]])
        let prints = rows(listed).dropFirst(2).map { $0[2] }
        let preferred = try await two.frida("networks", "--prefer", prints[1])
        #expect(rows(preferred.output).dropFirst(2).map { $0[3] } == [one, other])
        _ = try await two.frida("networks", "--prefer", "127.0.0.1", exits: 64)
        let json = try await two.frida("networks", "--json").output.split(separator: "\n")
        #expect(json.count == 2 && json[0].contains("\"isPreferred\":true") && json[0].contains(prints[1]))

        // Two members of one network. Who has joined is told what commands mean now.
        let joined = try await two.place.run(
            Programs.client, ["join", two.invites[0]], as: "frida", input: "freya\nfreya's own\n")
        let before = "the one before: bittrickle --network frida@\(one)"
        #expect(joined.errors.hasSuffix("\nWhere none is named the network is freya@\(one) now; \(before)\n"))
        let several = try await two.frida("--network", one, "peers", exits: 64)
        #expect(several.errors.hasSuffix("Say which:\n  freya@\(one)\n  frida@\(one)\n"))
        #expect(try await two.frida("-n", "frida@\(one)", "--json", "status").output.contains("\"member\":\"frida\""))
        #expect(try await two.frida("-n", "freya@\(one)", "--json", "status").output.contains("\"member\":\"freya\""))
        // Hints name the one of the two who is meant.
        try FileManager.default.removeItem(atPath: two.file("token", of: "freya", in: 0))
        let daemon = try await two.frida("daemon", "-n", "freya@\(one)", exits: 77)
        #expect(daemon.errors.contains("with bittrickle --network freya@\(one); then start the daemon again."))
        #expect(try await two.frida("forget", "freya@\(one)").output.hasPrefix("freya in the network at \(one)"))
        #expect(try await two.frida("--network", one, "--json", "status").output.contains("\"member\":\"frida\""))
        #expect(try await two.frida("forget", prints[0]).output == "The network at \(other) is forgotten.\n")
        #expect(rows(try await two.frida("networks").output).dropFirst(2).map { $0[3] } == [one])
        _ = try await two.frida("forget", "frida@\(other)", exits: 64)
        _ = try await two.frida("forget", "127.0.0.1")
        #expect(try await two.frida("networks", exits: 64).errors.hasPrefix("No network was joined from here."))
        try await two.end([])
    }

    @Test func hintsNameTheNetworkThatWasMeant() async throws {
        let two = try await Two.start()
        let (one, other) = (two.addresses[0], two.addresses[1])
        let shell = try await RealProcess.start(Programs.client, ["-n", one], in: two.place.home("frida"))
        try await shell.output.expect("Welcome to BitTrickle!\n", within: .seconds(20))
        let none = try await two.frida("web", "--print", "-n", one, exits: 75)
        #expect(none.errors.hasSuffix("or let it run: bittrickle daemon --network \(one)\n"))
        try await shell.endInput()
        _ = try await shell.waitForEnd()

        let first = try await two.daemon(["daemon", "-n", one], of: "frida")
        let page = try await two.frida("web", "--print", "-n", one).output
        let port = try #require(page.split(separator: "/")[1].split(separator: ":").last)
        let second = try await two.daemon(["daemon", "-n", other, "--web-port", "\(port)"], of: "frida")
        try await second.errors.expect("Another port: bittrickle daemon --web-port 0 --network \(other)\n")
        try await two.end([first, second])
    }

    /// Each member has his own, as long as he is one.
    @Test func namesForTheTabKeyGoWithWhomTheyAreOf() async throws {
        let two = try await Two.start()
        let (one, other) = (two.addresses[0], two.addresses[1])
        _ = try await two.place.run(
            Programs.client, ["join", two.invites[0]], as: "frida", input: "freya\nfreya's own\n")
        let files = [
            try two.file("names", of: "frida", in: 0), try two.file("names", of: "freya", in: 0),
            try two.file("names", of: "frida", in: 1),
        ]
        func kept() -> [Bool] { files.map { FileManager.default.fileExists(atPath: $0) } }
        let former = try two.place.home("frida") + "/.local/state/bittrickle/names"
        try "{}".write(toFile: former, atomically: true, encoding: .utf8)
        for network in ["frida@\(one)", "freya@\(one)", other] {
            _ = try await two.frida("-n", network, "search", "x")
        }
        #expect(kept() == [true, true, true])
        #expect(!FileManager.default.fileExists(atPath: former))
        _ = try await two.frida("--yes", "leave", "freya@\(one)")
        #expect(kept() == [true, false, true])
        _ = try await two.frida("forget", "frida@\(one)")
        #expect(kept() == [false, false, true])
        _ = try await two.frida("forget", other)
        #expect(kept() == [false, false, false])
        try await two.end([])
    }

    /// Only to a person, who may type it; the password is asked for all the same.
    @Test func whoIsKnownIsToldHowItGoesWithoutAPassword() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, _) = try await place.network(first: "olga")
        let address = "127.0.0.1:\(try await server.ports.first(.udp))"
        let line = "Without a password, as olga: bittrickle --network \(address)"
        let piped = try await place.run(Programs.client, [address], as: "olga", input: "olga\nolga's own\n")
        #expect(!piped.errors.contains("Without a password"))
        let shell = try await RealProcess.start(
            Programs.client, [address], in: place.home("olga"), mode: .terminal(separateErrors: true))
        try await shell.errors.expect("\(line)\n")
        try await shell.output.expect("Enter username: ")
        try await shell.type("olga\n")
        try await shell.output.expect("Enter password: ")
        try await shell.type("olga's own\n")
        try await shell.output.expect("> ")
        try await shell.type("xit\n")
        _ = try await shell.waitForEnd()
        // Who is not known is told nothing.
        let stranger = try await RealProcess.start(
            Programs.client, [address], in: place.home("stranger"), mode: .terminal(separateErrors: true))
        try await stranger.output.expect("Enter username: ")
        #expect(!stranger.errors.text.contains("Without a password"))
        stranger.signal(SIGTERM)
        _ = try await stranger.waitForEnd()
        server.signal(SIGTERM)
        _ = try await server.waitForEnd()
    }
}
