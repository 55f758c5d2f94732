import Directory
import DirectoryClient
import DirectoryServer
import NetworkTestKit
import TestKit
import Testing
import Wire

/// Servers that restart, addresses that change, lines that are cut: nobody types a password.
struct ComebackTests {
    private static let twoHeartbeats = Duration.milliseconds(2 * 2_000)

    @Test(.timeLimit(.minutes(2)), arguments: [1, 4]) func isBackAfterARestartOfTheServer(seconds: Int) async throws {
        let live = try LiveServer(users: ["hans", "vader"])
        let hans = try await live.running { server in try await client(of: server.address, user: "hans") }
        try await watching(hans) { told in
            try await Task.sleep(for: .seconds(seconds))
            try await live.running { server in
                try await eventually("it signs in again", within: Self.twoHeartbeats) { told.signIns == 1 }
                let vader = try await client(of: server.address, user: "vader")
                #expect(try await vader.peers().map(\.text) == ["hans"])
                #expect(try await hans.peers().map(\.text) == ["vader"])
                await vader.goodbye()
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func aCommandAfterARestartIsAnsweredWithoutWaitingForAHeartbeat() async throws {
        let live = try LiveServer(
            users: ["hans"], settings: DirectorySettings(heartbeatInterval: 60_000, silenceLimit: 120_000))
        let hans = try await live.running { server in try await client(of: server.address, user: "hans") }
        try await watching(hans) { told in
            try await live.running { _ in
                let published = try await hans.published()
                #expect(published == [])
                #expect(told.signIns == 1)
            }
        }
    }

    /// Whoever takes his time to type the password finds that the session ended: nobody notices.
    @Test(.timeLimit(.minutes(2))) func signsInWhereTheSessionHasEndedMeanwhile() async throws {
        let live = try LiveServer(users: ["hans"])
        let hans = try await live.running { server in try await client(of: server.address, user: nil) }
        try await watching(hans) { told in
            try await live.running { _ in
                let start = ContinuousClock.now
                _ = try await hans.signIn(login("hans"))
                #expect(ContinuousClock.now - start < .seconds(4))
                #expect(told.events.isEmpty)
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func signsInWithThePasswordWhereTheTokenIsUnknown() async throws {
        let live = try LiveServer(users: ["hans"])
        let hans = try await live.running { server in try await client(of: server.address, user: "hans") }
        try await watching(hans) { told in
            try live.forgetTokens()
            try await live.running { _ in
                try await eventually("it signs in again", within: Self.twoHeartbeats) { told.signIns == 1 }
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func staysWhenItsAddressChanges() async throws {
        let live = try LiveServer(users: ["hans", "vader"])
        try await live.running { server in
            let proxy = try await LossyProxy.start(to: server.address)
            let hans = try await client(of: proxy.address, user: "hans")
            let vader = try await client(of: server.address, user: "vader")
            try await watching(hans) { told in
                try await eventually("a pulse") { told.pulses > 0 }
                await proxy.rebind()
                let before = told.pulses
                try await eventually("a pulse from the new address", within: Self.twoHeartbeats) {
                    told.pulses > before
                }
                await proxy.rebind()
                #expect(try await hans.peers().map(\.text) == ["vader"])
                #expect(try await vader.peers().map(\.text) == ["hans"])
                #expect(told.signIns == 0)
            }
            await vader.goodbye()
            await proxy.close()
        }
    }

    @Test(.timeLimit(.minutes(2))) func tellsAwayOnceAndBackOnceAndFailsCommandsMeanwhile() async throws {
        let live = try LiveServer(users: ["hans"])
        try await live.running { server in
            let proxy = try await LossyProxy.start(to: server.address)
            let hans = try await client(of: proxy.address, user: "hans")
            try await watching(hans) { told in
                await proxy.cut()
                for _ in 0..<2 {
                    let start = ContinuousClock.now
                    await #expect(throws: DirectoryClientFailure.away(address: "\(ServerAddress(try proxy.address))")) {
                        try await hans.peers()
                    }
                    #expect(ContinuousClock.now - start < .seconds(5))
                }
                try await eventually("away") { told.events.contains(.away) }
                await proxy.restore()
                try await eventually("back", within: Self.twoHeartbeats) { told.events.contains(.back) }
                #expect(try await hans.peers() == [])
                #expect(told.events.count { $0 == .away } == 1)
                #expect(told.events.count { $0 == .back } == 1)
            }
            await proxy.close()
        }
    }

    /// Replayed and flipped datagrams, and hints that anyone can forge, end nothing.
    @Test(.timeLimit(.minutes(2))) func keepsItsSessionWhateverAStrangerSends() async throws {
        var random = SeededRandom.fresh()
        let live = try LiveServer(users: ["hans"])
        try await live.running { server in
            let proxy = try await LossyProxy.start(to: server.address)
            let hans = try await client(of: proxy.address, user: "hans")
            try await watching(hans) { told in
                for _ in 0..<20 { _ = try await hans.published() }
                let records = await proxy.records
                for record in records {
                    await proxy.replayToClients(record.bytes)
                    var flipped = record.bytes
                    flipped[Int.random(in: flipped.indices, using: &random)] ^=
                        1 << UInt8.random(in: 0...7, using: &random)
                    await proxy.replayToClients(flipped)
                    if record.way == .toServer, let hint = UnknownSessionHint.answer(to: record.bytes) {
                        await proxy.replayToClients(hint)
                    }
                }
                for _ in 0..<20 {
                    let published = try await hans.published()
                    #expect(published == [], "seed \(random.seed)")
                }
                #expect(!told.events.contains(.away))
                #expect(told.expulsions.isEmpty)
            }
            await proxy.close()
        }
    }

    @Test(.timeLimit(.minutes(2))) func isToldThatItsAccountIsGone() async throws {
        let live = try LiveServer(users: ["hans", "vader"])
        try await live.running { server in
            let hans = try await client(of: server.address, user: "hans")
            try await watching(hans) { told in
                try live.write(users: ["vader"])
                server.reloadCredentials()
                try await eventually("expelled") { told.expulsions == [.authenticationFailed] }
                await #expect(throws: DirectoryClientFailure.notSignedIn) { try await hans.peers() }
            }
        }
    }

    /// Another network at the same address is told once, commands fail at once, and nothing needs to be done when
    /// ours is back.
    @Test(.timeLimit(.minutes(2))) func tellsThatAnotherNetworkAnswersAndIsBackWithItsOwn() async throws {
        let live = try LiveServer(users: ["hans"])
        let (hans, address, pin) = try await live.running { server in
            (try await client(of: server.address, user: "hans"), ServerAddress(try server.address), server.pin)
        }
        try await watching(hans) { told in
            let other = try LiveServer(users: ["hans"], port: UInt16(address.port))
            try await other.running { server in
                let network = OtherNetwork(expected: pin, found: server.pin)
                let failure = DirectoryClientFailure.replaced(address: address.description, by: network)
                await #expect(throws: failure) { try await hans.peers() }
                try await eventually("it is told") { told.events.contains(.replaced(network)) }
                let start = ContinuousClock.now
                for _ in 0..<10 { await #expect(throws: failure) { try await hans.peers() } }
                #expect(ContinuousClock.now - start < .seconds(1))
                #expect(!told.events.contains(.away))
                #expect(told.events.count { $0 == .replaced(network) } == 1)
            }
            try await live.running { _ in
                try await eventually("it signs in again") { told.signIns == 1 }
                #expect(try await hans.peers() == [])
                #expect(told.events.count { $0 == .back } == 1)
            }
        }
    }
}
