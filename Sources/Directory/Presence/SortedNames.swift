import Wire

/// Names in their order, without duplicates.
struct SortedNames: Sendable {
    private(set) var names: [UserName] = []

    mutating func insert(_ name: UserName) {
        let index = position(of: name)
        guard index == names.count || names[index] != name else { return }
        names.insert(name, at: index)
    }

    mutating func remove(_ name: UserName) {
        let index = position(of: name)
        guard index < names.count, names[index] == name else { return }
        names.remove(at: index)
    }

    /// Those whose bytes come behind a key; all for an empty one.
    func behind(_ key: [UInt8]) -> ArraySlice<UserName> {
        names[partition { !key.lexicographicallyPrecedes($0.text.utf8) }...]
    }

    /// Where a name stands, or would stand.
    private func position(of name: UserName) -> Int { partition { $0 < name } }

    /// How many names at the front fulfil a condition that the others do not.
    private func partition(_ isInFront: (UserName) -> Bool) -> Int {
        var low = 0
        var high = names.count
        while low < high {
            let middle = low + (high - low) / 2
            if isInFront(names[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
