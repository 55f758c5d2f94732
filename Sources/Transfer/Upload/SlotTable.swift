package import Wire

/// Who is served and who waits, as a state machine: a bounded number of slots for all contents of a node.
///
/// Members are equal, however many links they have: a slot goes to the waiting link whose member has the fewest, the
/// one that has waited longest among those. Whoever has had a slot for ``term`` gives it to somebody who waits, and
/// waits again himself; so does a member who has more slots than another would then have.
package struct SlotTable<Ticket: Hashable & Sendable>: Sendable {
    package enum Decision: Equatable, Sendable {
        case grant(Ticket)
        /// The link is choked, and waits.
        case withdraw(Ticket)
    }

    private struct Entry {
        let ticket: Ticket
        let member: UserName
        /// Since when it has its slot, or waits.
        let since: Duration
    }

    /// How long nobody is asked to give way.
    package static var term: Duration { .seconds(20) }

    private let limit: Int
    /// Both in the order of `since`.
    private var holders: [Entry] = []
    private var waiting: [Entry] = []
    private var counts: [UserName: Int] = [:]

    package init(limit: Int) { self.limit = max(1, limit) }

    package mutating func want(_ ticket: Ticket, for member: UserName, at now: Duration) -> [Decision] {
        guard !holders.contains(where: { $0.ticket == ticket }), !waiting.contains(where: { $0.ticket == ticket })
        else { return [] }
        waiting.append(Entry(ticket: ticket, member: member, since: now))
        return fill(at: now)
    }

    /// Gives back what the ticket holds, or its place among those who wait.
    package mutating func release(_ ticket: Ticket, at now: Duration) -> [Decision] {
        waiting.removeAll { $0.ticket == ticket }
        guard let position = holders.firstIndex(where: { $0.ticket == ticket }) else { return [] }
        removeHolder(at: position)
        return fill(at: now)
    }

    /// Time passed: has slots change hands.
    package mutating func turn(at now: Duration) -> [Decision] {
        var decisions: [Decision] = []
        while let next = nextWaiting, let victim = victim(for: waiting[next], at: now) {
            let entry = removeHolder(at: victim)
            decisions.append(.withdraw(entry.ticket))
            decisions.append(grant(at: next, at: now))
            waiting.append(Entry(ticket: entry.ticket, member: entry.member, since: now))
        }
        return decisions
    }

    private mutating func fill(at now: Duration) -> [Decision] {
        var decisions: [Decision] = []
        while holders.count < limit, let next = nextWaiting { decisions.append(grant(at: next, at: now)) }
        return decisions
    }

    private mutating func grant(at position: Int, at now: Duration) -> Decision {
        let entry = waiting.remove(at: position)
        holders.append(Entry(ticket: entry.ticket, member: entry.member, since: now))
        counts[entry.member, default: 0] += 1
        return .grant(entry.ticket)
    }

    @discardableResult
    private mutating func removeHolder(at position: Int) -> Entry {
        let entry = holders.remove(at: position)
        let count = counts[entry.member, default: 1] - 1
        counts[entry.member] = count > 0 ? count : nil
        return entry
    }

    private func count(_ member: UserName) -> Int { counts[member] ?? 0 }

    /// The first one of those with the fewest slots.
    private var nextWaiting: Int? {
        waiting.indices.min { (count(waiting[$0].member), $0) < (count(waiting[$1].member), $1) }
    }

    /// Who gives way: of a member with at least two slots more the newest one, since it has served least; else whoever
    /// has had his term, the longest first.
    private func victim(for entry: Entry, at now: Duration) -> Int? {
        let own = count(entry.member)
        let richest = holders.indices.max { (count(holders[$0].member), $0) < (count(holders[$1].member), $1) }
        if let richest, count(holders[richest].member) >= own + 2 { return richest }
        return holders.indices.first { now - holders[$0].since >= Self.term && count(holders[$0].member) >= own }
    }
}
