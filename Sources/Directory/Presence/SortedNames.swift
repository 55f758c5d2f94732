import Content
import Wire

/// Names in their order, without duplicates: in parts of bounded length, so that one that comes or goes moves few others.
struct SortedNames: Sendable {
    /// A part that has so many is cut in two.
    private static let partLimit = 512

    /// None is empty, but for the only one.
    private var parts: [[UserName]] = [[]]
    private(set) var count = 0

    mutating func insert(_ name: UserName) {
        let part = part(of: name)
        let index = parts[part].partitionPoint { $0 < name }
        guard index == parts[part].count || parts[part][index] != name else { return }
        parts[part].insert(name, at: index)
        count += 1
        guard parts[part].count >= Self.partLimit else { return }
        let half = Self.partLimit / 2
        parts.insert(Array(parts[part][half...]), at: part + 1)
        parts[part] = Array(parts[part][..<half])
    }

    mutating func remove(_ name: UserName) {
        let part = part(of: name)
        let index = parts[part].partitionPoint { $0 < name }
        guard index < parts[part].count, parts[part][index] == name else { return }
        parts[part].remove(at: index)
        count -= 1
        if parts[part].isEmpty, parts.count > 1 { parts.remove(at: part) }
    }

    var names: some Sequence<UserName> { parts.joined() }

    /// Those whose bytes come behind a key; all for an empty one.
    func behind(_ key: [UInt8]) -> some Sequence<UserName> {
        func isInFront(_ name: UserName) -> Bool { !key.lexicographicallyPrecedes(name.text.utf8) }
        let part = max(0, parts.partitionPoint { $0.first.map(isInFront) ?? false } - 1)
        let start = parts[part].partitionPoint(isInFront)
        return ([parts[part][start...]] + parts[(part + 1)...].map { $0[...] }).lazy.joined()
    }

    /// The part in which a name stands, or would stand.
    private func part(of name: UserName) -> Int {
        max(0, parts.partitionPoint { $0.first.map { $0 <= name } ?? false } - 1)
    }
}
