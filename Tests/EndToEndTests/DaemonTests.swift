import FoundationEssentials
import Glibc
import Library
import NetworkTestKit
import TestKit
import Testing
import Wire

/// A node that stays, and the commands that use it.
@Suite struct DaemonTests {
    private static func daemon(of name: String, in place: Place) async throws -> RealProcess {
        let daemon = try await RealProcess.start(Programs.client, ["daemon"], in: place.home(name))
        try await daemon.output.expect("Ctrl-C ends it.\n", within: .seconds(20))
        return daemon
    }

    @Test func commandsUseTheDaemonAndItGoesOn() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
        let olga = try await Self.daemon(of: "olga", in: place)
        let frida = try await Self.daemon(of: "frida", in: place)

        try Files.write("\(place.home("olga"))/a.pdf", size: 3_000_000, seed: 1)
        #expect(
            try await place.run(Programs.client, ["publish", "a.pdf"], as: "olga").output
                == "File published successfully\n")
        #expect(try await place.run(Programs.client, ["peers"], as: "frida").output == "1 active peer:\nolga\n")
        #expect(
            try await place.run(Programs.client, ["get", "a.pdf"], as: "frida").output
                == "a.pdf downloaded successfully\n")
        let verbose = try await place.run(Programs.client, ["get", "a.pdf", "-vv"], as: "frida")
        #expect(verbose.errors.contains("bittrickle daemon --log-level debug"))
        let proxied = try await RealProcess.start(
            Programs.client, ["peers"], in: place.home("frida"),
            environment: ["HOME": place.home("frida"), "all_proxy": "socks5://frida:secret@proxy.example"])
        #expect(try await proxied.waitForEnd(within: .seconds(20)) == .exited(0))
        let told = try await proxied.errors.expectEnd()
        #expect(told.contains("all_proxy names socks5://proxy.example:1080, but") && told.contains("without a proxy"))
        let unusable = try await RealProcess.start(
            Programs.client, ["peers"], in: place.home("frida"),
            environment: ["HOME": place.home("frida"), "all_proxy": "ftp://proxy.example"])
        #expect(try await unusable.waitForEnd(within: .seconds(20)) == .exited(0))
        #expect(try await unusable.errors.expectEnd().contains("ftp, that is not spoken here. The bittrickle"))
        // Into the folder of whoever asked, not the daemon's.
        #expect(try Files.hash("\(place.home("frida"))/a.pdf") == Files.hash("\(place.home("olga"))/a.pdf"))
        let missing = try await place.run(Programs.client, ["get", "b.pdf"], as: "frida", exits: 69)
        #expect(missing.output == "File not found\n")
        let second = try await place.run(Programs.client, ["daemon"], as: "frida", exits: 75)
        #expect(second.errors.contains("running in this network already"))
        let page = try await place.run(Programs.client, ["web", "--print"], as: "frida")
        #expect(page.output.hasPrefix("http://127.0.0.1:") && page.output.contains("/#token="))
        let film = try await place.run(Programs.client, ["web", "--print", "a.pdf"], as: "frida")
        #expect(film.output.hasPrefix("http://127.0.0.1:") && film.output.contains("/files/a.pdf?key="))

        // Killed, it leaves a socket behind, which is in nobody's way.
        try await frida.kill()
        #expect(try await place.run(Programs.client, ["peers"], as: "frida").output == "1 active peer:\nolga\n")
        olga.signal(SIGTERM)
        #expect(try await olga.waitForEnd() == .exited(0))
        #expect(try await place.run(Programs.client, ["peers"], as: "frida").output.hasPrefix("No active peers"))
        server.signal(SIGTERM)
        _ = try await server.waitForEnd()
    }

    /// It is named, with its process, and so is all that can be looked at without it.
    @Test func aDaemonThatHangsIsNamed() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, _) = try await place.network(first: "olga")
        let olga = try await Self.daemon(of: "olga", in: place)
        let shell = ShellClient(process: try await RealProcess.start(Programs.client, [], in: place.home("olga")))
        try await shell.ask("lap", expecting: "No active peers\n", within: .seconds(20))
        olga.signal(SIGSTOP)
        try await shell.process.type("lap\n")
        try await shell.process.errors.expect("or is just starting. Waiting.\n", within: .seconds(15))
        try await shell.process.errors.expect("(kill -9 \(olga.processID))", within: .seconds(1))
        var begin = ContinuousClock.now
        let found = try await place.run(Programs.client, ["doctor", "--json"], as: "olga", exits: 1).output
        #expect(begin.duration(to: .now) < .seconds(15), "\(found)")
        #expect(found.contains("\"program-hung\"") && found.contains("\"udp-ok\""), "\(found)")
        #expect(found.contains("as olga (process \(olga.processID))"), "\(found)")
        #expect(found.contains("(kill -9 \(olga.processID))"), "\(found)")
        #expect(!found.contains("\"login-elsewhere\""), "\(found)")
        // None of them waits until the others have found it out.
        begin = .now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for command in [["peers"], ["daemon"], ["web", "--print"], ["leave", "--yes"]] {
                group.addTask {
                    let told = try await place.run(Programs.client, command, as: "olga", exits: 75).errors
                    #expect(told.contains("program-hung: bittrickle runs on this computer as olga"), "\(command)")
                    #expect(told.contains("(kill -9 \(olga.processID))"), "\(told)")
                }
            }
            try await group.waitForAll()
        }
        #expect(begin.duration(to: .now) < .seconds(15))
        olga.signal(SIGCONT)
        try await shell.process.errors.expect("It answers again.\n", within: .seconds(20))
        try await shell.process.output.expect("No active peers\n", within: .seconds(60))
        try await shell.leave()
        for program in [olga, server] {
            program.signal(SIGTERM)
            // The server has forgotten it meanwhile, and it does not wait to learn that.
            #expect(try await program.waitForEnd() == .exited(0))
        }
    }

    /// Whether it runs in the daemon's node or has its own.
    @Test(arguments: [true, false]) func aGetWaitsForWhoLeft(isInDaemon: Bool) async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
        let olga = try await Self.daemon(of: "olga", in: place)
        var running = [server]
        if isInDaemon { running.append(try await Self.daemon(of: "frida", in: place)) }
        try Files.write("\(place.home("olga"))/a.pdf", size: 24 << 20, seed: 1)
        _ = try await place.run(Programs.client, ["publish", "a.pdf"], as: "olga")
        _ = try await place.run(Programs.client, ["limit", "up", "2M"], as: "olga")
        let get = try await RealProcess.start(
            Programs.client, ["get", "a.pdf", "--json", "--verbose"], in: place.home("frida"))
        try await get.output.expect("\"sources\":1", within: .seconds(20))
        olga.signal(SIGTERM)
        #expect(try await olga.waitForEnd() == .exited(0))
        try await get.output.expect("\"waitsFor\":[\"olga\"]", within: .seconds(30))

        running.append(try await Self.daemon(of: "olga", in: place))
        _ = try await place.run(Programs.client, ["limit", "up", "none"], as: "olga")
        try await get.output.expect("{\"download\":{\"completed\":", within: .seconds(60))
        #expect(try await get.waitForEnd() == .exited(0))
        #expect(try Files.hash("\(place.home("frida"))/a.pdf") == Files.hash("\(place.home("olga"))/a.pdf"))
        for program in running.reversed() {
            program.signal(SIGTERM)
            _ = try await program.waitForEnd()
        }
    }

    @Test func aDaemonWhosePortIsTakenEnds() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
        let none = try await place.run(Programs.client, ["web", "--print", "a.pdf"], as: "olga", exits: 69)
        #expect(none.output.isEmpty && none.errors.contains("No bittrickle is running here"))
        let olga = try await Self.daemon(of: "olga", in: place)
        let port = try await olga.ports.first(.tcp)
        let pageless = try await RealProcess.start(
            Programs.client, ["daemon", "--web-port", "\(port)"], in: place.home("frida"))
        try await pageless.errors.expect(
            "Another program listens on port \(port) of this computer, where the page was to be. "
                + "The daemon goes on without it.\n", within: .seconds(20))
        try await pageless.output.expect("Ctrl-C ends it.\n", within: .seconds(20))
        pageless.signal(SIGTERM)
        #expect(try await pageless.waitForEnd() == .exited(0))
        let second = try await place.run(Programs.client, ["daemon", "--port", "\(port)"], as: "frida", exits: 69)
        #expect(second.errors.contains("Another program listens on TCP port \(port)"))
        // A command does with any other, and says so.
        _ = try await place.run(Programs.client, ["config", "port", "\(port)"], as: "frida")
        let peers = try await place.run(Programs.client, ["peers"], as: "frida")
        #expect(peers.output == "1 active peer:\nolga\n")
        #expect(peers.errors.contains("Another program listens on TCP port \(port)"))
        // The terminal was closed, which is no end of a service.
        olga.signal(SIGHUP)
        #expect(try await olga.waitForEnd() == .exited(129))
        server.signal(SIGTERM)
        _ = try await server.waitForEnd()
    }

    @Test func aCommandUsesTheNodeOfAnother() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
        // The shell of the one is the node of the other's commands.
        let shell = ShellClient(process: try await RealProcess.start(Programs.client, [], in: place.home("olga")))
        try await shell.process.output.expect("Welcome to BitTrickle!\n", within: .seconds(20))
        try Files.write("\(place.home("olga"))/b.bin", size: 400_000, seed: 2)
        #expect(
            try await place.run(Programs.client, ["publish", "b.bin"], as: "olga").output
                == "File published successfully\n")
        #expect(try await place.run(Programs.client, ["search", "b"], as: "frida").output == "1 file found:\nb.bin\n")
        try await shell.leave()
        server.signal(SIGTERM)
        _ = try await server.waitForEnd()
    }

    /// At the prompt of a shell whose kept login is not taken any more; what was kept is what the commands need, too.
    @Test func aCommandDoesNotWaitForWhoIsAskedForHisPassword() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        let network = try InviteLink(parsing: invite).network.pin
        let token = MemberFolder.file(
            "token", base: try place.home("olga") + "/.local/state/bittrickle", network: network,
            member: try #require(UserName("olga")))
        try String(repeating: "0", count: 64).write(toFile: token, atomically: true, encoding: .utf8)
        let shell = try await RealProcess.start(Programs.client, [], in: place.home("olga"), mode: .terminal())
        try await shell.output.expect("Enter password: ", within: .seconds(20))
        let command = try await RealProcess.start(Programs.client, ["peers"], in: place.home("olga"))
        try await command.endInput()
        #expect(try await command.waitForEnd(within: .seconds(10)) == .exited(77))
        #expect(try await command.errors.expectEnd().contains("your password is needed"))
        // From then on it is the node of the commands.
        try await shell.type("olga's own\n")
        try await shell.output.expect("> ")
        #expect(try await place.run(Programs.client, ["peers"], as: "olga").output.hasPrefix("No active peers"))
        try await shell.type("xit\n")
        try await shell.waitForEnd()
        server.signal(SIGTERM)
        _ = try await server.waitForEnd()
    }

    /// And what the others say is that the server is away.
    @Test func theQueueIsThereWhileTheServerIsAway() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, invite) = try await place.network(first: "olga")
        _ = try await place.run(Programs.client, ["join", invite], as: "frida", input: "frida\nfrida's own\n")
        let olga = try await Self.daemon(of: "olga", in: place)
        for (seed, name) in ["a.bin", "b.bin"].enumerated() {
            try Files.write("\(place.home("olga"))/\(name)", size: 8 << 20, seed: UInt64(seed))
        }
        _ = try await place.run(Programs.client, ["publish", "a.bin", "b.bin"], as: "olga")
        _ = try await place.run(Programs.client, ["limit", "up", "256K"], as: "olga")
        _ = try await place.run(Programs.client, ["get", "a.bin", "--background"], as: "frida")
        let get = try await RealProcess.start(
            Programs.client, ["get", "b.bin", "--json", "--verbose"], in: place.home("frida"))
        try await get.output.expect("\"sources\":1", within: .seconds(20))
        server.signal(SIGKILL)
        _ = try await server.waitForEnd()
        // Its goodbye takes its time; who comes meanwhile does not take it for one that is there.
        get.signal(SIGINT)
        let peers = try await place.run(Programs.client, ["peers"], as: "frida", exits: 69)
        #expect(peers.errors.contains("answer") && !peers.errors.contains("logged in"), "\(peers.errors)")
        #expect(try await get.waitForEnd() == .exited(130))
        let queue = try await place.run(Programs.client, ["queue"], as: "frida")
        #expect(queue.errors.contains("does not answer. This is as it is recorded here"), "\(queue.errors)")
        #expect(queue.output.contains("2 transfers:") && queue.output.contains("paused"), "\(queue.output)")
        let cancelled = try await place.run(Programs.client, ["cancel", "a.bin", "--yes"], as: "frida")
        #expect(cancelled.output == "a.bin cancelled\n")
        let rest = try await place.run(Programs.client, ["queue", "--json"], as: "frida")
        #expect(rest.errors.isEmpty && !rest.output.contains("a.bin") && rest.output.contains("b.bin"))
        olga.signal(SIGTERM)
        _ = try await olga.waitForEnd()
    }

    @Test func theDaemonWaitsForAServerThatIsAway() async throws {
        let place = Place(directory: try TemporaryDirectory())
        let (server, _) = try await place.network(first: "olga")
        let port = try await server.ports.first(.udp)
        server.signal(SIGTERM)
        _ = try await server.waitForEnd()
        let daemon = try await RealProcess.start(Programs.client, ["daemon"], in: place.home("olga"))
        try await daemon.errors.expect("Waiting.\n", within: .seconds(30))
        let again = try await RealProcess.start(
            Programs.server, ["\(port)", "--host", "127.0.0.1"], in: place.home("operator"))
        try await daemon.output.expect("Ctrl-C ends it.\n", within: .seconds(60))
        daemon.signal(SIGINT)
        #expect(try await daemon.waitForEnd() == .exited(130))
        again.signal(SIGTERM)
        _ = try await again.waitForEnd()
    }
}
