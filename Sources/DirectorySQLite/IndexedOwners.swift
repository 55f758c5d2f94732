import Directory
import Wire

/// Owners whose publications are in the index of names, by the store's number and by name: as small as can be, as there may
/// be a million.
struct IndexedOwners: Sendable {
    private struct Owner: Sendable {
        let number: Int64
        /// Of his name, which nobody can choose, as it hangs on a secret of the process: two are taken for one another once in as many
        /// millennia as a network lives years.
        let hash: Int
        /// Of his publications, when they were read.
        let count: UInt32
    }

    private var owners = Slab<Owner>()
    private var byNumber = PlaceIndex()
    private var byName = PlaceIndex()

    func contains(_ number: Int64) -> Bool { place(of: number) != nil }

    func number(of user: UserName) -> Int64? {
        let hash = user.hashValue
        return byName.place(hash: hash) { owners[Int($0)].hash == hash }.map { owners[Int($0)].number }
    }

    func count(of number: Int64) -> Int { place(of: number).map { Int(owners[Int($0)].count) } ?? 0 }

    /// Enters one who is not there.
    mutating func insert(_ number: Int64, _ user: UserName, count: Int) {
        let place = Int32(owners.reserve())
        let owner = Owner(number: number, hash: user.hashValue, count: UInt32(clamping: count))
        owners.put(owner, at: Int(place))
        byNumber.insert(place, hash: number.hashValue) { [owners] in owners[Int($0)].number.hashValue }
        byName.insert(place, hash: owner.hash) { [owners] in owners[Int($0)].hash }
    }

    /// The count of one who was there.
    mutating func remove(_ number: Int64) -> Int? {
        guard let place = place(of: number) else { return nil }
        let owner = owners[Int(place)]
        byNumber.remove(place, hash: number.hashValue) { [owners] in owners[Int($0)].number.hashValue }
        byName.remove(place, hash: owner.hash) { [owners] in owners[Int($0)].hash }
        owners.release(Int(place))
        return Int(owner.count)
    }

    private func place(of number: Int64) -> Int32? {
        byNumber.place(hash: number.hashValue) { owners[Int($0)].number == number }
    }
}
