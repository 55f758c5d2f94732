import DirectoryClient
import NetworkTestKit
import TestKit
import Testing
import Wire

/// Servers of one PostgreSQL that die, and PostgreSQL that does, while members publish all the time.
@Suite(.serialized) struct FailoverTests {
    /// `kill -9` of one of three servers.
    ///
    /// Each member's time counts from before the signal until he has the answer to something that he asked when the
    /// server was gone; for him who was at another server that is the time of a request.
    @Test(.timeLimit(.minutes(15))) func whoseServerIsKilledIsBackWithinTwoHeartbeats() async throws {
        var random = SeededRandom.fresh()
        let comment: Comment = "seed \(random.seed)"
        let postgres = try await PostgresServer.shared()
        let (database, address) = try await postgres.makeDatabase()
        var networks = try await TestNetwork.start(3, members: Crowd.names, on: address)
        var logs = networks.map(\.server.errors)
        let crowd = try await Crowd(at: networks, seed: random.seed)
        var times: (moved: [Duration], others: [Duration]) = ([], [])

        try await crowd.whileWorking {
            // Whoever signed in first knows no other server before a heartbeat.
            try await crowd.wait(for: "all servers are known") { $0.serverCount == networks.count }
            var emptied: Int?
            for _ in 0..<Scale.count(20) {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...1_000, using: &random)))
                // Nobody is at that which was started last: whoever was there went to the others.
                let victim = networks.indices.filter { $0 != emptied }.randomElement(using: &random) ?? 0
                let logins = crowd.members.map(\.ledger.events.count)
                let begin = ContinuousClock.now
                try await networks[victim].server.kill()
                let round = try await crowd.timesToComeBack(since: begin, within: .seconds(30))
                networks[victim] = try await networks[victim].restarted(serverArguments: ["--store", address])
                logs.append(networks[victim].server.errors)
                for (place, member) in crowd.members.enumerated() {
                    if member.ledger.events.count > logins[place] {
                        times.moved.append(round[place])
                    } else {
                        times.others.append(round[place])
                    }
                }
                emptied = victim
            }
        }

        print("back at another server: \(times.moved.count) times, \(times.moved.summary)")
        print("answered all the time: \(times.others.summary)")
        #expect(!times.moved.isEmpty, comment)
        #expect((times.moved + times.others).filter { $0 > crowd.twoHeartbeats } == [], comment)
        #expect(logs.count("by=password") == Crowd.names.count, comment)
        // Of so many who are as busy a log tells a part: their clients say how often it was with the token.
        let again = crowd.members.flatMap(\.ledger.events).count { if case .signedInAgain = $0 { true } else { false } }
        #expect(again >= times.moved.count, comment)
        for member in crowd.members {
            #expect(member.ledger.expulsions == [], comment)
        }
        try await crowd.expectKept(in: database, of: postgres, comment)
    }

    /// PostgreSQL is away for longer than a question is repeated, and then is only restarted, as an administrator does it
    /// and as in a crash.
    @Test(.timeLimit(.minutes(10))) func whilePostgresIsAwayRequestsAreAnsweredBusyAndNobodyIsLoggedOut() async throws {
        let seed = SeededRandom.fresh().seed
        let comment: Comment = "seed \(seed)"
        let postgres = try await PostgresServer.own()
        let (database, address) = try await postgres.makeDatabase()
        let networks = try await TestNetwork.start(2, members: Crowd.names, on: address)
        let crowd = try await Crowd(at: networks, seed: seed)
        var times: (long: [Duration], short: [Duration]) = ([], [])

        try await crowd.whileWorking {
            try await postgres.stop(.fast)
            try await crowd.wait(for: "everybody was refused something") { !$0.ledger.failures.isEmpty }
            try await postgres.start()
            times.long = try await crowd.timesToComeBack(since: .now, within: .seconds(30))
            for round in 0..<Scale.count(20) {
                let begin = ContinuousClock.now
                try await postgres.stop(round.isMultiple(of: 2) ? .crash : .fast)
                try await postgres.start()
                times.short += try await crowd.timesToComeBack(since: begin, within: .seconds(30))
            }
        }

        print("answered after PostgreSQL was back: \(times.long.summary)")
        print("answered after a restart began: \(times.short.summary)")
        for member in crowd.members {
            // It says when to come again: its client does so until its patience ends.
            #expect(member.ledger.failures.allSatisfy { $0 == .refused(.busy(retryAfter: 500)) }, comment)
            #expect(member.ledger.events == [] && member.ledger.expulsions == [], comment)
        }
        let logs = networks.map(\.server.errors)
        #expect(logs.count("by=") == Crowd.names.count, comment)
        #expect(logs.count("The database failed") > 0, comment)
        #expect(times.long.filter { $0 > .seconds(4) } == [], comment)
        try await crowd.expectKept(in: database, of: postgres, comment)
    }
}

extension [ProcessOutput] {
    /// How often something stands in all of them.
    fileprivate func count(_ text: String) -> Int {
        map { $0.text.split(separator: "\n").count { $0.contains(text) } }.reduce(0, +)
    }
}
