import Content
import TestKit
import Testing
import Transfer
import Wire

/// Whole downloads on virtual time.
struct SwarmTests {
    private var random = SeededRandom.fresh()

    private func name(_ text: String) throws -> UserName { try #require(UserName(text)) }

    @Test(
        "One source gives contents of any size",
        arguments: [1, 16_383, 16_384, 16_385, 32_768, 100_000, 1 << 20, (1 << 20) + 1, 5_000_001])
    mutating func sizes(size: Int) throws {
        for pieceLength in [nil, 65_536, 1 << 20] {
            let content = try SimulatedContent(size: size, pieceLength: pieceLength, using: &random)
            var swarm = try SingleDownload(
                content, from: [try SimulatedPeer("hans")], seed: random.next())
            #expect(swarm.run() == .finished, "seed \(random.seed)")
            #expect(swarm.isRight, "seed \(random.seed)")
            #expect(swarm.sent == size)
            #expect(swarm.me.summary?.bytes == [try name("hans"): Int64(size)])
            #expect(swarm.me.summary?.hashes == content.hashes)
        }
    }

    @Test("Peers without BEP 6 and BEP 10 are sources as well")
    mutating func oldPeers() throws {
        let content = try SimulatedContent(size: 3_000_000, using: &random)
        let old = try SimulatedPeer("hans", abilities: PeerAbilities(fast: false, extensions: false))
        var swarm = try SingleDownload(content, from: [old], seed: random.next())
        #expect(swarm.run() == .finished)
        #expect(swarm.isRight)
    }

    @Test("Of three sources one lies and one stalls: the liar is convicted and not asked again, the rest goes on")
    mutating func liarAndStaller() throws {
        let content = try SimulatedContent(size: 20_000_000, pieceLength: 1 << 18, using: &random)
        let lies = Set((0..<content.geometry.blockCount).filter { $0 % 7 == 3 })
        let sources = [
            try SimulatedPeer("honest", uplink: 1_000_000), try SimulatedPeer("liar", .lies(lies)),
            try SimulatedPeer("staller", .stalls(afterBlocks: 40)),
        ]
        var swarm = try SingleDownload(content, from: sources, seed: random.next())
        swarm.redials = true
        #expect(swarm.run() == .finished, "seed \(random.seed)")
        #expect(swarm.isRight)
        let liar = try name("liar")
        #expect(Set(swarm.me.liars.keys) == [liar])
        #expect(swarm.me.liars[liar]?.isSubset(of: lies) == true)
        #expect(swarm.me.ends.contains { if case .lied = $0 { true } else { false } })
        #expect(swarm.me.ends.contains(.stalled))
        #expect(swarm.now < .seconds(21), "took \(swarm.now)")
    }

    @Test("A source that vanishes is replaced by the others")
    mutating func vanishing() throws {
        // Large enough that two whole holders do not reveal it in the same order, by chance.
        let content = try SimulatedContent(size: 48_000_000, using: &random)
        var swarm = try SingleDownload(
            content,
            from: [
                try SimulatedPeer("a", .vanishes(afterBlocks: 100)), try SimulatedPeer("b"),
            ], seed: random.next())
        #expect(swarm.run() == .finished)
        #expect(swarm.isRight)
        #expect(swarm.now < .seconds(6))
        let lost = try name("a")
        #expect(swarm.me.notices == [.sourceLost(lost, .closedByPeer)], "\(swarm.me.notices)")
    }

    @Test("When all vanish the download fails in time; the next one fetches only what is missing")
    mutating func allVanish() throws {
        let content = try SimulatedContent(size: 8_000_000, using: &random)
        var first = try SingleDownload(
            content,
            from: [
                try SimulatedPeer("a", .vanishes(afterBlocks: 100)),
                try SimulatedPeer("b", .vanishes(afterBlocks: 120)),
            ], seed: random.next())
        #expect(first.run() == .failed([try name("a"): .closedByPeer, try name("b"): .closedByPeer]))
        #expect(first.now < .seconds(12))
        let verified = first.me.recorded
        #expect(verified.count == 220)
        let kept = verified.reduce(0) { $0 + content.geometry.length(of: $1) }

        var second = try SingleDownload(
            content, from: [try SimulatedPeer("c")], verified: verified,
            seed: random.next())
        #expect(second.run() == .finished)
        #expect(second.isRight)
        #expect(second.sent == 8_000_000 - kept)
        #expect(second.me.summary?.resumed == Int64(kept))
    }

    @Test("A source that comes back again and again and gives nothing keeps up no hope")
    mutating func barren() throws {
        let content = try SimulatedContent(size: 8_000_000, using: &random)
        var swarm = try SingleDownload(
            content, from: [try SimulatedPeer("a", .vanishes(afterBlocks: 100))], seed: random.next())
        swarm.redials = true
        #expect(swarm.run() == .failed([try name("a"): .closedByPeer]))
        #expect(swarm.me.ends.count > 3)
        #expect(swarm.now < .seconds(15), "took \(swarm.now)")
    }

    @Test("A source that vanishes comes back when the download asks for sources")
    mutating func redialled() throws {
        let content = try SimulatedContent(size: 3_000_000, using: &random)
        var swarm = try SingleDownload(
            content,
            from: [
                try SimulatedPeer("a", .vanishes(afterBlocks: 100)),
                try SimulatedPeer("late", joins: .seconds(5)),
            ], seed: random.next())
        #expect(swarm.run() == .finished)
    }

    @Test(
        "Whoever breaks the protocol is cut off, and others give the content",
        arguments: [
            (SimulatedPeer.Behaviour.falseHashes, LinkEnd.Violation.badHashes),
            (.repeatsBlocks, .unrequestedBlocks), (.shortBlocks, .badBlock), (.badBitfield, .badBitfield),
            (.floods, .messageFlood),
        ])
    mutating func violations(behaviour: SimulatedPeer.Behaviour, violation: LinkEnd.Violation) throws {
        let content = try SimulatedContent(size: 6_000_000, using: &random)
        var swarm = try SingleDownload(
            content,
            from: [
                try SimulatedPeer("bad", behaviour, latency: .milliseconds(2)),
                try SimulatedPeer("good", joins: .seconds(2)),
            ], seed: random.next())
        swarm.redials = true
        #expect(swarm.run() == .finished, "seed \(random.seed)")
        #expect(swarm.isRight)
        #expect(swarm.me.notices == [.sourceLost(try name("bad"), .violation(violation))])
        #expect(swarm.me.ends.first == .violation(violation))
    }

    @Test(
        "Whoever is of no use is noticed in time, and others give the content",
        arguments: [SimulatedPeer.Behaviour.mute, .rejectsHashes, .ignoresHashes, .rejectsBlocks])
    mutating func useless(behaviour: SimulatedPeer.Behaviour) throws {
        let content = try SimulatedContent(size: 6_000_000, using: &random)
        var swarm = try SingleDownload(
            content,
            from: [
                try SimulatedPeer("bad", behaviour, latency: .milliseconds(2)), try SimulatedPeer("good"),
            ], seed: random.next())
        #expect(swarm.run() == .finished, "seed \(random.seed)")
        #expect(swarm.isRight)
        #expect(swarm.now < .seconds(8))
    }

    @Test("A lone source that gives no block hashes is convicted all the same")
    mutating func loneLiar() throws {
        let content = try SimulatedContent(size: 100_000, pieceLength: 1 << 18, using: &random)
        var swarm = try SingleDownload(
            content, from: [try SimulatedPeer("liar", .lies([2]))], seed: random.next())
        swarm.redials = true
        guard case .failed(let ends) = swarm.run() else {
            Issue.record("a download from a liar did not fail")
            return
        }
        let block = try #require(content.geometry.block(2))
        #expect(ends == [try name("liar"): .lied(block)])
        #expect(swarm.sources[1].asked.count == content.geometry.blockCount)
    }

    @Test("Verified pieces are recorded at least every half second while there are any")
    mutating func records() throws {
        let content = try SimulatedContent(size: 10_000_000, using: &random)
        var swarm = try SingleDownload(
            content, from: [try SimulatedPeer("a", uplink: 2_000_000)], seed: random.next())
        #expect(swarm.run() == .finished)
        for (left, right) in zip(swarm.me.records, swarm.me.records.dropFirst().dropLast()) {
            #expect((.milliseconds(500)...(.milliseconds(700))).contains(right - left))
        }
        #expect(swarm.me.records.count >= 8)
        let recorded = swarm.me.recorded
        #expect(recorded.count == content.geometry.pieceCount)
        #expect(Set(recorded).count == content.geometry.pieceCount)
    }

    @Test("A fast source makes up for a slow one: the end does not wait, and little is sent twice")
    mutating func endgame() throws {
        let content = try SimulatedContent(size: 20_000_000, using: &random)
        var swarm = try SingleDownload(
            content,
            from: [
                try SimulatedPeer("fast", latency: .milliseconds(5), uplink: 20_000_000),
                try SimulatedPeer("slow", latency: .milliseconds(5), uplink: 200_000),
            ], seed: random.next())
        #expect(swarm.run() == .finished)
        #expect(swarm.isRight)
        #expect(swarm.now < .milliseconds(1_400), "took \(swarm.now)")
        #expect(swarm.sent < 21_500_000, "sent \(swarm.sent)")
    }

    @Test("A distant source is kept busy", arguments: [10, 100, 400])
    mutating func pipelining(latency: Int) throws {
        let content = try SimulatedContent(size: 60_000_000, using: &random)
        var swarm = try SingleDownload(
            content,
            from: [try SimulatedPeer("far", latency: .milliseconds(latency), uplink: 10_000_000)],
            seed: random.next())
        #expect(swarm.run() == .finished)
        // Three trips to dial and four to begin with, and four round trips until the window is as large as the line.
        let ideal = Duration.seconds(6) + .milliseconds(latency) * 15
        #expect(swarm.now < ideal * 1.1, "took \(swarm.now)")
    }
}
