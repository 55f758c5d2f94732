import Glibc
import NIOCore
import NetworkTestKit
import Relay
import TestKit
import Testing
import Wire

/// What passes through a relay on loopback.
@Suite(.timeLimit(.minutes(1))) struct RelayServerTests {
    @Test func bytesGoBothWays() async throws {
        var random = SeededRandom.fresh()
        print("BITTRICKLE_TEST_SEED=\(random.seed)")
        let (there, back) = (random.bytes(3_000_001), random.bytes(2_000_003))
        try await RelayPlace.running { place in
            let (caller, called) = try await place.pair()
            async let said: Void = caller.say(there)
            async let answered: Void = called.say(back)
            let (atCalled, atCaller) = (await called.heard(there.count), await caller.heard(back.count))
            try await said
            try await answered
            #expect(atCalled == there && atCaller == back)
            let seen = place.watcher.seen.value
            #expect(seen.bytes == there.count + back.count && seen.pairings == 1 && seen.load.pairs == 1)
            await caller.leave()
            await called.leave()
            await place.watcher.seen.wait { $0.load == RelayLoad() }
        }
    }

    @Test func manyPairsAtOnceAreKeptApart() async throws {
        try await RelayPlace.running { place in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let (caller, called) = try await place.pair("m\(number)")
                        let bytes = [UInt8](repeating: UInt8(number), count: 100_000)
                        try await caller.say(bytes)
                        #expect(await called.heard(bytes.count) == bytes)
                        await caller.leave()
                        await called.leave()
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// A direction ends when it was all said, and the other one goes on.
    @Test func aHalfCloseIsCarriedOn() async throws {
        try await RelayPlace.running { place in
            let (caller, called) = try await place.pair()
            // More than all sockets on the way hold: much of it is still under way when the direction ends.
            let bytes = [UInt8](repeating: 5, count: 24 << 20)
            try await caller.say(bytes)
            try await caller.channel.close(mode: .output)
            #expect(await called.heardAll() == bytes)
            try await called.say([1, 2, 3])
            #expect(await caller.heard(3) == [1, 2, 3])
            #expect(place.watcher.seen.value.load.pairs == 1)
            try await called.channel.close(mode: .output)
            #expect(await caller.heardAll() == [1, 2, 3])
            await place.watcher.seen.wait { $0.load == RelayLoad() }
        }
    }

    /// What was said last is heard, although it had to wait for the listener.
    @Test func theLastWordsOfWhoLeavesAreHeard() async throws {
        try await RelayPlace.running { place in
            let (caller, called) = try await place.pair(calledReads: false)
            let bytes = [UInt8](repeating: 9, count: 500_000)
            try await caller.say(bytes)
            await caller.leave()
            try await called.channel.setOption(.autoRead, value: true).get()
            #expect(await called.heardAll() == bytes)
            await called.leave()
            await place.watcher.seen.wait { $0.load == RelayLoad() }
        }
    }

    @Test func whoseOtherSideBreaksOffIsTold() async throws {
        try await RelayPlace.running { place in
            let (caller, called) = try await place.pair()
            let options = try #require(caller.channel as? any SocketOptionProvider)
            try await options.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            await caller.leave()
            #expect(await called.heardAll().isEmpty)
            await place.watcher.seen.wait { $0.load == RelayLoad() }
        }
    }

    /// Who does not listen holds up who speaks to him: on the way is what the sockets hold, which are those of the relay where both
    /// ends have small ones.
    @Test func nothingPilesUp() async throws {
        let (total, portion) = (24 << 20, 16 << 10)
        try await RelayPlace.running { place in
            let (caller, called) = try await place.pair(calledReads: false, kernelBuffer: 32 << 10)
            let told = Seen(0)
            async let said: Void = {
                let bytes = [UInt8](repeating: 3, count: portion)
                for _ in 0..<(total / portion) {
                    try await caller.say(bytes)
                    told.change { $0 += portion }
                }
            }()
            await place.watcher.seen.wait { $0.bytes > 512 << 10 }
            var most = 0
            while called.seen.value.bytes.count <= total {
                let heard = called.seen.value.bytes.count
                most = max(most, told.value - heard)
                called.channel.read()
                await called.seen.wait { $0.bytes.count > heard || $0.hasEnded }
                guard !called.seen.value.hasEnded else { break }
            }
            try await said
            #expect(called.seen.value.bytes.count == total + 1)
            #expect(most < 2 << 20)
        }
    }

    @Test func whoHadTooMuchAtOnceWaitsAndAllComes() async throws {
        var limits = RelayLimits()
        limits.rate = 4_000_000
        try await RelayPlace.running(limits) { place in
            let (caller, called) = try await place.pair()
            let bytes = [UInt8](repeating: 4, count: 2_000_000)
            async let said: Void = caller.say(bytes)
            #expect(await called.heard(bytes.count) == bytes)
            try await said
        }
    }

    @Test func whoHasHadAllThatHeMayIsEnded() async throws {
        var limits = RelayLimits()
        limits.quota = 100_000
        try await RelayPlace.running(limits) { place in
            let (caller, called) = try await place.pair()
            try? await caller.say([UInt8](repeating: 4, count: 1_000_000))
            #expect(await called.heardAll().count < 1_000_000)
            await place.watcher.seen.wait { $0.load == RelayLoad() }
            let again = try await place.guest(.random(), .caller)
            #expect(try await again.status() == .quotaUsedUp)
            let other = try await place.pair("leia")
            await other.caller.leave()
        }
    }

    @Test func aQuietPairIsEnded() async throws {
        var limits = RelayLimits()
        limits.idle = 300
        try await RelayPlace.running(limits) { place in
            let (caller, called) = try await place.pair()
            #expect(await caller.heardAll().isEmpty)
            #expect(await called.heardAll().isEmpty)
            await place.watcher.seen.wait { $0.load == RelayLoad() }
        }
    }

    /// Both families where the machine has them.
    @Test func withoutAHostItListensEverywhere() async throws {
        try await RelayPlace.running(host: nil) { place in
            let guest = try await RelayGuest.connect(to: place.relay.port)
            try await guest.say([0])
            #expect(try await guest.status() == .malformed)
        }
    }

    @Test func aRelayThatEndsEndsAll() async throws {
        try await RelayPlace.running { place in
            let (caller, _) = try await place.pair()
            let waiting = try await place.guest(.random(), .caller)
            await place.watcher.seen.wait { $0.load.waiting == 1 }
            await place.relay.close()
            #expect(await caller.heardAll().isEmpty)
            await waiting.seen.wait(until: \.hasEnded)
            await #expect(throws: (any Error).self) { try await RelayGuest.connect(to: place.relay.port) }
        }
    }
}
