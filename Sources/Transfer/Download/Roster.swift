import Wire

/// A member who takes part in a download; small, because every block remembers who sent it.
struct MemberID: Hashable, Sendable {
    fileprivate let value: Int
}

/// Who took part in a download, with how much, and who is not asked again.
struct Roster {
    private struct Entry {
        let name: UserName
        var bytes: Int64 = 0
        var isBanned = false
        var end: LinkEnd?
    }

    private var entries: [Entry] = []
    private var numbers: [UserName: Int] = [:]

    mutating func id(of name: UserName) -> MemberID {
        if let number = numbers[name] { return MemberID(value: number) }
        numbers[name] = entries.count
        entries.append(Entry(name: name))
        return MemberID(value: entries.count - 1)
    }

    func name(of member: MemberID) -> UserName { entries[member.value].name }
    /// How the member's last link ended.
    func end(of member: MemberID) -> LinkEnd? { entries[member.value].end }
    func isBanned(_ member: MemberID) -> Bool { entries[member.value].isBanned }
    func isBanned(_ name: UserName) -> Bool { numbers[name].map { entries[$0].isBanned } ?? false }

    mutating func ban(_ member: MemberID) { entries[member.value].isBanned = true }
    mutating func credit(_ member: MemberID, bytes: Int) { entries[member.value].bytes += Int64(bytes) }
    mutating func note(_ end: LinkEnd, of member: MemberID) { entries[member.value].end = end }

    var banned: Set<UserName> { Set(entries.lazy.filter(\.isBanned).map(\.name)) }

    /// Bytes of verified pieces, of those who sent any.
    var bytes: [UserName: Int64] {
        Dictionary(entries.lazy.filter { $0.bytes > 0 }.map { ($0.name, $0.bytes) }) { $0 + $1 }
    }

    /// How the last link of each member ended.
    var ends: [UserName: LinkEnd] {
        Dictionary(entries.lazy.compactMap { entry in entry.end.map { (entry.name, $0) } }) { $1 }
    }
}
