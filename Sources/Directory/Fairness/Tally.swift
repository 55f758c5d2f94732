/// How many of something each member of a group has, and which member has most: in constant time, however many there
/// are, because it is asked while strangers flood.
package struct Tally<Group: Hashable & Sendable, Member: Hashable & Sendable>: Sendable {
    private struct Rank: Hashable, Sendable {
        let group: Group
        let count: Int
    }

    /// The members by how many they have.
    private var ranks = Lines<Rank, Member>()
    private var most: [Group: Int] = [:]

    package init() {}

    package func count(of member: Member) -> Int { ranks.line(of: member)?.count ?? 0 }

    /// The member that has most: of several, the one that has had so many for longest. Nil where none has any.
    package func largest(in group: Group) -> Member? {
        most[group].flatMap { ranks.first(of: Rank(group: group, count: $0)) }
    }

    /// - Parameter group: Always the same for one member.
    package mutating func add(_ member: Member, in group: Group) {
        let count = count(of: member) + 1
        ranks.append(member, to: Rank(group: group, count: count))
        most[group] = max(most[group] ?? 0, count)
    }

    package mutating func remove(_ member: Member) {
        guard let rank = ranks.line(of: member) else { return }
        if rank.count > 1 {
            ranks.append(member, to: Rank(group: rank.group, count: rank.count - 1))
        } else {
            ranks.remove(member)
        }
        guard most[rank.group] == rank.count, ranks.count(of: rank) == 0 else { return }
        most[rank.group] = rank.count > 1 ? rank.count - 1 : nil
    }
}
