import Content

/// What is kept of each link, in the order of their numbers.
///
/// Unlike a dictionary it has the same order in every process, and lets part of a value be looked at without a copy of
/// the whole: what is kept of a link is large, and looked at with every message.
struct LinkTable<Value> {
    private(set) var keys: [LinkID] = []
    /// One a key: nil only while ``subscript(_:)`` changes it.
    private var slots: [Value?] = []

    var count: Int { keys.count }
    var isEmpty: Bool { keys.isEmpty }

    /// Setting nil removes the link. A change of part of a value happens in its place.
    subscript(id: LinkID) -> Value? {
        get { index(of: id).flatMap { slots[$0] } }
        _modify {
            if let index = index(of: id) {
                defer { if case .none = slots[index] { remove(at: index) } }
                yield &slots[index]
            } else {
                var new: Value?
                defer { if let new { insert(new, for: id) } }
                yield &new
            }
        }
    }

    /// Looks at a value or changes it, in its place; nil where there is none.
    @discardableResult
    mutating func with<Result>(_ id: LinkID, _ body: (inout Value) -> Result) -> Result? {
        guard let index = index(of: id) else { return nil }
        return body(&slots[index]!)
    }

    mutating func removeValue(forKey id: LinkID) -> Value? {
        guard let index = index(of: id) else { return nil }
        defer { remove(at: index) }
        return slots[index]
    }

    private func index(of id: LinkID) -> Int? {
        let index = place(of: id)
        return index < keys.count && keys[index] == id ? index : nil
    }

    /// Where the link stands, or would.
    private func place(of id: LinkID) -> Int { keys.partitionPoint { $0 < id } }

    private mutating func insert(_ value: Value, for id: LinkID) {
        let index = place(of: id)
        keys.insert(id, at: index)
        slots.insert(value, at: index)
    }

    private mutating func remove(at index: Int) {
        keys.remove(at: index)
        slots.remove(at: index)
    }
}

extension LinkTable: Sendable where Value: Sendable {}

extension LinkTable: Sequence {
    func makeIterator() -> AnyIterator<(key: LinkID, value: Value)> {
        var index = 0
        return AnyIterator {
            guard index < keys.count, let value = slots[index] else { return nil }
            defer { index += 1 }
            return (keys[index], value)
        }
    }

    var values: some Sequence<Value> { lazy.map(\.value) }
}
