import Content
import DirectoryClient
import NetworkTestKit
import TestKit
import Testing
import Wire

/// `kill -9` of the server in the middle of a storm of publications: what was acknowledged is there after every
/// restart, and the store opens each time.
@Suite(.serialized) struct KilledServerTests {
    private static let members = ["hans", "vader", "yoda", "leia"]

    @Test func keepsWhatItAcknowledged() async throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        var network = try await TestNetwork.start(members: Self.members)
        var acknowledged: [String: Set<FileName>] = [:]

        for round in 0..<Scale.count(100) {
            let moment = Duration.milliseconds(Int.random(in: 1...400, using: &random))
            let (server, port) = (network.server, network.port)
            let storm = try await withThrowingTaskGroup(of: (String, [FileName]).self) { group in
                for member in Self.members {
                    let client = try await TestNetwork.directoryClient(member, port: port).client
                    group.addTask { (member, try await Self.publishUntilAway(client, round: round)) }
                }
                try await Task.sleep(for: moment)
                try await server.kill()
                group.cancelAll()
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for (member, names) in storm { acknowledged[member, default: []].formUnion(names) }

            network = try await network.restarted()
            for member in Self.members {
                let client = try await TestNetwork.directoryClient(member, port: port).client
                let there = Set(try await client.published().map(\.name))
                let lost = acknowledged[member, default: []].subtracting(there)
                #expect(lost.isEmpty, "round \(round), seed \(seed): \(member) lost \(lost.count)")
                await client.goodbye()
            }
        }
        #expect(acknowledged.values.allSatisfy { !$0.isEmpty }, "seed \(seed)")
    }

    /// Publishes one name after the other until it is cancelled or the server does not answer; the names that it acknowledged.
    private static func publishUntilAway(_ client: DirectoryClient, round: Int) async throws -> [FileName] {
        var names: [FileName] = []
        while true {
            let name = try FileName("storm \(round) \(names.count)")
            do {
                let results = try await client.publish([PublicationDraft(name: name, content: .empty)])
                guard case .published = results.first else { return names }
                names.append(name)
            } catch {
                await client.goodbye()
                return names
            }
        }
    }
}
