/// How many of something each network has, and which has most: in constant time, however many networks there are,
/// because it is asked while strangers flood.
package struct PrefixTally: Sendable {
    /// The networks by how many they have.
    private var ranks = Lines<Int, AddressPrefix>()
    private var most = 0

    package init() {}

    package func count(of prefix: AddressPrefix) -> Int { ranks.line(of: prefix) ?? 0 }

    /// The network that has most: of several, the one that has had so many for longest.
    package var largest: AddressPrefix? { ranks.first(of: most) }

    package mutating func add(_ prefix: AddressPrefix) {
        let count = count(of: prefix) + 1
        ranks.append(prefix, to: count)
        most = max(most, count)
    }

    package mutating func remove(_ prefix: AddressPrefix) {
        let count = count(of: prefix)
        guard count > 0 else { return }
        if count > 1 { ranks.append(prefix, to: count - 1) } else { ranks.remove(prefix) }
        if ranks.count(of: most) == 0 { most -= 1 }
    }
}
