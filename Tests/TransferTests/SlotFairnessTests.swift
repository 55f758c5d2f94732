import TestKit
import Testing
import Transfer
import Wire

/// What must hold of the slots whatever the number of members and of their links.
struct SlotFairnessTests {
    private typealias Table = SlotTable<Int>

    /// A table that is watched: what each link got, and how long it waited.
    private struct Watch {
        var table: Table
        private(set) var owners: [Int: Int] = [:]
        private(set) var held: Set<Int> = []
        private(set) var grants: [Int: Int] = [:]
        /// Of each member, over all his links.
        private(set) var served: [Int: Int] = [:]
        private(set) var longestWait: [Int: Int] = [:]
        private var since: [Int: Int] = [:]
        private var lastTicket = 0

        init(limit: Int) { table = Table(limit: limit) }

        @discardableResult
        mutating func want(for member: Int, at second: Int) throws -> Int {
            lastTicket += 1
            owners[lastTicket] = member
            since[lastTicket] = second
            note(table.want(lastTicket, for: try #require(UserName("m\(member)")), at: .seconds(second)), second)
            return lastTicket
        }

        mutating func release(_ ticket: Int, at second: Int) {
            held.remove(ticket)
            owners[ticket] = nil
            note(table.release(ticket, at: .seconds(second)), second)
        }

        mutating func turn(at second: Int) {
            for ticket in held { served[owners[ticket] ?? 0, default: 0] += 1 }
            note(table.turn(at: .seconds(second)), second)
        }

        mutating func end(at second: Int) {
            for ticket in owners.keys where !held.contains(ticket) { noteWait(ticket, second) }
        }

        private mutating func note(_ decisions: [Table.Decision], _ second: Int) {
            var moved: Set<Int> = []
            for decision in decisions {
                switch decision {
                case .grant(let ticket):
                    #expect(owners[ticket] != nil && held.insert(ticket).inserted)
                    #expect(moved.insert(ticket).inserted, "withdrawn and granted in one turn")
                    grants[ticket, default: 0] += 1
                    noteWait(ticket, second)
                case .withdraw(let ticket):
                    #expect(held.remove(ticket) != nil)
                    #expect(moved.insert(ticket).inserted, "granted and withdrawn in one turn")
                    since[ticket] = second
                }
            }
        }

        private mutating func noteWait(_ ticket: Int, _ second: Int) {
            guard let member = owners[ticket], let since = since[ticket] else { return }
            longestWait[member] = max(longestWait[member] ?? 0, second - since)
        }
    }

    private static let term = Int(Table.term.components.seconds)

    /// What each would have of slots that can be divided: as much as everybody, or all that he asks for.
    private static func shares(_ limit: Int, _ links: [Int]) -> [Double] {
        var shares = links.map(Double.init)
        var left = Double(limit)
        for (rank, member) in links.indices.sorted(by: { links[$0] < links[$1] }).enumerated() {
            shares[member] = min(shares[member], left / Double(links.count - rank))
            left -= shares[member]
        }
        return shares
    }

    private static func settled(_ limit: Int, _ links: [Int], seconds: Int) throws -> Watch {
        var watch = Watch(limit: limit)
        for (member, count) in links.enumerated() {
            for _ in 0..<count { try watch.want(for: member, at: 0) }
        }
        for second in 1...seconds { watch.turn(at: second) }
        watch.end(at: seconds)
        return watch
    }

    /// A's two links kept their slots, and changed them with each other and two of B's for ever.
    @Test func slotsGoRoundAmongTheLinksOfEqualMembers() throws {
        let watch = try Self.settled(4, [2, 6], seconds: 4_000)
        #expect((1...2).map { watch.grants[$0] } == [1, 1])
        #expect((3...8).allSatisfy { (watch.grants[$0] ?? 0) >= 4_000 / (3 * (Self.term + 1)) })
        #expect(watch.longestWait[1] ?? .max <= 2 * (Self.term + 1))
    }

    @Test func whatCannotBeDividedGoesRoundAmongMembers() throws {
        let watch = try Self.settled(3, [3, 3], seconds: 40 * Self.term)
        let (one, other) = (watch.served[0] ?? 0, watch.served[1] ?? 0)
        #expect(abs(one - other) <= 2 * Self.term, "\(one) and \(other) slot seconds")
    }

    @Test func everyMemberGetsItsShareAndEveryLinkItsTurn() throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        let seconds = 60 * Self.term
        for _ in 0..<Scale.count(300) {
            let limit = Int.random(in: 1...12, using: &random)
            let links = (0..<Int.random(in: 1...9, using: &random)).map { _ in Int.random(in: 1...7, using: &random) }
            let watch = try Self.settled(limit, links, seconds: seconds)
            for (member, share) in Self.shares(limit, links).enumerated() {
                let wanted = share * Double(seconds)
                let off = abs(Double(watch.served[member] ?? 0) - wanted)
                #expect(off <= Double(5 * Self.term), "\(limit) slots, \(links), member \(member), seed \(seed)")
                // Each of his links has its turn, and each time as many members as do not fit come before him.
                let rounds = links[member] * ((links.count + limit - 1) / limit)
                #expect(
                    watch.longestWait[member] ?? 0 <= rounds * (Self.term + 2),
                    "\(limit) slots, \(links), member \(member), seed \(seed)")
            }
        }
    }

    @Test func whoeverComesAndGoesNoSlotIsIdleOrGivenTwice() throws {
        var random = SeededRandom.fresh()
        let seed = random.seed
        for _ in 0..<Scale.count(300) {
            let limit = Int.random(in: 1...6, using: &random)
            var watch = Watch(limit: limit)
            for second in 1...(20 * Self.term) {
                if Int.random(in: 0..<4, using: &random) == 0 {
                    try watch.want(for: Int.random(in: 0..<5, using: &random), at: second)
                }
                if Int.random(in: 0..<5, using: &random) == 0,
                    let ticket = watch.owners.keys.sorted().randomElement(
                        using: &random)
                {
                    watch.release(ticket, at: second)
                }
                watch.turn(at: second)
                #expect(watch.held.count == min(limit, watch.owners.count), "seed \(seed)")
            }
            // Whatever happened before, then everybody has his turn.
            let end = 20 * Self.term
            let most = max(1, watch.owners.count) * (Self.term + 2) * 5
            for second in end + 1...end + most { watch.turn(at: second) }
            #expect(watch.owners.keys.allSatisfy { watch.grants[$0] ?? 0 > 0 }, "seed \(seed)")
        }
    }
}
