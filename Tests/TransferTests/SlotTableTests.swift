import Testing
import Transfer
import Wire

/// Who is served when more want to be than there are slots.
struct SlotTableTests {
    private typealias Table = SlotTable<Int>

    private func name(_ text: String) throws -> UserName { try #require(UserName(text)) }

    @Test func slotsAreGivenInTheOrderOfWishes() throws {
        var table = Table(limit: 2)
        #expect(table.want(1, for: try name("a"), at: .zero) == [.grant(1)])
        #expect(table.want(2, for: try name("b"), at: .zero) == [.grant(2)])
        #expect(table.want(3, for: try name("c"), at: .zero).isEmpty)
        #expect(table.want(4, for: try name("d"), at: .zero).isEmpty)
        #expect(table.release(2, at: .zero) == [.grant(3)])
        #expect(table.release(4, at: .zero).isEmpty)
        #expect(table.release(1, at: .zero).isEmpty)
    }

    @Test func aWishIsCountedOnce() throws {
        var table = Table(limit: 1)
        #expect(table.want(1, for: try name("a"), at: .zero) == [.grant(1)])
        #expect(table.want(1, for: try name("a"), at: .zero).isEmpty)
        #expect(table.want(2, for: try name("b"), at: .zero).isEmpty)
        #expect(table.want(2, for: try name("b"), at: .zero).isEmpty)
        #expect(table.release(1, at: .zero) == [.grant(2)])
        #expect(table.release(2, at: .zero).isEmpty)
    }

    @Test func theirNumberChanges() throws {
        var table = Table(limit: 2)
        for (ticket, member) in [(1, "a"), (2, "a"), (3, "b"), (4, "c")] {
            _ = table.want(ticket, for: try name(member), at: .zero)
        }
        #expect(table.change(limit: 4, at: .zero) == [.grant(3), .grant(4)])
        // Who has most gives up first.
        #expect(table.change(limit: 3, at: .zero) == [.withdraw(2)])
        #expect(table.change(limit: 0, at: .zero).count == 3)
        #expect(table.turn(at: Table.term * 2) == [])
        #expect(table.change(limit: 1, at: Table.term * 2).count == 1)
    }

    @Test func whoHasHadHisTermGivesWay() throws {
        var table = Table(limit: 1)
        _ = table.want(1, for: try name("a"), at: .zero)
        _ = table.want(2, for: try name("b"), at: .seconds(5))
        _ = table.want(3, for: try name("c"), at: .seconds(6))
        #expect(table.turn(at: Table.term - .seconds(1)).isEmpty)
        #expect(table.turn(at: Table.term) == [.withdraw(1), .grant(2)])
        #expect(table.turn(at: Table.term * 2) == [.withdraw(2), .grant(3)])
        #expect(table.turn(at: Table.term * 3) == [.withdraw(3), .grant(1)])
    }

    @Test func whereNobodyWaitsNobodyGivesWay() throws {
        var table = Table(limit: 1)
        _ = table.want(1, for: try name("a"), at: .zero)
        #expect(table.turn(at: .seconds(3_600)).isEmpty)
    }

    @Test func aMemberWithManyLinksGetsNoMoreThanOthers() throws {
        var table = Table(limit: 4)
        let greedy = try name("greedy")
        for ticket in 0..<8 { _ = table.want(ticket, for: greedy, at: .zero) }
        _ = table.want(10, for: try name("b"), at: .seconds(1))
        _ = table.want(11, for: try name("c"), at: .seconds(1))
        // Without waiting for the end of a term; his newest links give way.
        #expect(table.turn(at: .seconds(2)) == [.withdraw(3), .grant(10), .withdraw(2), .grant(11)])
        #expect(table.turn(at: .seconds(3)).isEmpty)
        // What becomes free goes to whoever has least.
        _ = table.want(12, for: try name("d"), at: .seconds(3))
        #expect(table.release(11, at: .seconds(4)) == [.grant(12)])
    }

    @Test func everybodyIsServedAsOftenAsOthers() throws {
        var table = Table(limit: 3)
        var served: [Int: Int] = [:]
        for ticket in 0..<10 {
            for case .grant(let ticket) in table.want(ticket, for: try name("m\(ticket)"), at: .zero) {
                served[ticket, default: 0] += 1
            }
        }
        for second in 1...2_000 {
            for case .grant(let ticket) in table.turn(at: .seconds(second)) { served[ticket, default: 0] += 1 }
        }
        let counts = served.values
        #expect(served.count == 10)
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
    }
}
