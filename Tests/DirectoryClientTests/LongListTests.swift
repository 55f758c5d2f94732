import Content
import Directory
import DirectoryClient
import DirectoryServer
import TestKit
import Testing
import Wire

struct LongListTests {
    /// `lap` with 5,000 simulated peers. Each signs in and is not heard of again, which a server with a long
    /// silence limit minds no more than a slow heartbeat.
    @Test(.timeLimit(.minutes(10))) func listsThousandsOfPeers() async throws {
        let names = (0..<Scale.count(5_000)).map { "peer\($0)" }
        let live = try LiveServer(
            users: names + ["hans"],
            settings: DirectorySettings(heartbeatInterval: 600_000, silenceLimit: 1_800_000))
        try await live.running { server in
            let address = try server.address
            await withTaskGroup(of: Void.self) { group in
                for (number, name) in names.enumerated() {
                    if number >= 20 { await group.next() }
                    group.addTask {
                        await #expect(throws: Never.self) { _ = try await client(of: address, user: name) }
                    }
                }
            }
            let hans = try await client(of: address, user: "hans")
            let peers = try await hans.peers().map(\.text)
            #expect(peers.count == names.count)
            #expect(peers == names.sorted())
            await hans.goodbye()
        }
    }

    /// `lpf` with 20,000 files, names of 255 bytes among them.
    @Test(.timeLimit(.minutes(10))) func listsThousandsOfFiles() async throws {
        let live = try LiveServer(users: ["hans"])
        let drafts = try (0..<Scale.count(20_000)).map { number in
            let front = "file \(number) "
            let name = number % 4 == 0 ? front + String(repeating: "ä", count: (255 - front.utf8.count) / 2) : front
            return PublicationDraft(name: try FileName(name), content: .empty)
        }
        #expect(drafts.contains { $0.name.bytes.count >= 254 })
        try await live.running { server in
            let hans = try await client(of: server.address, user: "hans")
            let results = try await hans.publish(drafts)
            #expect(results.allSatisfy { if case .published = $0 { true } else { false } })
            let published = try await hans.published()
            #expect(published.map(\.name) == drafts.map(\.name).sorted())
            try await hans.serve(add: published.map(\.id))
            let withdrawn = try await hans.unpublish(drafts.map(\.name))
            #expect(withdrawn == [Bool](repeating: true, count: drafts.count))
            #expect(try await hans.published() == [])
            await hans.goodbye()
        }
    }
}
