import DirectoryClient
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// The server as a process: what it says, and how it ends.
struct ServerProcessTests {
    private let place: ServerPlace

    init() throws { place = try ServerPlace() }

    @Test(arguments: [SIGTERM, SIGINT])
    func greetsAndEndsBySignal(signal: Int32) async throws {
        let server = try await place.start(["0", "--host", "127.0.0.1"])
        try await server.output.expect("bittrickle://")
        let port = try await server.ports.first(.udp)
        let text = server.output.text
        #expect(text.hasPrefix("BitTrickle server "))
        #expect(text.contains("    bittrickle 127.0.0.1:\(port) --fingerprint "))
        server.signal(signal)
        #expect(try await server.waitForEnd() == .exited(0))
    }

    @Test func hangUpReadsTheCredentials() async throws {
        let server = try await place.start(["0", "--host", "127.0.0.1"])
        try await server.output.expect("bittrickle://")
        try place.write("hans falcon*solo\nvader deathstar\n", "credentials.txt")
        server.signal(SIGHUP)
        try await server.errors.expect("The credentials file was read added=1 changed=0 vanished=0")
        server.signal(SIGTERM)
        #expect(try await server.waitForEnd() == .exited(0))
    }

    @Test func aChangedFileIsReadWhenItIsStable() async throws {
        let server = try await place.start(["0", "--host", "127.0.0.1"])
        try await server.output.expect("bittrickle://")
        try place.write("vader deathstar\nhans\n", "credentials.txt")
        try await server.errors.expect("fault=it is not a user name, one space and a password")
        try await server.errors.expect("The credentials file was read added=1 changed=0 vanished=1")
        server.signal(SIGTERM)
        #expect(try await server.waitForEnd() == .exited(0))
    }

    @Test func saysWhoHasTheStateFolder() async throws {
        let first = try await place.start(["0", "--host", "127.0.0.1"])
        try await first.output.expect("bittrickle://")
        let second = try await place.start(["0", "--host", "127.0.0.1"])
        try await second.errors.expect(
            "Another server is running on the state directory bittrickle-data.\nStop that one")
        #expect(try await second.waitForEnd() == .exited(75))
    }

    @Test func saysThatThePortIsTaken() async throws {
        let first = try await place.start(["0", "--host", "127.0.0.1"])
        let port = try await first.ports.first(.udp)
        let second = try await place.start(["\(port)", "--host", "127.0.0.1", "--data", "other"])
        try await second.errors.expect("UDP port \(port) is taken by another program.\n")
        #expect(try await second.waitForEnd() == .exited(69))
    }

    @Test(arguments: [
        (["70000"], "70000 is no port", Int32(64)),
        (["0", "--silence", "2"], "--silence must be at least one and a half heartbeats: 3 seconds here.", 64),
        (["0", "--data", "missing/data"], "The state directory missing/data cannot be used: ", 73),
        (["0", "--credentials", "nobody.txt"], "There is no nobody.txt, so nobody could sign in.\nWrite one", 78),
        (["0", "--host", "192.0.2.77"], "192.0.2.77 cannot be listened on: it is no address of this machine.", 69),
    ])
    func aWrongStartIsOneSentenceAndAnExitCode(arguments: [String], text: String, code: Int32) async throws {
        let server = try await place.start(arguments)
        try await server.errors.expect(text)
        #expect(try await server.waitForEnd() == .exited(code))
        #expect(server.output.text.isEmpty)
    }

    @Test func messagesAreLoggedWhereSomebodyWatches() async throws {
        let server = try await place.start(["0", "--host", "127.0.0.1", "--log-messages"])
        let port = try await server.ports.first(.udp)
        let client = try await connected(to: UInt16(port))
        _ = try await client.signIn(try Device("hans").login("falcon*solo"))
        _ = try await client.peers()
        try await server.output.expect(" Received AUTH from hans\n")
        try await server.output.expect(" Sent OK to hans\n")
        try await server.output.expect(" Received LAP from hans\n")
        try await server.errors.expect("info Signed in by=password")
        let line = try #require(server.output.text.split(separator: "\n").first { $0.hasSuffix("AUTH from hans") })
        #expect(line.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \d+ Received AUTH from hans/) != nil)
        await client.goodbye()
    }

    @Test func aFirstStartKilledAtAnyMomentIsNoHarm() async throws {
        var random = SeededRandom.fresh()
        for number in 0..<Scale.count(100) {
            let server = try await place.start(["0", "--host", "127.0.0.1", "--data", "data\(number)"])
            try await Task.sleep(for: .microseconds(Int.random(in: 0...60_000, using: &random)))
            try await server.kill()
            let again = try await place.start(["0", "--host", "127.0.0.1", "--data", "data\(number)"])
            try await again.ready()
            again.signal(SIGTERM)
            #expect(try await again.waitForEnd() == .exited(0), "seed \(random.seed)")
        }
    }
}

extension RealProcess {
    /// Waits until a server has greeted; a server that ends instead says why.
    fileprivate func ready() async throws {
        do {
            try await output.expect("bittrickle://")
        } catch {
            throw TestKitError.timedOut("a greeting; instead it said: \(errors.text)")
        }
    }
}
