package import Wire

/// Who is served and who waits, as a state machine: a bounded number of slots for all contents of a node.
///
/// Members are equal, however many links they have. A slot goes to the member who has the fewest; among those to the
/// one whose number of slots has been the same for longest, and there to the link that has waited longest. Somebody
/// with two slots more than one who waits gives one up at once. Somebody with a single slot more does so after
/// ``term``, so that what cannot be divided goes round. To equals nobody gives way: there only a member's own links
/// take turns, each after its term.
package struct SlotTable<Ticket: Hashable & Sendable>: Sendable {
    package enum Decision: Equatable, Sendable {
        case grant(Ticket)
        /// The link is choked, and waits.
        case withdraw(Ticket)
    }

    private struct Link {
        let ticket: Ticket
        /// Since when it has its slot, or waits.
        let since: Duration
    }

    private struct Member {
        /// The longest first, both.
        var served: [Link] = []
        var waiting: [Link] = []
        /// When its number of slots changed, or it came.
        var changed: Change
    }

    private struct Change {
        let time: Duration
        /// Orders those of one time.
        let number: UInt64
    }

    /// How long nobody gives way to his own links, or to a member who would then have as many.
    package static var term: Duration { .seconds(20) }

    private var limit: Int
    private var servedCount = 0
    private var members: [UserName: Member] = [:]
    private var owners: [Ticket: UserName] = [:]
    private var lastChange: UInt64 = 0

    package init(limit: Int) { self.limit = max(1, limit) }

    package mutating func want(_ ticket: Ticket, for name: UserName, at now: Duration) -> [Decision] {
        guard owners[ticket] == nil else { return [] }
        owners[ticket] = name
        if members[name] == nil { members[name] = Member(changed: nextChange(at: now)) }
        members[name]?.waiting.append(Link(ticket: ticket, since: now))
        return fill(at: now)
    }

    /// Gives back what the ticket holds, or its place among those who wait.
    package mutating func release(_ ticket: Ticket, at now: Duration) -> [Decision] {
        guard let name = owners.removeValue(forKey: ticket), var member = members[name] else { return [] }
        member.waiting.removeAll { $0.ticket == ticket }
        if let place = member.served.firstIndex(where: { $0.ticket == ticket }) {
            member.served.remove(at: place)
            servedCount -= 1
            member.changed = nextChange(at: now)
        }
        members[name] = member.served.isEmpty && member.waiting.isEmpty ? nil : member
        return fill(at: now)
    }

    /// Gives so many slots from now on; with none, nobody is served.
    package mutating func change(limit: Int, at now: Duration) -> [Decision] {
        self.limit = max(0, limit)
        var decisions: [Decision] = []
        while servedCount > self.limit, let richest = members.max(by: Self.isAhead),
            let place = richest.value.served.indices.last
        {
            decisions += withdraw(place, of: richest.key, at: now)
            noteChange(of: richest.key, at: now)
        }
        return decisions + fill(at: now)
    }

    /// Time passed: has slots change hands. No link both gets and gives up a slot in one turn.
    package mutating func turn(at now: Duration) -> [Decision] {
        var decisions: [Decision] = []
        // Whoever gave way to another member waits for another turn: those with a link to spare would be ahead of
        // those without, whose only link was just choked.
        var losers: Set<UserName> = []
        while let (next, victim, place) = exchange(without: losers, at: now) {
            decisions += withdraw(place, of: victim, at: now)
            decisions += serve(next, at: now)
            guard next != victim else { continue }
            losers.insert(victim)
            for name in [victim, next] { noteChange(of: name, at: now) }
        }
        return decisions
    }

    private mutating func fill(at now: Duration) -> [Decision] {
        var decisions: [Decision] = []
        while servedCount < limit, let next = members.filter({ !$0.value.waiting.isEmpty }).min(by: Self.isAhead) {
            decisions += serve(next.key, at: now)
            noteChange(of: next.key, at: now)
        }
        return decisions
    }

    private mutating func serve(_ name: UserName, at now: Duration) -> [Decision] {
        guard let ticket = members[name]?.waiting.removeFirst().ticket else { return [] }
        members[name]?.served.append(Link(ticket: ticket, since: now))
        servedCount += 1
        return [.grant(ticket)]
    }

    private mutating func withdraw(_ place: Int, of name: UserName, at now: Duration) -> [Decision] {
        guard let ticket = members[name]?.served.remove(at: place).ticket else { return [] }
        members[name]?.waiting.append(Link(ticket: ticket, since: now))
        servedCount -= 1
        return [.withdraw(ticket)]
    }

    private mutating func noteChange(of name: UserName, at now: Duration) {
        let change = nextChange(at: now)
        members[name]?.changed = change
    }

    private mutating func nextChange(at now: Duration) -> Change {
        lastChange += 1
        return Change(time: now, number: lastChange)
    }

    private typealias Named = (key: UserName, value: Member)

    private static func isAhead(_ one: Named, _ other: Named) -> Bool {
        (one.value.served.count, one.value.changed.number) < (other.value.served.count, other.value.changed.number)
    }

    /// The first one in the line for whom somebody gives way, and with which of his slots that one does.
    private func exchange(
        without losers: Set<UserName>, at now: Duration
    ) -> (next: UserName, victim: UserName, place: Int)? {
        // What gave way in this turn is at the end, and no candidate.
        let line = members.filter { $0.value.waiting.first.map { $0.since < now } ?? false }.sorted(by: Self.isAhead)
        guard !line.isEmpty else { return nil }
        let richest = members.max(by: Self.isAhead)
        let ripe = members.filter { now - $0.value.changed.time >= Self.term }
        for (name, member) in line {
            let own = member.served.count
            if !losers.contains(name) {
                // Its newest one has served least.
                if let richest, richest.value.served.count >= own + 2 {
                    return (name, richest.key, richest.value.served.count - 1)
                }
                let richer = ripe.filter { $0.value.served.count > own }
                if let first = richer.min(by: { $0.value.changed.number < $1.value.changed.number }) {
                    return (name, first.key, 0)
                }
            }
            if let first = member.served.first, now - first.since >= Self.term { return (name, name, 0) }
        }
        return nil
    }
}
