import Content
import Directory
import DirectoryClient
import DirectoryServer
import NetworkTestKit
import TestKit
import Testing
import Wire

struct LossyLineTests {
    /// What the commands must answer.
    private struct Model {
        var published: Set<FileName> = []
        let others = ["leia", "vader"]
        let names: [FileName]
    }

    /// Over a path that drops 30 % of the datagrams each way, repeats 10 % and reorders 20 %, with a
    /// silence limit of 15 s, commands in a row all give the right answer, within 10 s each.
    @Test(.timeLimit(.minutes(60))) func everyCommandGivesTheRightAnswerInTime() async throws {
        var random = SeededRandom.fresh()
        let live = try LiveServer(
            users: ["hans", "leia", "vader"],
            settings: DirectorySettings(heartbeatInterval: 2_000, silenceLimit: 15_000))
        try await live.running { server in
            let others = [
                try await client(of: server.address, user: "leia"), try await client(of: server.address, user: "vader"),
            ]
            let content = try #require(ContentID(root: Hash256(hashing: [7]), size: 7))
            let theirs = try (0..<40).map { try FileName("song \($0) \(String(repeating: "x", count: 200)).ogg") }
            for other in others {
                let results = try await other.publish(theirs.map { PublicationDraft(name: $0, content: content) })
                try await other.serve(add: results.compactMap { if case .published(let id) = $0 { id } else { nil } })
            }
            let proxy = try await LossyProxy.start(
                to: server.address, toServer: .foul, toClient: .foul, random: SeededRandom(seed: random.next()))
            let hans = try await client(of: proxy.address, user: "hans")
            try await watching(hans) { told in
                var model = Model(names: try (0..<30).map { try FileName("mine \($0)") })
                var slowest = Duration.zero
                for number in 0..<Scale.count(500) {
                    let comment: Comment = "command \(number), seed \(random.seed)"
                    let start = ContinuousClock.now
                    try await command(hans, &model, theirs, content, &random, comment)
                    let took = ContinuousClock.now - start
                    slowest = max(slowest, took)
                    #expect(took < .seconds(10), comment)
                }
                #expect(!told.events.contains(.away), "seed \(random.seed)")
                #expect(told.pulses > 0)
                print("slowest command over the lossy line: \(slowest)")
            }
            await proxy.close()
            for other in others { await other.goodbye() }
        }
    }

    private func command(
        _ hans: DirectoryClient, _ model: inout Model, _ theirs: [FileName], _ content: ContentID,
        _ random: inout SeededRandom, _ comment: Comment
    ) async throws {
        let name = model.names[Int.random(in: 0..<model.names.count, using: &random)]
        switch Int.random(in: 0..<6, using: &random) {
        case 0: #expect(try await hans.peers().map(\.text) == model.others, comment)
        case 1: #expect(try await hans.published().map(\.name) == model.published.sorted(), comment)
        case 2:
            let results = try await hans.publish([PublicationDraft(name: name, content: content)])
            guard case .published? = results.first, results.count == 1 else {
                Issue.record("\(results), \(comment)")
                return
            }
            model.published.insert(name)
        case 3: #expect(try await hans.unpublish([name]) == [model.published.remove(name) != nil], comment)
        case 4:
            #expect(
                try await hans.search(SearchQuery(words: [Array("song".utf8)])).map(\.name) == theirs.sorted(), comment)
        default:
            let findings = try await hans.lookup(theirs[0])
            #expect(findings.map(\.owner.text).sorted() == model.others, comment)
            #expect(findings.allSatisfy { $0.content == content && $0.absentSince == nil }, comment)
        }
    }
}
