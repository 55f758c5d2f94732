import DirectoryClient
import DirectoryServer
import Testing
import Wire

/// How it stands with the directory is told to whoever lags, and what members say waits for nobody.
@Suite(.timeLimit(.minutes(1)))
struct PendingEventsTests {
    private func pulse(_ time: Int64) -> DirectoryEvent {
        .pulse(HeartbeatAnswer(interval: 2_000, silenceLimit: 3_000, serverTime: time, revocationSerial: 0))
    }

    private func taken(_ events: [DirectoryEvent]) -> [DirectoryEvent] {
        var pending = PendingEvents()
        for event in events { pending.add(event) }
        var taken: [DirectoryEvent] = []
        while let event = pending.take() { taken.append(event) }
        return taken
    }

    @Test func theyComeInTheirOrder() {
        #expect(taken([.away, .back, pulse(1)]) == [.away, .back, pulse(1)])
        #expect(taken([]) == [])
    }

    @Test func ofEachKindTheNewestIsTold() {
        #expect(taken([pulse(1), .away, .back, pulse(2), .away]) == [.back, pulse(2), .away])
    }

    @Test func noneIsPushedOut() {
        let pulses = (0..<1_000).map { pulse($0) }
        #expect(taken([.away] + pulses) == [.away, pulse(999)])
    }

    @Test func aCallComesThoughNobodyTakesTheEvents() async throws {
        try await LiveServer(users: ["hans", "vader"]).running { server in
            let hans = try await client(of: server.address, user: "hans")
            let vader = try await client(of: server.address, user: "vader")
            let reach = Reach(attempt: .random(), user: try #require(UserName("vader")))
            try await eventually("he is there") { (try? await hans.reach(reach)) != nil }
            var words = vader.words.makeAsyncIterator()
            guard case .call(let call)? = await words.next() else { throw Silent() }
            #expect(call.user.text == "hans" && call.attempt == reach.attempt)
            for client in [hans, vader] { await client.goodbye() }
            #expect(await words.next() == nil)
        }
    }

    @Test func anExpulsionComesThoughNobodyTakesTheEvents() async throws {
        let live = try LiveServer(users: ["hans", "vader"])
        try await live.running { server in
            let hans = try await client(of: server.address, user: "hans")
            try live.write(users: ["vader"])
            server.reloadCredentials()
            var expulsions = hans.expulsions.makeAsyncIterator()
            #expect(await expulsions.next() == .authenticationFailed)
            await hans.goodbye()
            #expect(await expulsions.next() == nil)
        }
    }

    @Test func theyEndWithTheClient() async throws {
        try await LiveServer(users: ["hans"]).running { server in
            let client = try await client(of: server.address, user: "hans")
            await client.goodbye()
            var events = client.events.makeAsyncIterator()
            #expect(await events.next() == nil)
        }
    }

    private struct Silent: Error {}
}
