import FoundationEssentials
import Glibc
import NetworkTestKit
import TestKit
import Testing

/// Two servers on one PostgreSQL, with real clients.
@Suite(.serialized) struct SeveralServersTests {
    private static let members = ["hans", "vader"]

    @Test(.timeLimit(.minutes(3))) func aPeerAtOneFetchesFromAPeerAtTheOtherAndOutlivesAServer() async throws {
        let (database, address) = try await PostgresServer.shared().makeDatabase()
        let first = try await TestNetwork.start(members: Self.members, on: address)
        let second = try await TestNetwork.start(members: Self.members, on: address, keyOf: first)

        let hans = try await first.client("hans")
        let vader = try await second.client("vader")
        for (number, name) in ["one.bin", "two.bin"].enumerated() {
            try Files.write("\(try first.folder(of: "hans"))/\(name)", size: 300_000, seed: UInt64(number))
            try await hans.publish(name)
        }
        try await until("both are served", database, "SELECT count(*) = 2 FROM served")
        try await vader.ask("search bin", expecting: "two.bin", within: .seconds(20))
        try await vader.ask("peers", expecting: "hans")
        try await hans.ask("peers", expecting: "vader")
        try await fetch("one.bin", vader, from: first, at: second)
        // He tries the ways as well, and says what he saw: the one who asks hears it through both servers.
        let ways = try await vader.answer(to: "doctor hans", within: .seconds(20)).output
        #expect(ways.contains("Works: hans dials you"), "\(ways)")
        #expect(!ways.contains("member-silent"), "\(ways)")

        // His client has learned where the other server is with a heartbeat.
        try await Task.sleep(for: .seconds(4))
        let start = ContinuousClock.now
        try await first.server.kill()
        try await second.server.errors.expect("by=token", within: .seconds(30))
        #expect(ContinuousClock.now - start < .seconds(6), "\(ContinuousClock.now - start)")
        try await second.server.errors.expect("user=hans")
        try await fetch("two.bin", vader, from: first, at: second)

        try await until("the lease is gone", database, "SELECT count(*) = 1 FROM server")
        try await vader.ask("peers", expecting: "hans")
        try await hans.leave()
        // Who begins now names the server that is gone, and is at the other one.
        let again = try await first.client("hans")
        try await again.ask("status", expecting: "(at 127.0.0.1:\(second.port))", within: .seconds(20))
        try await again.leave()
        try await vader.leave()
    }

    private func until(_ what: String, _ database: String, _ question: String) async throws {
        let limit = ContinuousClock.now + .seconds(30)
        while try await PostgresServer.shared().query(question, in: database) != "t\n" {
            guard ContinuousClock.now < limit else { throw TestKitError.timedOut(what) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    private func fetch(
        _ name: String, _ client: ShellClient, from first: TestNetwork, at second: TestNetwork
    ) async throws {
        try await client.ask("get \(name)", expecting: "\(name) downloaded successfully", within: .seconds(60))
        #expect(
            try Files.hash("\(second.folder(of: "vader"))/\(name)")
                == Files.hash("\(first.folder(of: "hans"))/\(name)"))
    }

    @Test(.timeLimit(.minutes(2))) func whatAServerKeepsGoesToPostgreSQL() async throws {
        let (database, address) = try await PostgresServer.shared().makeDatabase()
        let network = try await TestNetwork.start(members: Self.members)
        let folder = network.directory.path
        func migrate() async throws -> String {
            let process = try await RealProcess.start(Programs.server, ["migrate", "--to", address], in: folder)
            #expect(try await process.waitForEnd(within: .seconds(60)) == .exited(0), "\(process.errors.text)")
            return try await process.output.expectEnd()
        }
        let hans = try await network.client("hans")
        try Files.write("\(network.folder(of: "hans"))/one.bin", size: 1_000, seed: 1)
        try await hans.publish("one.bin")
        #expect(try await migrate().hasPrefix("Copied, but for what the server that runs here writes."))
        try Files.write("\(network.folder(of: "hans"))/two.bin", size: 1_000, seed: 2)
        try await hans.publish("two.bin")
        network.server.signal(SIGTERM)
        try await network.server.waitForEnd()
        let said = try await migrate()
        #expect(said.contains("publication   2\n"), "\(said)")
        #expect(said.contains("counted there and here"))
        let forgetful = try await RealProcess.start(Programs.server, ["0", "--host", "127.0.0.1"], in: folder)
        #expect(try await forgetful.waitForEnd(within: .seconds(60)) == .exited(78), "\(forgetful.errors.text)")
        #expect(forgetful.errors.text.contains("Start with --store postgres://"), "\(forgetful.errors.text)")

        let moved = try await network.restarted(serverArguments: ["--store", address])
        try await until("he is back", database, "SELECT count(*) = 2 FROM served")
        let vader = try await moved.client("vader")
        try await vader.ask("get one.bin", expecting: "one.bin downloaded successfully", within: .seconds(60))
        try await vader.ask("get two.bin", expecting: "two.bin downloaded successfully", within: .seconds(60))
        try await vader.leave()
        try await hans.leave()
    }

    @Test func aServerWithAnotherKeyIsRefused() async throws {
        let (_, address) = try await PostgresServer.shared().makeDatabase()
        let first = try await TestNetwork.start(members: Self.members, on: address)
        let place = Place(directory: try TemporaryDirectory())
        let (_, errors) = try await place.run(
            Programs.server, ["0", "--host", "127.0.0.1", "--store", address], as: "other", exits: 78)
        #expect(errors.contains("is of a network whose key is not in bittrickle-data"))
        try await first.server.kill()
    }
}
