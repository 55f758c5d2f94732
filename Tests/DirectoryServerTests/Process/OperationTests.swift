import DirectoryClient
import Glibc
import NetworkTestKit
import TestKit
import Testing
import Wire

/// The server as whoever operates it has it: told by the environment, watched, backed up.
struct OperationTests {
    private let place: ServerPlace

    init() throws { place = try ServerPlace() }

    @Test func theServiceManagerHearsHowItIs() async throws {
        let mailbox = try UnixMailbox(place.file("notify"))
        let server = try await place.start(
            ["0", "--host", "127.0.0.1"], ["NOTIFY_SOCKET": mailbox.name, "WATCHDOG_USEC": "100000"])
        try await server.output.expect("bittrickle://")
        let port = try await server.ports.first(.udp)
        #expect(try await mailbox.next() == "READY=1\nSTATUS=Serves on UDP port \(port)")
        for _ in 0..<3 { #expect(try await mailbox.next() == "WATCHDOG=1") }
        server.signal(SIGTERM)
        var last = "WATCHDOG=1"
        while last == "WATCHDOG=1" { last = try await mailbox.next() }
        #expect(last == "STOPPING=1")
        #expect(try await server.waitForEnd() == .exited(0))
    }

    /// A server that hangs says nothing more: the manager will end it.
    @Test func aServerThatHangsIsSilent() async throws {
        let mailbox = try UnixMailbox(place.file("notify"))
        let server = try await place.start(
            ["0", "--host", "127.0.0.1"], ["NOTIFY_SOCKET": mailbox.name, "WATCHDOG_USEC": "100000"])
        #expect(try await mailbox.next().hasPrefix("READY=1"))
        #expect(try await mailbox.next() == "WATCHDOG=1")
        server.signal(SIGSTOP)
        // What was on its way before.
        while (try? await mailbox.next(within: .milliseconds(300))) != nil {}
        await #expect(throws: TestKitError.self) { try await mailbox.next(within: .milliseconds(300)) }
        try await server.kill()
    }

    @Test func theEnvironmentAndAFileAreEnough() async throws {
        try place.write("host: 127.0.0.1\nmetrics: 0\nlog-level: notice\n", "server.yaml")
        let server = try await place.start(
            [], ["BITTRICKLE_PORT": "0", "BITTRICKLE_CONFIG": "server.yaml", "BITTRICKLE_DATA": "state"])
        try await server.output.expect("bittrickle://")
        try await server.errors.expect("Metrics are served host=127.0.0.1 port=")
        let port = try #require(Int(try await server.errors.expect("\n").prefix { $0.isNumber }))
        let ready = try await Scraper(port: port).get("/ready")
        #expect(ready.status == 200)
        #expect(access(place.file("state/network.key"), F_OK) == 0)
        // The commands find it by the same variable.
        let users = try await place.start(["users", "--json"], ["BITTRICKLE_DATA": "state"])
        #expect(try await users.waitForEnd() == .exited(0))
        server.signal(SIGTERM)
        #expect(try await server.waitForEnd() == .exited(0))
    }

    @Test func quotasAreTheOperators() async throws {
        let server = try await place.start(
            ["0", "--host", "127.0.0.1", "--publications-per-member", "2"], ["BITTRICKLE_OPEN_INVITES": "1"])
        try await server.output.expect("bittrickle://")
        let client = try await connected(to: UInt16(try await server.ports.first(.udp)))
        _ = try await client.signIn(try Device("hans").login("falcon*solo"))
        let results = try await client.publish([Sample.draft("a", 1), Sample.draft("b", 2), Sample.draft("c", 3)])
        #expect(results.last == .refused(.quotaReached(limit: 2)))
        await client.goodbye()
        _ = try await place.run("invite")
        #expect(try await place.run("invite", exits: 64).errors.contains("There are 1 open invitations already."))
    }

    @Test func withoutAPortItSaysWhereOneCouldBe() async throws {
        let errors = try await place.run(exits: 64).errors
        #expect(
            errors.hasPrefix("Error: There is no port: give one, as in bittrickle-server 12000, or set BITTRICKLE_PORT")
        )
    }

    @Test func backupCheckAndRestore() async throws {
        let server = try await place.start(["0", "--host", "127.0.0.1"])
        try await server.output.expect("bittrickle://")
        #expect(try await place.run("backup", "a").output == "a holds the network: 0 members, 0 publications\n")
        #expect(
            try await place.run("backup", "a", exits: 73).errors.hasPrefix(
                "bittrickle-server: There is a file a already.\n"))
        #expect(try await place.run("check").output == "bittrickle-data is sound: 0 members, 0 publications\n")
        #expect(
            try await place.run("check", "a", "--json").output
                == #"{"faults":[],"file":"a","members":0,"publications":0}"#
                + "\n")
        let busy = try await place.run("restore", "a", "--force", exits: 75).errors
        #expect(busy.isEmpty || busy.hasPrefix("bittrickle-server: A server is running on the state directory"))
        server.signal(SIGTERM)
        #expect(try await server.waitForEnd() == .exited(0))
        #expect(try await place.run("restore", "a", exits: 73).errors.contains("there is bittrickle-data/network.key."))
        #expect(
            try await place.run("restore", "a", "--force").output
                == "bittrickle-data holds the network: 0 members, 0 publications\n")
        chmod(place.file("bittrickle-data/network.key"), 0o640)
        let fault = try await place.run("check", exits: 74).errors
        #expect(
            fault.hasPrefix(
                "bittrickle-server: bittrickle-data is not sound.\n  Others can read network.key: its mode is 0640.\n"))
        #expect(
            try await place.run("check", "--json", exits: 74).output.contains(
                #""faults":["Others can read network.key"#))
    }
}
