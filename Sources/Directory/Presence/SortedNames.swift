import Content
package import Wire

/// Names in their order, without duplicates: in parts of bounded length, so that one that comes or goes moves few others.
package struct SortedNames: Sendable {
    /// Names one after the other, each behind its length: of a million as many bytes as they have letters, and to go through some
    /// hundred of them costs next to nothing.
    private struct Part: Sendable {
        /// Of bytes: a part that has so many is cut in two.
        static let limit = 4_096

        var bytes: [UInt8] = []

        var first: ArraySlice<UInt8>? { bytes.isEmpty ? nil : name(at: 0) }

        func name(at place: Int) -> ArraySlice<UInt8> { bytes[place + 1...place + Int(bytes[place])] }

        /// Of the first name that is not in front of what is looked for.
        func place(where isInFront: (ArraySlice<UInt8>) -> Bool) -> Int {
            var place = 0
            while place < bytes.count, isInFront(name(at: place)) { place += 1 + Int(bytes[place]) }
            return place
        }

        func names(from place: Int = 0) -> [UserName] {
            var (names, place) = ([UserName](), place)
            while place < bytes.count {
                if let name = UserName(wire: Array(name(at: place))) { names.append(name) }
                place += 1 + Int(bytes[place])
            }
            return names
        }
    }

    /// None is empty, but for the only one.
    private var parts = [Part()]
    package private(set) var count = 0

    package init() {}

    package mutating func insert(_ name: UserName) {
        let (part, place, isThere) = locate(name.bytes)
        guard !isThere else { return }
        parts[part].bytes.insert(contentsOf: [UInt8(name.bytes.count)] + name.bytes, at: place)
        count += 1
        guard parts[part].bytes.count >= Part.limit else { return }
        var half = 0
        while half < Part.limit / 2 { half += 1 + Int(parts[part].bytes[half]) }
        parts.insert(Part(bytes: Array(parts[part].bytes[half...])), at: part + 1)
        parts[part].bytes = Array(parts[part].bytes[..<half])
    }

    package mutating func remove(_ name: UserName) {
        let (part, place, isThere) = locate(name.bytes)
        guard isThere else { return }
        parts[part].bytes.removeSubrange(place...place + name.bytes.count)
        count -= 1
        if parts[part].bytes.isEmpty, parts.count > 1 { parts.remove(at: part) }
    }

    package var names: some Sequence<UserName> { parts.lazy.flatMap { $0.names() } }

    /// Those whose bytes come behind a key; all for an empty one.
    package func behind(_ key: [UInt8]) -> some Sequence<UserName> {
        func isInFront(_ name: ArraySlice<UInt8>) -> Bool { !key.lexicographicallyPrecedes(name) }
        let part = max(0, parts.partitionPoint { $0.first.map(isInFront) ?? false } - 1)
        let start = parts[part].place(where: isInFront)
        return (part..<parts.count).lazy.flatMap { [parts] in parts[$0].names(from: $0 == part ? start : 0) }
    }

    /// Where a name stands, or would stand.
    private func locate(_ name: [UInt8]) -> (part: Int, place: Int, isThere: Bool) {
        let part = max(0, parts.partitionPoint { $0.first.map { !name.lexicographicallyPrecedes($0) } ?? false } - 1)
        let place = parts[part].place { $0.lexicographicallyPrecedes(name) }
        return (part, place, place < parts[part].bytes.count && parts[part].name(at: place).elementsEqual(name))
    }
}
