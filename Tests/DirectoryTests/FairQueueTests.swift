import Directory
import TestKit
import Testing

@Suite struct FairQueueTests {
    private let flood = Self.prefix(0)
    private let other = Self.prefix(1)

    private static func prefix(_ number: Int) -> AddressPrefix {
        AddressPrefix(of: [10, UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF), 1])
    }

    private func isRefused<Element>(_ offer: FairQueue<Element>.Offer) -> Bool {
        if case .refused = offer { true } else { false }
    }

    private func displaced<Element>(_ offer: FairQueue<Element>.Offer) -> Element? {
        if case .displaced(let element) = offer { element } else { nil }
    }

    @Test func networksTakeTurns() {
        var queue = FairQueue<String>(capacity: 9)
        for number in 1...3 { _ = queue.offer("flood \(number)", from: flood) }
        _ = queue.offer("other", from: other)
        let order = (0..<5).map { _ in queue.next() }
        #expect(order == ["flood 1", "other", "flood 2", "flood 3", nil])
        #expect(queue.count == 0)
    }

    @Test func whenFullTheNewestOfTheLongestLineGivesWay() {
        var queue = FairQueue<Int>(capacity: 4)
        for number in 0..<4 { _ = queue.offer(number, from: flood) }
        #expect(isRefused(queue.offer(4, from: flood)), "a flood must not push itself forward")
        #expect(displaced(queue.offer(10, from: other)) == 3)
        #expect(queue.count == 4)
        #expect(displaced(queue.offer(11, from: other)) == 2)
        #expect(isRefused(queue.offer(12, from: other)), "then the other one would have more")
        #expect((0..<4).map { _ in queue.next() } == [0, 10, 1, 11])
    }

    @Test func amongEqualsWhoCameFirstStays() {
        var queue = FairQueue<Int>(capacity: 3)
        for number in 0..<3 { _ = queue.offer(number, from: Self.prefix(number)) }
        #expect(isRefused(queue.offer(9, from: Self.prefix(9))))
        #expect((0..<3).map { _ in queue.next() } == [0, 1, 2])
    }

    /// Nothing is lost or comes twice, and whoever gives way is the newest of a line that stays as long as the newcomer's.
    @Test func whatWasOfferedComesOutOnceOrIsTurnedAway() {
        var random = SeededRandom.fresh()
        var queue = FairQueue<Int>(capacity: 20)
        var lines: [Int: [Int]] = [:]
        for number in 0..<Scale.count(50_000) {
            if Int.random(in: 0..<3, using: &random) == 0 {
                guard let element = queue.next() else {
                    #expect(lines.values.allSatisfy { $0.isEmpty }, "seed \(random.seed)")
                    continue
                }
                let line = lines.first { $0.value.first == element }
                #expect(line != nil, "out of turn, seed \(random.seed)")
                if let line { lines[line.key]?.removeFirst() }
            } else {
                let network = min(Int.random(in: 0..<8, using: &random), Int.random(in: 0..<8, using: &random))
                let own = lines[network, default: []].count
                let longest = lines.values.map(\.count).max() ?? 0
                switch queue.offer(number, from: Self.prefix(network)) {
                case .refused: #expect(longest <= own + 1, "seed \(random.seed)")
                case .accepted: lines[network, default: []].append(number)
                case .displaced(let element):
                    let line = lines.first { $0.value.last == element }
                    #expect(line?.value.count == longest && longest > own + 1, "seed \(random.seed)")
                    if let line { lines[line.key]?.removeLast() }
                    lines[network, default: []].append(number)
                }
            }
            #expect(queue.count == lines.values.map(\.count).reduce(0, +), "seed \(random.seed)")
            #expect(queue.count <= 20)
        }
    }

    @Test func aTallyKnowsWhoHasMost() {
        var random = SeededRandom.fresh()
        var tally = PrefixTally()
        var counts: [AddressPrefix: Int] = [:]
        for _ in 0..<Scale.count(50_000) {
            let prefix = Self.prefix(Int.random(in: 0..<6, using: &random))
            if Bool.random(using: &random) {
                tally.add(prefix)
                counts[prefix, default: 0] += 1
            } else {
                tally.remove(prefix)
                counts[prefix] = max(0, counts[prefix, default: 0] - 1)
            }
            #expect(tally.count(of: prefix) == counts[prefix])
            let most = counts.values.max() ?? 0
            #expect(tally.largest.map { counts[$0] } ?? 0 == most, "seed \(random.seed)")
        }
    }

    @Test func linesKeepTheirOrderWhoeverLeaves() {
        var random = SeededRandom.fresh()
        var lines = Lines<Int, Int>()
        var model: [Int: [Int]] = [:]
        for _ in 0..<Scale.count(50_000) {
            let element = Int.random(in: 0..<30, using: &random)
            let former = model.first { $0.value.contains(element) }?.key
            for line in model.keys { model[line]?.removeAll { $0 == element } }
            if Int.random(in: 0..<3, using: &random) == 0 {
                #expect(lines.remove(element) == former, "seed \(random.seed)")
            } else {
                let line = Int.random(in: 0..<3, using: &random)
                lines.append(element, to: line)
                model[line, default: []].append(element)
            }
            for line in 0..<3 {
                #expect(lines.first(of: line) == model[line]?.first, "seed \(random.seed)")
                #expect(lines.count(of: line) == model[line]?.count ?? 0, "seed \(random.seed)")
            }
            #expect(lines.count == model.values.map(\.count).reduce(0, +))
        }
        var order: [Int] = []
        while let first = lines.first(of: 0) {
            order.append(first)
            lines.remove(first)
        }
        #expect(order == model[0] ?? [])
    }
}
