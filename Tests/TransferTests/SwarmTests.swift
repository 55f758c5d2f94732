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
            var swarm = SwarmSimulation(
                content, from: [try SimulatedSource("hans")], seed: random.next())
            #expect(swarm.run() == .finished, "seed \(random.seed)")
            #expect(swarm.bytes == content.bytes, "seed \(random.seed)")
            #expect(swarm.sent == size)
            #expect(swarm.download.summary.bytes == [try name("hans"): Int64(size)])
            #expect(swarm.download.summary.hashes == content.hashes)
        }
    }

    @Test("Peers without BEP 6 and BEP 10 are sources as well")
    mutating func oldPeers() throws {
        let content = try SimulatedContent(size: 3_000_000, using: &random)
        let old = try SimulatedSource("hans", abilities: PeerAbilities(fast: false, extensions: false))
        var swarm = SwarmSimulation(content, from: [old], seed: random.next())
        #expect(swarm.run() == .finished)
        #expect(swarm.bytes == content.bytes)
    }

    @Test("Of three sources one lies and one stalls: the liar is convicted and not asked again, the rest goes on")
    mutating func liarAndStaller() throws {
        let content = try SimulatedContent(size: 20_000_000, pieceLength: 1 << 18, using: &random)
        let lies = Set((0..<content.geometry.blockCount).filter { $0 % 7 == 3 })
        let sources = [
            try SimulatedSource("honest", rate: 1_000_000), try SimulatedSource("liar", .lies(lies)),
            try SimulatedSource("staller", .stalls(afterBlocks: 40)),
        ]
        var swarm = SwarmSimulation(content, from: sources, seed: random.next())
        swarm.redials = true
        #expect(swarm.run() == .finished, "seed \(random.seed)")
        #expect(swarm.bytes == content.bytes)
        let liar = try name("liar")
        #expect(Set(swarm.liars.keys) == [liar])
        #expect(swarm.liars[liar]?.isSubset(of: lies) == true)
        #expect(swarm.ends.values.contains { if case .lied = $0 { true } else { false } })
        #expect(swarm.ends.values.contains(.stalled))
        #expect(swarm.timeline.now < .seconds(21), "took \(swarm.timeline.now)")
    }

    @Test("A source that vanishes is replaced by the others")
    mutating func vanishing() throws {
        let content = try SimulatedContent(size: 8_000_000, using: &random)
        var swarm = SwarmSimulation(
            content,
            from: [
                try SimulatedSource("a", .vanishes(afterBlocks: 100)), try SimulatedSource("b"),
            ], seed: random.next())
        #expect(swarm.run() == .finished)
        #expect(swarm.bytes == content.bytes)
        #expect(swarm.timeline.now < .seconds(3))
        #expect(swarm.notices == [.sourceLost(try name("a"), .closedByPeer)])
    }

    @Test("When all vanish the download fails in time; the next one fetches only what is missing")
    mutating func allVanish() throws {
        let content = try SimulatedContent(size: 8_000_000, using: &random)
        var first = SwarmSimulation(
            content,
            from: [
                try SimulatedSource("a", .vanishes(afterBlocks: 100)),
                try SimulatedSource("b", .vanishes(afterBlocks: 120)),
            ], seed: random.next())
        #expect(first.run() == .failed([try name("a"): .closedByPeer, try name("b"): .closedByPeer]))
        #expect(first.timeline.now < .seconds(12))
        let verified = first.recorded + first.download.takeUnrecorded()
        #expect(verified.count == 220)
        let kept = verified.reduce(0) { $0 + content.geometry.length(of: $1) }

        var second = SwarmSimulation(
            content, from: [try SimulatedSource("c")], verified: verified, startingWith: first.bytes,
            seed: random.next())
        #expect(second.run() == .finished)
        #expect(second.bytes == content.bytes)
        #expect(second.sent == 8_000_000 - kept)
        #expect(second.download.summary.resumed == Int64(kept))
    }

    @Test("A source that comes back again and again and gives nothing keeps up no hope")
    mutating func barren() throws {
        let content = try SimulatedContent(size: 8_000_000, using: &random)
        var swarm = SwarmSimulation(
            content, from: [try SimulatedSource("a", .vanishes(afterBlocks: 100))], seed: random.next())
        swarm.redials = true
        #expect(swarm.run() == .failed([try name("a"): .closedByPeer]))
        #expect(swarm.ends.count > 3)
        #expect(swarm.timeline.now < .seconds(15), "took \(swarm.timeline.now)")
    }

    @Test("A source that vanishes comes back when the download asks for sources")
    mutating func redialled() throws {
        let content = try SimulatedContent(size: 3_000_000, using: &random)
        var swarm = SwarmSimulation(
            content,
            from: [
                try SimulatedSource("a", .vanishes(afterBlocks: 100)),
                try SimulatedSource("late", joins: .seconds(5)),
            ], seed: random.next())
        #expect(swarm.run() == .finished)
    }

    @Test(
        "Whoever breaks the protocol is cut off, and others give the content",
        arguments: [
            (SimulatedSource.Behaviour.falseHashes, LinkEnd.Violation.badHashes),
            (.repeatsBlocks, .unrequestedBlocks), (.shortBlocks, .badBlock), (.badBitfield, .badBitfield),
            (.floods, .messageFlood),
        ])
    mutating func violations(behaviour: SimulatedSource.Behaviour, violation: LinkEnd.Violation) throws {
        let content = try SimulatedContent(size: 6_000_000, using: &random)
        var swarm = SwarmSimulation(
            content,
            from: [
                try SimulatedSource("bad", behaviour, latency: .milliseconds(2)),
                try SimulatedSource("good", joins: .seconds(2)),
            ], seed: random.next())
        swarm.redials = true
        #expect(swarm.run() == .finished, "seed \(random.seed)")
        #expect(swarm.bytes == content.bytes)
        #expect(swarm.notices == [.sourceLost(try name("bad"), .violation(violation))])
        #expect(swarm.download.linkEnds[try name("bad")] == .violation(violation))
    }

    @Test(
        "Whoever is of no use is noticed in time, and others give the content",
        arguments: [SimulatedSource.Behaviour.mute, .rejectsHashes, .ignoresHashes, .rejectsBlocks])
    mutating func useless(behaviour: SimulatedSource.Behaviour) throws {
        let content = try SimulatedContent(size: 6_000_000, using: &random)
        var swarm = SwarmSimulation(
            content,
            from: [
                try SimulatedSource("bad", behaviour, latency: .milliseconds(2)), try SimulatedSource("good"),
            ], seed: random.next())
        #expect(swarm.run() == .finished, "seed \(random.seed)")
        #expect(swarm.bytes == content.bytes)
        #expect(swarm.timeline.now < .seconds(8))
    }

    @Test("A lone source that gives no block hashes is convicted all the same")
    mutating func loneLiar() throws {
        let content = try SimulatedContent(size: 100_000, pieceLength: 1 << 18, using: &random)
        var swarm = SwarmSimulation(
            content, from: [try SimulatedSource("liar", .lies([2]))], seed: random.next())
        swarm.redials = true
        guard case .failed(let ends) = swarm.run() else {
            Issue.record("a download from a liar did not fail")
            return
        }
        let block = try #require(content.geometry.block(2))
        #expect(ends == [try name("liar"): .lied(block)])
        #expect(swarm.sources[0].asked.count == content.geometry.blockCount)
    }

    @Test("Verified pieces are recorded at least every half second while there are any")
    mutating func records() throws {
        let content = try SimulatedContent(size: 10_000_000, using: &random)
        var swarm = SwarmSimulation(
            content, from: [try SimulatedSource("a", rate: 2_000_000)], seed: random.next())
        #expect(swarm.run() == .finished)
        for (left, right) in zip(swarm.records, swarm.records.dropFirst()) {
            #expect((.milliseconds(500)...(.milliseconds(700))).contains(right - left))
        }
        #expect(swarm.records.count >= 8)
        let recorded = swarm.recorded + swarm.download.takeUnrecorded()
        #expect(recorded.count == content.geometry.pieceCount)
        #expect(Set(recorded).count == content.geometry.pieceCount)
    }

    @Test("A fast source makes up for a slow one: the end does not wait, and little is sent twice")
    mutating func endgame() throws {
        let content = try SimulatedContent(size: 20_000_000, using: &random)
        var swarm = SwarmSimulation(
            content,
            from: [
                try SimulatedSource("fast", latency: .milliseconds(5), rate: 20_000_000),
                try SimulatedSource("slow", latency: .milliseconds(5), rate: 200_000),
            ], seed: random.next())
        #expect(swarm.run() == .finished)
        #expect(swarm.bytes == content.bytes)
        #expect(swarm.timeline.now < .milliseconds(1_400), "took \(swarm.timeline.now)")
        #expect(swarm.sent < 21_500_000, "sent \(swarm.sent)")
    }

    @Test("A distant source is kept busy", arguments: [10, 100, 400])
    mutating func pipelining(latency: Int) throws {
        let content = try SimulatedContent(size: 60_000_000, using: &random)
        var swarm = SwarmSimulation(
            content,
            from: [try SimulatedSource("far", latency: .milliseconds(latency), rate: 10_000_000)],
            seed: random.next())
        #expect(swarm.run() == .finished)
        // Three trips to begin with, and four round trips until the window is as large as the line.
        let ideal = Duration.seconds(6) + .milliseconds(latency) * 11
        #expect(swarm.timeline.now < ideal * 1.1, "took \(swarm.timeline.now)")
    }
}
