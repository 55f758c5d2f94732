import Directory
import TestKit
import Testing

@Suite struct FairQueueTests {
    private let flood = Self.origin(0)
    private let other = Self.origin(1)

    private static func origin(_ network: Int, host: UInt8 = 1, port: UInt16 = 4_000) -> Origin {
        Origin(address: [10, UInt8(network >> 8 & 0xFF), UInt8(network & 0xFF), host], port: port)
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
        for number in 0..<3 { _ = queue.offer(number, from: Self.origin(number)) }
        #expect(isRefused(queue.offer(9, from: Self.origin(9))))
        #expect((0..<3).map { _ in queue.next() } == [0, 1, 2])
    }

    @Test func withinANetworkOneAddressPushesOutNoOtherAndOneSocketNoOther() {
        var queue = FairQueue<Int>(capacity: 4)
        for number in 0..<4 { _ = queue.offer(number, from: flood) }
        #expect(displaced(queue.offer(10, from: Self.origin(0, host: 2))) == 3)
        #expect(displaced(queue.offer(11, from: Self.origin(0, port: 5_000))) == 2)
        #expect(isRefused(queue.offer(4, from: flood)))
        #expect(displaced(queue.offer(12, from: Self.origin(0, port: 6_000))) == 1)
        #expect(isRefused(queue.offer(13, from: Self.origin(0, port: 7_000))), "each of that host has one")
        #expect((0..<5).map { _ in queue.next() } == [0, 10, 11, 12, nil])
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
                switch queue.offer(number, from: Self.origin(network)) {
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
        var tally = Tally<Int, Int>()
        var counts: [Int: Int] = [:]
        for _ in 0..<Scale.count(50_000) {
            let member = Int.random(in: 0..<12, using: &random)
            let group = member % 2
            if Bool.random(using: &random) {
                tally.add(member, in: group)
                counts[member, default: 0] += 1
            } else {
                tally.remove(member)
                counts[member] = max(0, counts[member, default: 0] - 1)
            }
            #expect(tally.count(of: member) == counts[member])
            let most = counts.filter { $0.key % 2 == group }.values.max() ?? 0
            let largest = tally.largest(in: group)
            #expect(largest.map { counts[$0] } ?? 0 == most, "seed \(random.seed)")
            #expect(largest.map { $0 % 2 == group } ?? true)
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
